// Keys of the desk. Everything they do can be done without them; they can be switched off on each device.
"use strict";

const OFF = "answerable-keys-off";
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");

function remembered() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember(off) {
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // a browser that keeps nothing: the choice holds for this page
  }
}

let off = remembered();

function rows() {
  return [...document.querySelectorAll(".queue-link, #live .row-title a")].filter((link) => link.offsetParent !== null);
}

function step(by) {
  const links = rows();
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const current = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = current < 0 ? 0 : Math.min(Math.max(current + by, 0), links.length - 1);
  links[next].focus();
}

function open() {
  const link = rows().includes(document.activeElement) ? document.activeElement : rows()[0];
  if (link) link.click();
}

function begin(act, field) {
  if (!act) return;
  act.open = true;
  const first = (field && act.querySelector(field)) || act.querySelector("input:not([type=hidden]), textarea, select, button");
  if (first) first.focus();
}

function answer() {
  begin(document.querySelector(".case-acts .act"));
}

function promise() {
  const own = document.querySelector("#act-promise, #act-move_promise");
  if (own) return begin(own);
  const decide = document.querySelector("#act-decide");
  const accepted = decide && decide.querySelector("input[value=accepted]");
  if (accepted && !decide.querySelector("input[name=outcome]:checked")) accepted.checked = true;
  begin(decide, "[name=promise]");
}

const KEYS = { j: () => step(1), k: () => step(-1), o: open, a: answer, p: promise, "?": () => dialog.showModal() };

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (off || typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

for (const hint of document.querySelectorAll(".keys-hint")) hint.hidden = false;
for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", () => dialog.showModal());

if (toggle) {
  toggle.checked = !off;
  toggle.addEventListener("change", () => {
    off = !toggle.checked;
    remember(off);
  });
}

// What is hidden because it belongs to another outcome is not sent; it stays typed, should the outcome change again.
const sent = new Set();
for (const form of document.querySelectorAll(".act form")) {
  form.addEventListener("submit", (event) => {
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    for (const field of form.querySelectorAll(".when :is(input, select, textarea)")) {
      field.disabled = field.offsetParent === null;
    }
  });
}

// Whoever comes back to this page can send again, with everything as it was typed.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of sent) {
    for (const field of form.elements) field.disabled = false;
  }
  sent.clear();
});

const beside = document.querySelector(".queue-beside");
const current = beside && beside.querySelector("a[aria-current=page]");
if (current) beside.scrollTop += current.getBoundingClientRect().top - beside.getBoundingClientRect().top - beside.clientHeight / 3;
