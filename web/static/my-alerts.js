// Subscribes this browser to alerts: asks it, and posts what it gives by the form on the page.

const form = document.querySelector("[data-push-key]");

function keyOf(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
}

function say(words) {
  const place = form.querySelector("[data-push-says]");
  place.textContent = words;
  place.hidden = false;
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") {
    say("This browser does not allow alerts for this site. Change that in its settings.");
    return;
  }
  const registration = await navigator.serviceWorker.register(form.dataset.pushWorker);
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: keyOf(form.dataset.pushKey),
  });
  form.elements.value.value = JSON.stringify(subscription);
  form.submit();
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe().catch(() => say("This browser could not be subscribed. Use another way as well."));
  });
}
