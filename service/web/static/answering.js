// Answers, skips, and answers that are taken back.

import * as api from "./api.js";
import { isGone } from "./desk.js";
import { notify } from "./dom.js";
import { LastAnswers } from "./last_answers.js";
import { inWords } from "./view.js";
import { answeredDraft, workOf } from "./work.js";

/** What the person says of the task on the desk; `counters` are told of it. */
export class Answering {
  #desk;
  #counters;
  #last = new LastAnswers({ undo: (given) => this.undo(given) });

  constructor({ desk, counters }) {
    this.#desk = desk;
    this.#counters = counters;
  }

  answer(name, productIds) {
    if (!this.#desk.settled) return;
    const work = this.#desk.shown;
    const words = inWords(work, name, productIds);
    const given = { work, answer: name, productIds, words };
    const comment = work.comment.trim() || null;
    const verdict = { answer: name, product_ids: productIds, comment };
    this.#last.add(given);
    work.before = { answer: name, productIds }; // known if the task comes back
    const done = name === "accepted" ? `Accepted: ${words}` : `Recorded: ${words}`;
    given.saved = this.#submit(given, verdict, done);
  }

  accept(productIds) {
    this.answer("accepted", productIds);
  }

  skip(reason) {
    if (!this.#desk.settled) return;
    this.#finish(this.#desk.shown, (task) => api.skip(task, reason), "Skipped");
  }

  /** Take an answer back, the last one if none is named; its task is shown again. */
  async undo(given = this.#last.latest) {
    if (!given) return notify("There is no answer of yours to take back.");
    this.#last.remove(given);
    if (!(await given.saved)) return undefined;
    const { work, answer, productIds, words } = given;
    try {
      const task = await api.undo(work.task.id, this.#desk.leaseSeconds);
      this.#counters.count(-1);
      this.#desk.putFirst(workOf(task, answeredDraft(work, answer, productIds)));
    } catch (refusal) {
      if (refusal.code === "unreachable") this.#last.add(given);
      return notify(`Not taken back: ${refusal.message}`, { problem: true });
    }
    return notify(`Taken back: ${words}. Answer again.`);
  }

  /** Returns whether the answer was saved. */
  async #submit(given, verdict, done) {
    const saved = await this.#finish(given.work, (task) => api.submit(task, verdict), done);
    if (saved) this.#counters.count(1);
    else this.#last.remove(given);
    return saved;
  }

  /** Take the task off the screen at once, then tell the service; returns whether it agreed. */
  async #finish(work, tell, done) {
    this.#desk.takeShown();
    notify(done);
    let agreed = true;
    try {
      await tell(work.task);
    } catch (refusal) {
      agreed = false;
      await this.#putBack(work, refusal);
    }
    this.#desk.topUp();
    return agreed;
  }

  /** Show the task again, or keep what was typed for it where it is no longer ours. */
  async #putBack(work, refusal) {
    if (!isGone(refusal)) {
      this.#desk.putFirst(work);
      notify(`Not saved: ${refusal.message} Please answer again.`, { problem: true });
      return;
    }
    this.#desk.keep(work);
    await this.#desk.renewAll(); // what was claimed with it may be lost as well
    notify(`Not saved: ${refusal.message} Here is the next task.`, { problem: true });
  }
}
