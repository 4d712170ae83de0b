// A worker that says every second that a second has passed (live.js).
setInterval(() => postMessage(0), 1000);
