// Shows an alert in the browser of somebody on duty, also while no page of ours is open.
// An alert holds a reference and a link, never anything about a young person.

self.addEventListener("push", (event) => {
  const words = event.data ? event.data.text() : "Please open the duty inbox now.";
  const options = { body: words, tag: words, requireInteraction: true, data: "/inbox" };
  event.waitUntil(self.registration.showNotification("Alert", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
