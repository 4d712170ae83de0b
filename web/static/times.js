// How long ago, how long there is, and what time it is: by service time, which in the demo can be
// ahead of the machine's.

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const MINUTE = 60000;

let serviceAhead = 0;

setInterval(tellTimes, 1000);

// Takes the header "Service-Time" of an answer.
export function aheadBy(header) {
  const time = Date.parse(header);
  if (!Number.isNaN(time)) {
    // The header has whole seconds: without this the display would jump to and fro between two.
    const ahead = time - Date.now();
    serviceAhead = Math.abs(ahead - serviceAhead) > 1500 ? ahead : serviceAhead;
    tellTimes();
  }
}

export function tellTimes() {
  const now = Date.now() + serviceAhead;
  for (const each of document.querySelectorAll("[data-since]")) {
    write(each, `(${ago(now - Date.parse(each.dataset.since))})`);
  }
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(each.dataset.until) - now;
    write(each, left >= 0 ? `${span(left)} left` : `${span(-left)} over`);
    each.classList.toggle("app-left--over", left < 0);
  }
  for (const each of document.querySelectorAll("[data-clock]")) {
    const { weekday, day, month, time } = inLondon(now - serviceAhead);
    write(each, `${weekday} ${day} ${month}, ${time}`);
  }
}

// A moment of the machine as people here see it.
export function inLondon(moment) {
  const parts = LONDON.formatToParts(moment + serviceAhead).map(({ type, value }) => [type, value]);
  const named = Object.fromEntries(parts);
  return { ...named, time: `${named.hour}:${named.minute}` };
}

function ago(length) {
  const minutes = Math.floor(length / MINUTE);
  if (minutes < 1) {
    return "just now";
  }
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Seconds count only while there are few minutes.
function span(length) {
  const minutes = Math.floor(length / MINUTE);
  if (minutes >= 60) {
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const seconds = Math.floor(length / 1000) % 60;
  return minutes >= 10 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

function write(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}
