// Works the review queue: puts the parts of the page together and listens to keys.

import { Answering } from "./answering.js";
import { Choosing } from "./choosing.js";
import { Counters } from "./counters.js";
import { Desk } from "./desk.js";
import { byId, notify, setting } from "./dom.js";
import { isForeign, isTyping, keyOf } from "./keys.js";
import { Search } from "./search.js";
import { SkipMenu } from "./skipping.js";
import * as view from "./view.js";
import { titlesOf } from "./work.js";

const LEASE_SECONDS = Number(setting("lease-seconds"));
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const POLL_MS = 4000;
const COUNT_MS = 60_000;
const IN_USE_MS = 10 * 60 * 1000; // after this long without a key or pointer, leases run out

const problem = (text) => notify(text, { problem: true });

const desk = new Desk({
  leaseSeconds: LEASE_SECONDS,
  show: (work) => (work ? view.showWork(work) : view.showSection("loading")),
  empty: () => view.showSection("empty"),
  lost,
  problem,
});
const counters = new Counters();
const answering = new Answering({ desk, counters });
const choosing = new Choosing({ desk, accept: (ids) => answering.accept(ids) });
const search = new Search({ chosen: (product, how) => choosing.takeFound(product, how) });
const skipMenu = new SkipMenu({ skip: (reason) => answering.skip(reason) });

let lastUsed = Date.now();

/** Say that the task on the screen went to somebody else; keys must not reach the next one. */
function lost(work, draft) {
  const typing = isTyping(document.activeElement) || document.querySelector("dialog[open]");
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  if (!typing && !draft) return problem("Your time on that task ran out. Here is the next one.");
  byId("lost-query").textContent = work.task.text;
  byId("lost-kept").hidden = !draft;
  byId("lost-comment").textContent = draft?.comment.trim() || "none";
  byId("lost-chosen").textContent = titlesOf(work, draft?.chosen ?? []).join("; ") || "none";
  byId("lost").showModal();
  return problem("Your time on that task ran out.");
}

async function renewAll() {
  if (document.hidden || Date.now() - lastUsed > IN_USE_MS) return;
  await desk.renewAll();
  await desk.topUp();
}

function countAnew() {
  if (!document.hidden) counters.refresh(() => desk.count);
}

function moveBy(step) {
  const buttons = view.candidateButtons();
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : at + step;
  buttons[next]?.focus();
}

const answerNone = () => answering.answer("none", []);
const answerUnsure = () => answering.answer("unsure", []);
const chooseSeveral = () => choosing.several();
const acceptChosen = () => choosing.acceptChosen();
const openHelp = () => byId("help").showModal();
const openSearch = () => { if (desk.settled) search.open(desk.shown); };
const openSkipMenu = () => { if (desk.settled) skipMenu.open(); };
const undoLast = () => answering.undo();

const COMMANDS = {
  0: answerNone,
  u: answerUnsure,
  s: openSkipMenu,
  x: chooseSeveral,
  z: undoLast,
  Backspace: undoLast,
  "/": openSearch,
  c: () => byId("comment").focus(),
  "?": openHelp,
  ArrowDown: () => moveBy(1),
  ArrowUp: () => moveBy(-1),
};

function commandOf(key) {
  const digit = /^(shift\+)?([1-9])$/.exec(key);
  if (!digit) return Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
  const row = Number(digit[2]) - 1;
  return digit[1] ? () => choosing.choose(row) : () => choosing.take(row);
}

/** Enter accepts what was chosen, unless it presses another button. */
function acceptsChosen(event) {
  const elsewhere = event.target.closest("button:not(.candidate), a, summary");
  return event.key === "Enter" && choosing.any && !elsewhere;
}

function onKey(event) {
  if (isForeign(event)) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    if (event.key === "?" && dialog === byId("help")) dialog.close();
    return;
  }
  if (isTyping(event.target)) {
    if (event.key === "Escape" || event.key === "Enter") byId("query").focus();
    return;
  }
  const command = acceptsChosen(event) ? acceptChosen : commandOf(keyOf(event));
  if (!command) return;
  event.preventDefault();
  command();
}

function onCandidate(event, act) {
  const row = view.candidateButtons().indexOf(event.target.closest("button.candidate"));
  if (row >= 0 && desk.shown) act(row);
}

function listen() {
  const candidates = byId("candidates");
  candidates.addEventListener("click", (event) => onCandidate(event, (row) => choosing.take(row)));
  for (const kind of ["focusin", "pointerover"]) {
    candidates.addEventListener(kind, (event) => {
      onCandidate(event, (row) => view.compareWith(desk.shown, row));
    });
  }
  const buttons = {
    "answer-none": answerNone,
    "answer-unsure": answerUnsure,
    "accept-chosen": acceptChosen,
    several: chooseSeveral,
    skip: openSkipMenu,
    "open-search": openSearch,
    "open-help": openHelp,
  };
  for (const [id, act] of Object.entries(buttons)) byId(id).addEventListener("click", act);
  byId("lost").addEventListener("close", () => byId("query").focus());
  byId("comment").addEventListener("input", (event) => {
    if (desk.shown) desk.shown.comment = event.target.value;
  });
  document.addEventListener("keydown", onKey);
  for (const kind of ["keydown", "pointerdown", "pointermove"]) {
    document.addEventListener(kind, () => { lastUsed = Date.now(); }, { passive: true });
  }
  document.addEventListener("visibilitychange", renewAll);
  window.addEventListener("pagehide", () => desk.releaseAll());
  window.addEventListener("pageshow", (event) => { if (event.persisted) start(); });
}

function start() {
  view.showSection("loading");
  desk.topUp().then(countAnew);
}

listen();
start();
setInterval(renewAll, RENEW_MS);
setInterval(() => { if (!desk.shown && !document.hidden) desk.topUp(); }, POLL_MS);
setInterval(countAnew, COUNT_MS);
