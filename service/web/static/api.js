// The review API as this page uses it: the session's cookie and its CSRF token.

const CSRF_TOKEN = document.querySelector('meta[name="csrf-token"]').content;

/** An answer that says no. `code` is stable; "unreachable" means that no answer came. */
export class Refusal extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function post(path, body, { keepalive = false } = {}) {
  const response = await send(path, body, keepalive);
  if (response.status === 204) return null;
  const content = await response.json().catch(() => ({}));
  if (response.ok) return content;
  if (response.status === 401) window.location.assign("/sign-in");
  throw new Refusal(response.status, content.code ?? "unknown", content.detail ?? response.statusText);
}

async function send(path, body, keepalive) {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": CSRF_TOKEN },
      credentials: "same-origin",
      body: JSON.stringify(body),
      keepalive,
    });
  } catch {
    throw new Refusal(0, "unreachable", "The service does not answer.");
  }
}

export async function claim(count, leaseSeconds) {
  return (await post("/v1/reviews/claim", { count, lease_seconds: leaseSeconds })).tasks;
}

export function renew(task, leaseSeconds) {
  const body = { lease_token: task.lease_token, lease_seconds: leaseSeconds };
  return post(`/v1/reviews/${task.id}/renew`, body);
}

export function submit(task, verdict) {
  return post(`/v1/reviews/${task.id}/submit`, { lease_token: task.lease_token, ...verdict });
}

export function release(task, { skip = false, leaving = false } = {}) {
  const body = { lease_token: task.lease_token, skip };
  return post(`/v1/reviews/${task.id}/release`, body, { keepalive: leaving });
}
