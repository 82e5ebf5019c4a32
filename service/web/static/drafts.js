// What was typed for tasks that went to somebody else: it is put back when they return.

const STORED = "alc-drafts";
const MOST = 20;

function read() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(STORED) ?? "[]"));
  } catch {
    return new Map();
  }
}

function write(drafts) {
  sessionStorage.setItem(STORED, JSON.stringify([...drafts].slice(-MOST)));
}

export function keep(taskId, draft) {
  const drafts = read();
  drafts.delete(taskId); // the newest is the last
  write(drafts.set(taskId, draft));
}

/** What was typed for a task, or null; it is kept no longer. */
export function take(taskId) {
  const drafts = read();
  const draft = drafts.get(taskId) ?? null;
  if (drafts.delete(taskId)) write(drafts);
  return draft;
}
