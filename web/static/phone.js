// The simulated phone: sends without leaving the page, counts segments, keeps the newest in view.

import { merge } from "./live.js";

const phone = document.getElementById("phone");
const screen = document.getElementById("phone-screen");
const problem = document.getElementById("phone-problem");
let sending = null;
let waiting = null;

phone.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
phone.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.name === "text") {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
phone.addEventListener("input", countSegments);
document.addEventListener("live:changed", showNewest);
countSegments();
showNewest();

async function send(form, button) {
  const field = form.elements.text;
  if (sending) {
    // What is typed or pressed meanwhile goes next; a second press of the same button does nothing.
    waiting = (field ? field.value.trim() : button !== sending) ? [form, button] : waiting;
    return;
  }
  sending = button ?? form;
  const body = new URLSearchParams(new FormData(form, button));
  const said = field?.value ?? "";
  if (field) {
    field.value = "";
  }
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) {
      throw new Error(answer.statusText);
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    merge(phone, page.getElementById("phone"));
    problem.hidden = true;
    showNewest();
  } catch {
    // The same id goes with the next try, so that nothing is sent twice.
    problem.hidden = false;
    waiting = null;
    if (field) {
      field.value = [said, field.value].filter(Boolean).join("\n");
    }
  }
  sending = null;
  countSegments();
  sendNext();
}

function sendNext() {
  const next = waiting;
  waiting = null;
  if (next) {
    send(...next);
  }
}

function showNewest() {
  if (screen) {
    screen.scrollTop = screen.scrollHeight;
  }
}

function countSegments() {
  const counter = phone.querySelector("[data-basic]");
  if (!counter) {
    return;
  }
  const signs = [...phone.querySelector("[name=text]").value];
  const number = segments(signs, counter.dataset.basic, counter.dataset.extension);
  counter.textContent = signs.length ? `${number} SMS` : "";
}

// As dialogs/sms.py counts; a browser test compares the two.
function segments(signs, basic, extension) {
  const isSevenBit = signs.every((sign) => basic.includes(sign) || extension.includes(sign));
  const widths = signs.map((sign) => {
    const isWide = isSevenBit ? extension.includes(sign) : sign.codePointAt(0) > 0xffff;
    return isWide ? 2 : 1;
  });
  const [single, joined] = isSevenBit ? [160, 153] : [70, 67];
  if (widths.reduce((sum, width) => sum + width, 0) <= single) {
    return 1;
  }
  let count = 1;
  let room = joined;
  for (const width of widths) {
    if (width > room) {
      count += 1;
      room = joined;
    }
    room -= width;
  }
  return count;
}
