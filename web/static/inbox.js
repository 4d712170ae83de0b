// What a worker may turn on for the inbox: a sound, the title of the tab, keys. Kept in this browser.

import { titled } from "./live.js";

const OFF_BY_DEFAULT = ["sound", "title"];
// Two notes, falling; a P1 says it three times.
const NOTES = [880, 659];
const NOTE_S = 0.18;

const settings = document.getElementById("inbox-settings");
const keysHelp = document.querySelector("[data-keys-help]");
const soundNote = document.querySelector("[data-sound-note]");
const soundStatus = document.querySelector("[data-sound-status]");
let audio = null;

settings.hidden = false;
for (const box of settings.querySelectorAll("[data-setting]")) {
  box.checked = isOn(box.dataset.setting);
  box.addEventListener("change", () => change(box.dataset.setting, box.checked));
}
settings.querySelector("[data-test-sound]").addEventListener("click", test);
keysHelp.hidden = !isOn("keys");
document.addEventListener("live:arrived", arrived);
document.addEventListener("keydown", onKey);
for (const event of ["pointerdown", "keydown"]) {
  document.addEventListener(event, () => {
    titled("");
    wakeSound();
  });
}
wakeSound();

function isOn(name) {
  try {
    const kept = localStorage.getItem(`inbox-${name}`);
    return kept === null ? !OFF_BY_DEFAULT.includes(name) : kept === "on";
  } catch {
    return !OFF_BY_DEFAULT.includes(name);
  }
}

function change(name, on) {
  try {
    localStorage.setItem(`inbox-${name}`, on ? "on" : "off");
  } catch {
    soundStatus.textContent = "This browser keeps nothing: it is off again after a reload.";
  }
  keysHelp.hidden = !isOn("keys");
  wakeSound();
}

function arrived({ detail }) {
  if (isOn("sound")) {
    play(detail.urgency === 1 ? 3 : 1);
  }
  if (isOn("title")) {
    titled(`New: ${detail.said[0]}.`);
  }
}

// A browser makes no sound before the page was pressed once, so that is said where it is so.
async function wakeSound() {
  if (isOn("sound")) {
    await awake();
  }
  soundNote.hidden = !isOn("sound") || audio?.state === "running";
}

async function awake() {
  if (!audio && navigator.userActivation?.hasBeenActive === false) {
    return false;
  }
  audio ??= new AudioContext();
  if (audio.state !== "running") {
    // It may wait for a press for ever; nobody waits for it.
    await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))]);
  }
  return audio.state === "running";
}

async function play(times) {
  if (!(await awake())) {
    soundNote.hidden = false;
    return false;
  }
  const begin = audio.currentTime + 0.02;
  for (let number = 0; number < times * NOTES.length; number += 1) {
    note(NOTES[number % NOTES.length], begin + number * NOTE_S * 1.3);
  }
  return true;
}

function note(pitch, at) {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.4, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + NOTE_S);
  tone.connect(loudness).connect(audio.destination);
  tone.start(at);
  tone.stop(at + NOTE_S);
}

async function test() {
  soundStatus.textContent = (await play(1))
    ? "Played. If you heard nothing, look at the volume of this machine."
    : "This browser did not allow the sound. Press the button again.";
}

// j and k go from case to case; Enter opens what has the focus, as everywhere.
function onKey(event) {
  const step = { j: 1, k: -1 }[event.key];
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (!step || typing || event.ctrlKey || event.metaKey || event.altKey || !isOn("keys")) {
    return;
  }
  const cases = [...document.querySelectorAll("#open .app-case")];
  const here = cases.indexOf(document.activeElement?.closest(".app-case"));
  const next = cases[here < 0 ? (step > 0 ? 0 : cases.length - 1) : here + step];
  if (next) {
    event.preventDefault();
    (next.querySelector(".app-case__link") ?? next).focus();
    next.scrollIntoView({ block: "nearest" });
  }
}
