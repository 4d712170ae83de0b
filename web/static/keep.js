// Keeps what is being typed until it has arrived: through Back, a reload, a tab that the telephone
// threw away during a call, a service that does not answer, and a session that ran out.
//
// It is kept for this tab only and sealed under a key that the service gives to nobody but whoever
// typed it, signed in: a shared computer keeps nothing that anybody could read.

const LONGEST_MS = 12 * 60 * 60 * 1000;
const PATIENCE_MS = 8000;
// A button that was pressed stays pressed for so long: a child must not get a text twice.
const UNDER_WAY_MS = 20000;
const SENT = "typed-sent";
const FIELDS = "textarea:not([readonly]), select, input:not([type=hidden])";

const region = document.querySelector("[data-keep]");
const address = region.dataset.keep;
const place = `typed ${address}`;
const forms = [...region.querySelectorAll("form[method=post]")].filter((form) =>
  form.querySelector("textarea:not([readonly]), input:not([type=hidden])"),
);
let typed = {};
let key = null;
let saving = Promise.resolve();

// A refused form is the answer to a POST: Back to it, or a reload, would be a dead end.
if (location.pathname !== address) {
  history.replaceState(null, "", address + location.hash);
}
for (const form of forms) {
  form.addEventListener("input", () => note(form));
  form.addEventListener("change", () => note(form));
  form.addEventListener("submit", (event) => send(form, event));
}
window.addEventListener("pageshow", ({ persisted }) => persisted && forms.forEach(rest));
begin();

function nameOf(form) {
  return new URL(form.action).pathname;
}

function fields(form) {
  return [...form.querySelectorAll(FIELDS)];
}

function isChoice(field) {
  return field.type === "radio" || field.type === "checkbox";
}

function isText(field) {
  return field.type === "text" || field.type === "textarea";
}

function isChanged(field) {
  if (isChoice(field)) {
    return field.checked !== field.defaultChecked;
  }
  if (field.options) {
    return [...field.options].some((each) => each.selected !== each.defaultSelected) && field.value !== "";
  }
  return field.value !== field.defaultValue;
}

function note(form) {
  const wasGiven = "given" in form.dataset;
  if (!wasGiven && !fields(form).some(isChanged)) {
    delete typed[nameOf(form)];
  } else {
    const values = fields(form).map((each) => [each.id, isChoice(each) ? each.checked : each.value, isText(each)]);
    typed[nameOf(form)] = { at: Date.now(), values };
  }
  save();
}

async function begin() {
  const sent = takeSent();
  try {
    key = await crypto.subtle.importKey("raw", bytes(region.dataset.keepKey), "AES-GCM", false, ["encrypt", "decrypt"]);
    const kept = await opened(sessionStorage.getItem(place));
    typed = { ...kept, ...typed };
  } catch {
    // No such thing in this browser, or typed by somebody else: then it is not shown.
  }
  const [type] = performance.getEntriesByType("navigation").map((each) => each.type);
  for (const [name, { at }] of Object.entries(typed)) {
    // After Back or a reload nobody knows whether it arrived: it stays, and the page shows what did.
    if (Date.now() - at > LONGEST_MS || (name === sent && type === "navigate")) {
      delete typed[name];
    }
  }
  forms.filter((form) => "given" in form.dataset).forEach(note);
  Object.entries(typed).forEach(([name, { values }]) => giveBack(name, values));
  save();
}

function takeSent() {
  try {
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    return sent;
  } catch {
    return null;
  }
}

function giveBack(name, values) {
  const form = forms.find((each) => nameOf(each) === name);
  if (!form) {
    return showLost(values);
  }
  if ("given" in form.dataset || fields(form).some(isChanged)) {
    return;
  }
  for (const [id, value] of values) {
    const field = fields(form).find((each) => each.id === id);
    if (field && isChoice(field)) {
      field.checked = value;
    } else if (field) {
      field.value = value;
    }
  }
  const fold = form.closest("details");
  if (fold) {
    fold.open = true;
  }
  say(form, "What you had written is back. It may not have been sent: look, then press the button.");
}

// The form is gone, because somebody else has acted; the words are not.
function showLost(values) {
  const words = values.filter(([, value, isWords]) => isWords && value.trim()).map(([, value]) => value);
  if (!words.length) {
    return;
  }
  const box = document.createElement("div");
  box.className = "govuk-inset-text app-words";
  box.textContent = `What you had written and not sent: ${words.join(" / ")}`;
  (region.querySelector("[data-live-status]") ?? region.firstElementChild).after(box);
}

function save() {
  saving = saving.then(async () => {
    try {
      if (!key || !Object.keys(typed).length) {
        return sessionStorage.removeItem(place);
      }
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const words = new TextEncoder().encode(JSON.stringify(typed));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, words));
      sessionStorage.setItem(place, btoa(String.fromCharCode(...iv)) + btoa([...sealed].map((each) => String.fromCharCode(each)).join("")));
    } catch {
      // It is kept on the page only.
    }
  });
}

async function opened(kept) {
  if (!kept) {
    return {};
  }
  // Twelve bytes are sixteen signs.
  const iv = bytes(kept.slice(0, 16));
  const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes(kept.slice(16)));
  return JSON.parse(new TextDecoder().decode(words));
}

function bytes(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

// Asks first whether there is anybody to take it: the page is left only for an answer.
async function send(form, event) {
  if (form.dataset.going === "now") {
    return;
  }
  event.preventDefault();
  if (form.dataset.going) {
    return;
  }
  form.dataset.going = "asking";
  say(form, "Sending …");
  const token = await tokenNow();
  if (!token) {
    rest(form);
    return token === null ? saySignedOut(form) : say(form, "The service does not answer. Nothing was sent, and what you wrote stays here. Press the button again in a moment.", true);
  }
  for (const each of document.querySelectorAll("input[name=csrf_token]")) {
    each.value = token;
  }
  try {
    sessionStorage.setItem(SENT, nameOf(form));
  } catch {
    // Then it is offered once more.
  }
  form.dataset.going = "now";
  form.requestSubmit(event.submitter);
  form.dataset.going = "sent";
  setTimeout(() => rest(form), UNDER_WAY_MS);
}

function rest(form) {
  delete form.dataset.going;
  say(form, "");
}

// The token of a session that may have begun after this page; null when signed out, "" for no answer.
async function tokenNow() {
  try {
    const answer = await fetch(region.dataset.keepAsk, {
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.type === "opaqueredirect") {
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return (answer.ok && page.querySelector("input[name=csrf_token]")?.value) || "";
  } catch {
    return "";
  }
}

function saySignedOut(form) {
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = "/sign-in";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Sign in again in a new tab";
  say(form, "You are signed out. Nothing was sent, and what you wrote stays here. ", true, link, ", then come back and press the button once more.");
}

function say(form, words, isWrong = false, ...more) {
  let status = form.querySelector("[data-keep-says]");
  if (!status) {
    status = document.createElement("p");
    status.dataset.keepSays = "";
    status.setAttribute("role", "status");
    form.append(status);
  }
  status.className = isWrong ? "govuk-error-message" : "govuk-hint";
  status.hidden = words === "";
  status.replaceChildren(words, ...more);
}
