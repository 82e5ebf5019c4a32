// Works the review queue.

import * as api from "./api.js";
import { Counters } from "./counters.js";
import { Desk, isGone } from "./desk.js";
import { byId, notify, setting } from "./dom.js";
import { isForeign, isTyping, keyOf } from "./keys.js";
import { LastAnswers } from "./last_answers.js";
import { Search } from "./search.js";
import { SkipMenu } from "./skipping.js";
import * as view from "./view.js";
import { add, answeredDraft, chooseOne, titlesOf, toggle, workOf } from "./work.js";

const LEASE_SECONDS = Number(setting("lease-seconds"));
const MAY_BE_SEVERAL = setting("several-products") === "yes";
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const POLL_MS = 4000;
const COUNT_MS = 60_000;
const IN_USE_MS = 10 * 60 * 1000; // after this long without a key or pointer, leases run out
const SETTLE_MS = 150; // a key pressed twice must not answer the task that has just appeared

let shownAt = 0;
let lastUsed = Date.now();

const desk = new Desk({ leaseSeconds: LEASE_SECONDS, show, empty, lost, problem });
const counters = new Counters();
const answers = new LastAnswers({ undo });
const search = new Search({ chosen: takeFound });
const skipMenu = new SkipMenu({ skip });

function show(work) {
  shownAt = performance.now();
  if (work) view.showWork(work);
  else view.showSection("loading");
}

function empty() {
  view.showSection("empty");
}

function problem(text) {
  notify(text, { problem: true });
}

const settled = () => desk.shown && performance.now() - shownAt >= SETTLE_MS;

/** Take the task off the screen at once, then tell the service; returns whether it agreed. */
async function finish(work, tell, done) {
  desk.takeShown();
  notify(done);
  let agreed = true;
  try {
    await tell(work.task);
  } catch (refusal) {
    agreed = false;
    await putBack(work, refusal);
  }
  desk.topUp();
  return agreed;
}

/** Show the task again, or keep what was typed for it where it is no longer ours. */
async function putBack(work, refusal) {
  if (!isGone(refusal)) {
    desk.putFirst(work);
    problem(`Not saved: ${refusal.message} Please answer again.`);
    return;
  }
  desk.keep(work);
  await desk.renewAll(); // what was claimed with it may be lost as well
  problem(`Not saved: ${refusal.message} Here is the next task.`);
}

function answer(name, productIds) {
  if (!settled()) return;
  const work = desk.shown;
  const words = view.inWords(work, name, productIds);
  const given = { work, answer: name, productIds, words };
  const comment = work.comment.trim() || null;
  const verdict = { answer: name, product_ids: productIds, comment };
  const done = name === "accepted" ? `Accepted: ${words}` : `Recorded: ${words}`;
  answers.add(given);
  work.before = { answer: name, productIds }; // known if the task comes back
  given.saved = finish(work, (task) => api.submit(task, verdict), done).then((saved) => {
    if (saved) counters.count(1);
    else answers.remove(given);
    return saved;
  });
}

const accept = (productIds) => answer("accepted", productIds);
const answerNone = () => answer("none", []);
const answerUnsure = () => answer("unsure", []);

/** Accept the product in a row, or choose it where several are being chosen. */
function take(row) {
  const work = desk.shown;
  const product = work?.products[row];
  if (!product || product.gone) return;
  if (work.several) choose(row);
  else accept([product.product_id]);
}

function choose(row) {
  const work = desk.shown;
  const product = work?.products[row];
  if (!MAY_BE_SEVERAL || !product || product.gone) return;
  toggle(work, product.product_id);
  view.drawChoice(work);
  notify(`${work.chosen.has(product.product_id) ? "Chosen" : "Not chosen"}: ${product.title}`);
}

function acceptChosen() {
  const work = desk.shown;
  if (!work?.chosen.size) return;
  accept(work.products.map((one) => one.product_id).filter((id) => work.chosen.has(id)));
}

/** Begin to choose several products, or stop that. */
function chooseSeveral() {
  const work = desk.shown;
  if (!MAY_BE_SEVERAL || !work) return;
  if (work.several) chooseOne(work);
  else work.several = true;
  view.drawChoice(work);
  notify(work.several ? "Choose all that are right, then press Enter." : "One product is right.");
}

function takeFound(product, { add: several }) {
  const work = desk.shown;
  if (!work) return;
  add(work, product, "catalogue");
  view.drawProducts(work);
  if (!MAY_BE_SEVERAL || (!several && !work.several)) {
    accept([product.product_id]);
    return;
  }
  if (!work.chosen.has(product.product_id)) toggle(work, product.product_id);
  view.drawChoice(work);
  notify(`Chosen: ${product.title}`);
}

function skip(reason) {
  if (settled()) finish(desk.shown, (task) => api.skip(task, reason), "Skipped");
}

async function undo(given) {
  if (!given) return notify("There is no answer of yours to take back.");
  answers.remove(given);
  if (!(await given.saved)) return undefined;
  const { work, answer: name, productIds, words } = given;
  try {
    const task = await api.undo(work.task.id, LEASE_SECONDS);
    counters.count(-1);
    desk.putFirst(workOf(task, answeredDraft(work, name, productIds)));
  } catch (refusal) {
    if (refusal.code === "unreachable") answers.add(given);
    return problem(`Not taken back: ${refusal.message}`);
  }
  return notify(`Taken back: ${words}. Answer again.`);
}

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

const openHelp = () => byId("help").showModal();
const openSearch = () => { if (settled()) search.open(desk.shown); };
const openSkipMenu = () => { if (settled()) skipMenu.open(); };
const undoLast = () => undo(answers.latest);

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
  return digit[1] ? () => choose(row) : () => take(row);
}

/** Enter accepts what was chosen, unless it presses another button. */
function accepts(event) {
  const elsewhere = event.target.closest("button:not(.candidate), a, summary");
  return event.key === "Enter" && desk.shown?.chosen.size && !elsewhere;
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
  const command = accepts(event) ? acceptChosen : commandOf(keyOf(event));
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
  candidates.addEventListener("click", (event) => onCandidate(event, take));
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
