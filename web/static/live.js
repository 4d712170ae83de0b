// Keeps parts of a page up to date. The server answers 304 while nothing changed, so this may ask
// every second. What is being read, typed or held open is never torn away: only what differs is
// replaced (docs/reliability.md T-17).

const VISIBLE_MS = 1000;
const HIDDEN_MS = 5000;
const PATIENCE_MS = 8000;

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const plainTitle = document.title;
let serviceAhead = 0;

for (const region of document.querySelectorAll("[data-live]")) {
  follow(region);
}
document.addEventListener("live:changed", tellTimes);
setInterval(tellTimes, 10000);

function follow(region) {
  const status = document.querySelector("[data-live-status]");
  const news = document.querySelector("[data-live-news]");
  const known = new Set(arrivals(region).map((each) => each.dataset.arrival));
  let tag = region.dataset.liveTag;
  let timer = 0;
  let asking = false;
  count(region);
  ask();
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  document.addEventListener("live:ask", ask);

  async function ask() {
    if (asking) {
      return;
    }
    asking = true;
    clearTimeout(timer);
    try {
      await askOnce();
      say("");
    } catch (problem) {
      say(problem.plain || "Not live: the service does not answer. What you see may be old. Trying again.");
    }
    asking = false;
    timer = setTimeout(ask, document.hidden ? HIDDEN_MS : VISIBLE_MS);
  }

  async function askOnce() {
    const answer = await fetch(region.dataset.live, {
      headers: { "If-None-Match": `"${tag}"` },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401) {
      throw { plain: "Not live: you are signed out. Reload the page to sign in again." };
    }
    if (answer.status !== 304 && !answer.ok) {
      throw { plain: "Not live: the service could not answer. What you see may be old. Trying again." };
    }
    const time = Date.parse(answer.headers.get("Service-Time"));
    if (!Number.isNaN(time)) {
      serviceAhead = time - Date.now();
      tellTimes();
    }
    if (answer.status === 304) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of page.body.children) {
      const here = part.id && document.getElementById(part.id);
      if (here) {
        merge(here, part);
      }
    }
    tag = (answer.headers.get("ETag") || "").replaceAll('"', "");
    announce();
    count(region);
    noteState(region);
    region.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }

  function say(words) {
    if (status && status.textContent !== words) {
      status.textContent = words;
      status.hidden = words === "";
    }
  }

  function announce() {
    const fresh = arrivals(region).filter((each) => !known.has(each.dataset.arrival));
    fresh.forEach((each) => known.add(each.dataset.arrival));
    if (news && fresh.length) {
      news.textContent = fresh.map((each) => `New: ${each.dataset.news}`).join(". ");
    }
  }
}

function arrivals(region) {
  return [...region.querySelectorAll("[data-arrival]")];
}

// "(1) Inbox": how many wait for a person, also on a tab that nobody looks at.
function count(region) {
  const counted = region.querySelector("[data-count]");
  if (counted) {
    const waiting = Number(counted.dataset.count);
    document.title = waiting ? `(${waiting}) ${plainTitle}` : plainTitle;
  }
}

// Somebody else has acted: the buttons of this page are those of before.
function noteState(region) {
  const stale = region.querySelector("[data-live-stale]");
  const state = region.querySelector("[data-state]");
  if (stale && state) {
    stale.hidden = state.dataset.state === region.dataset.liveState;
  }
}

// How long ago, and what time it is, by service time: the demo's clock can be ahead of the machine's.
function tellTimes() {
  const now = Date.now() + serviceAhead;
  for (const each of document.querySelectorAll("[data-since]")) {
    write(each, `(${ago(now - Date.parse(each.dataset.since))})`);
  }
  for (const each of document.querySelectorAll("[data-clock]")) {
    write(each, inLondon(now));
  }
}

function ago(span) {
  const minutes = Math.floor(span / 60000);
  if (minutes < 1) {
    return "just now";
  }
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function inLondon(moment) {
  const parts = Object.fromEntries(LONDON.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${parts.weekday} ${parts.day} ${parts.month}, ${parts.hour}:${parts.minute}`;
}

function write(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

// Makes `here` like `fresh`, keeping each node that is still right, the open state of a <details>,
// and with it focus, selection and scrolling.
export function merge(here, fresh) {
  if (here.isEqualNode(fresh)) {
    return;
  }
  if (here.nodeType !== fresh.nodeType || here.nodeName !== fresh.nodeName) {
    here.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (here.nodeType !== Node.ELEMENT_NODE) {
    here.nodeValue = fresh.nodeValue;
    return;
  }
  mergeAttributes(here, fresh);
  const byId = new Map([...here.children].filter((each) => each.id).map((each) => [each.id, each]));
  let place = here.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const same = wanted.id ? byId.get(wanted.id) : place && !place.id ? place : null;
    if (!same) {
      here.insertBefore(document.importNode(wanted, true), place);
      continue;
    }
    if (same !== place) {
      here.insertBefore(same, place);
    }
    const after = same.nextSibling;
    merge(same, wanted);
    place = after;
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

function mergeAttributes(here, fresh) {
  for (const { name } of [...here.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) {
      here.removeAttribute(name);
    }
  }
  for (const { name, value } of fresh.attributes) {
    if (here.getAttribute(name) !== value) {
      here.setAttribute(name, value);
    }
  }
}
