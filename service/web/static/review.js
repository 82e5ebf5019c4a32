// Works the review queue: one task on the screen, the next one already claimed.

import * as api from "./api.js";
import * as view from "./view.js";

const LEASE_SECONDS = Number(document.querySelector('meta[name="lease-seconds"]').content);
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const POLL_MS = 4000;
const IN_USE_MS = 10 * 60 * 1000; // after this long without a key or pointer, leases run out
const SETTLE_MS = 150; // a key pressed twice must not answer the task that has just appeared
const CLAIMED_AHEAD = 2;
const LOST = new Set(["lease_lost", "already_answered", "review_task_not_found"]);
const COUNTER = "alc-answered";

const held = []; // the task on the screen, then the one behind it
let shown = null;
let shownAt = 0;
let lastUsed = Date.now();
let topping = null; // the claim under way

const byId = (id) => document.getElementById(id);

function show() {
  const task = held[0] ?? null;
  if (task === shown) return;
  shown = task;
  shownAt = performance.now();
  if (task) view.showTask(task);
  else view.showSection("loading");
}

/** Claim until one task is held behind the one on the screen. */
function topUp() {
  topping ??= claimMissing().finally(() => {
    topping = null;
  });
  return topping;
}

async function claimMissing() {
  let missing = CLAIMED_AHEAD - held.length;
  while (missing > 0) {
    const tasks = await claimSome(missing);
    held.push(...tasks);
    show();
    if (tasks.length < missing) break;
    missing = CLAIMED_AHEAD - held.length; // answers given meanwhile leave room for more
  }
}

async function claimSome(number) {
  try {
    const tasks = await api.claim(number, LEASE_SECONDS);
    if (!tasks.length && !held.length) view.showSection("empty");
    return tasks;
  } catch (refusal) {
    view.notify(`No further task could be claimed: ${refusal.message}`, { problem: true });
    return [];
  }
}

function drop(task) {
  const place = held.indexOf(task);
  if (place >= 0) held.splice(place, 1);
}

/** Take the task off the screen at once, then tell the service; put it back if that fails. */
async function finish(tell, done) {
  const task = shown;
  if (!task || performance.now() - shownAt < SETTLE_MS) return;
  drop(task);
  show();
  view.notify(done);
  try {
    await tell(task);
  } catch (refusal) {
    await takeBack(task, refusal);
  }
  await topUp();
}

async function takeBack(task, refusal) {
  if (LOST.has(refusal.code)) {
    await Promise.all([...held].map(renewOne)); // what was claimed with it may be lost as well
    view.notify(`Not saved: ${refusal.message} Here is the next task.`, { problem: true });
    return;
  }
  held.unshift(task);
  show();
  view.notify(`Not saved: ${refusal.message} Please answer again.`, { problem: true });
}

function answer(answerName, productIds, done) {
  const comment = byId("comment").value.trim() || null;
  return finish(async (task) => {
    await api.submit(task, { answer: answerName, product_ids: productIds, comment });
    count();
  }, done);
}

function accept(row) {
  const candidate = shown?.candidates[row];
  if (candidate) answer("accepted", [candidate.product_id], `Accepted: ${candidate.title}`);
}

const answerNone = () => answer("none", [], "Recorded: none of the candidates");
const answerUnsure = () => answer("unsure", [], "Recorded: unsure");
const skip = () => finish((task) => api.release(task, { skip: true }), "Skipped");

function count() {
  const answered = Number(sessionStorage.getItem(COUNTER) ?? 0) + 1;
  sessionStorage.setItem(COUNTER, String(answered));
  view.showAnswered(answered);
}

async function renewAll() {
  if (document.hidden || Date.now() - lastUsed > IN_USE_MS) return;
  await Promise.all([...held].map(renewOne));
  await topUp();
}

async function renewOne(task) {
  try {
    await api.renew(task, LEASE_SECONDS);
  } catch (refusal) {
    if (!LOST.has(refusal.code) || !held.includes(task)) return;
    drop(task);
    if (task !== shown) return;
    view.notify("Your time on that task ran out. Here is the next one.", { problem: true });
    show();
  }
}

function releaseAll() {
  for (const task of held.splice(0)) api.release(task, { leaving: true }).catch(() => {});
  shown = null;
}

function moveBy(step) {
  const buttons = view.candidateButtons();
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : at + step;
  buttons[next]?.focus();
}

const HELP = byId("help");
const COMMANDS = {
  0: answerNone,
  u: answerUnsure,
  s: skip,
  c: () => byId("comment").focus(),
  "?": () => HELP.showModal(),
  ArrowDown: () => moveBy(1),
  ArrowUp: () => moveBy(-1),
};

/** The key's name; a digit also where the layout has digits behind the shift key. */
function keyOf(event) {
  const digit = event.shiftKey ? null : /^Digit([0-9])$/.exec(event.code);
  if (digit) return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (HELP.open) {
    if (event.key === "?") HELP.close();
    return;
  }
  if (event.target === byId("comment")) {
    if (event.key === "Escape" || event.key === "Enter") byId("query").focus();
    return;
  }
  const key = keyOf(event);
  const command = /^[1-9]$/.test(key) ? () => accept(Number(key) - 1) : COMMANDS[key];
  if (!command) return;
  event.preventDefault();
  command();
}

function onCandidate(event, act) {
  const row = view.candidateButtons().indexOf(event.target.closest("button.candidate"));
  if (row >= 0 && shown) act(row);
}

function listen() {
  const candidates = byId("candidates");
  candidates.addEventListener("click", (event) => onCandidate(event, accept));
  for (const kind of ["focusin", "pointerover"]) {
    candidates.addEventListener(kind, (event) => {
      onCandidate(event, (row) => view.compareWith(shown, row));
    });
  }
  byId("answer-none").addEventListener("click", answerNone);
  byId("answer-unsure").addEventListener("click", answerUnsure);
  byId("skip").addEventListener("click", skip);
  byId("open-help").addEventListener("click", () => HELP.showModal());
  document.addEventListener("keydown", onKey);
  for (const kind of ["keydown", "pointerdown", "pointermove"]) {
    document.addEventListener(kind, () => { lastUsed = Date.now(); }, { passive: true });
  }
  document.addEventListener("visibilitychange", renewAll);
  window.addEventListener("pagehide", releaseAll);
  window.addEventListener("pageshow", (event) => { if (event.persisted) start(); });
}

function start() {
  show();
  topUp();
}

listen();
view.showAnswered(Number(sessionStorage.getItem(COUNTER) ?? 0));
start();
setInterval(renewAll, RENEW_MS);
setInterval(() => { if (!shown && !document.hidden) topUp(); }, POLL_MS);
