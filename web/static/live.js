// Keeps parts of a page up to date. The server answers 304 while nothing changed, so this may ask
// every second. What is being read, typed or held open is never torn away: only what differs is
// replaced (docs/reliability.md T-17).

import { aheadBy, inLondon, tellTimes } from "./times.js";

const VISIBLE_MS = 1000;
const HIDDEN_MS = 5000;
const PATIENCE_MS = 8000;
// Without an answer for so long the page is not live, whatever the reason: a laptop that slept too.
const SILENT_MS = { visible: 4000, hidden: 15000 };

const plainTitle = document.title;
const calls = new Set();
let waiting = 0;
let first = "";

for (const region of document.querySelectorAll("[data-live]")) {
  follow(region);
}
if (calls.size) {
  keepTime();
}

// Browsers slow the timers of a tab in the background down to one a minute. Those of a worker they
// leave alone, so a worker counts the seconds.
function keepTime() {
  const wake = () => calls.forEach((call) => call());
  try {
    const worker = new Worker(new URL("./tick.js", import.meta.url));
    worker.addEventListener("message", wake);
    worker.addEventListener("error", () => setInterval(wake, VISIBLE_MS), { once: true });
  } catch {
    setInterval(wake, VISIBLE_MS);
  }
  for (const event of ["online", "focus", "pageshow"]) {
    window.addEventListener(event, wake);
  }
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("resume", wake);
}

function follow(region) {
  const status = document.querySelector("[data-live-status]");
  const news = document.querySelector("[data-live-news]");
  const known = new Set(arrivals(region).map((each) => each.dataset.arrival));
  let tag = region.dataset.liveTag;
  let answered = Date.now();
  let asked = 0;
  let asking = null;
  let signedOut = false;
  count(region);
  calls.add(tick);
  document.addEventListener("live:ask", () => ask());
  ask();

  // Every second, and whenever there is reason to think that time has passed unseen.
  function tick() {
    const now = Date.now();
    if (now - answered > SILENT_MS[document.hidden ? "hidden" : "visible"]) {
      say("the service does not answer");
    }
    if (asking && now - asked > PATIENCE_MS) {
      // It was asked before the machine slept, or the line swallowed it.
      asking.abort();
      asking = null;
    }
    if (now - asked >= (document.hidden ? HIDDEN_MS : VISIBLE_MS) - 100) {
      ask();
    }
  }

  async function ask() {
    if (asking) {
      return;
    }
    const mine = new AbortController();
    asking = mine;
    asked = Date.now();
    try {
      const answer = await fetch(region.dataset.live, {
        headers: { "If-None-Match": `"${tag}"` },
        cache: "no-store",
        credentials: "same-origin",
        redirect: "error",
        signal: mine.signal,
      });
      await take(answer, mine);
    } catch {
      if (asking === mine) {
        say("the service does not answer");
      }
    }
    if (asking === mine) {
      asking = null;
    }
  }

  async function take(answer, mine) {
    signedOut = answer.status === 401;
    if (signedOut) {
      return say("you are signed out");
    }
    if (answer.status !== 304 && !answer.ok) {
      return say("the service could not answer");
    }
    const words = answer.status === 304 ? "" : await answer.text();
    if (asking !== mine) {
      return;
    }
    answered = Date.now();
    aheadBy(answer.headers.get("Service-Time"));
    if (words) {
      show(words);
      tag = (answer.headers.get("ETag") || "").replaceAll('"', "");
    }
    say("");
  }

  function show(words) {
    const page = new DOMParser().parseFromString(words, "text/html");
    for (const part of page.body.children) {
      const here = part.id && document.getElementById(part.id);
      if (here) {
        merge(here, part);
      }
    }
    announce();
    count(region);
    noteState(region);
    region.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    tellTimes();
  }

  // "Not live since 03:12": the time of the last answer, by service time as everything here is.
  function say(why) {
    if (!status || (status.dataset.why ?? "") === why) {
      return;
    }
    status.dataset.why = why;
    status.hidden = why === "";
    status.replaceChildren();
    if (why) {
      const here = location.pathname + location.search;
      const link = document.createElement("a");
      link.className = "govuk-link";
      link.href = signedOut ? `/sign-in?next=${encodeURIComponent(here)}` : here;
      link.textContent = signedOut ? "Sign in again" : "Reload";
      const more = signedOut ? " Nothing new is shown here. " : " What you see may be old. It keeps trying. ";
      status.append(`Not live since ${inLondon(answered).time}: ${why}.${more}`, link);
    }
  }

  function announce() {
    const fresh = arrivals(region).filter((each) => !known.has(each.dataset.arrival));
    fresh.forEach((each) => known.add(each.dataset.arrival));
    if (!fresh.length) {
      return;
    }
    const said = fresh.map((each) => each.dataset.news);
    if (news) {
      news.textContent = said.map((each) => `New: ${each}`).join(". ");
    }
    const urgency = Math.min(...fresh.map((each) => Number(each.dataset.urgency) || 1));
    region.dispatchEvent(new CustomEvent("live:arrived", { bubbles: true, detail: { said, urgency } }));
  }
}

// What stands first in the title until somebody has looked: "" for nothing.
export function titled(words) {
  first = words;
  retitle();
}

function retitle() {
  const counted = waiting ? `(${waiting}) ${plainTitle}` : plainTitle;
  document.title = first ? `${first} ${counted}` : counted;
}

function arrivals(region) {
  return [...region.querySelectorAll("[data-arrival]")];
}

// "(1) Inbox": how many wait for a person, also on a tab that nobody looks at.
function count(region) {
  const counted = region.querySelector("[data-count]");
  if (counted) {
    waiting = Number(counted.dataset.count);
    retitle();
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
