// The HTTP interface as this page uses it: the session's cookie and its CSRF token.

const CSRF_TOKEN = document.querySelector('meta[name="csrf-token"]').content;

/** An answer that says no. `code` is stable; "unreachable" means that no answer came. */
export class Refusal extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function call(path, options) {
  const response = await send(path, options);
  if (response.status === 204) return null;
  const content = await response.json().catch(() => ({}));
  if (response.ok) return content;
  if (response.status === 401) window.location.assign("/sign-in");
  throw new Refusal(response.status, content.code ?? "unknown", content.detail ?? response.statusText);
}

async function send(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", ...options });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Refusal(0, "unreachable", "The service does not answer.");
  }
}

function post(path, body, { keepalive = false } = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": CSRF_TOKEN };
  return call(path, { method: "POST", headers, body: JSON.stringify(body), keepalive });
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

export function release(task, { leaving = false } = {}) {
  const body = { lease_token: task.lease_token };
  return post(`/v1/reviews/${task.id}/release`, body, { keepalive: leaving });
}

export function skip(task, reason) {
  const body = { lease_token: task.lease_token, skip: true, reason };
  return post(`/v1/reviews/${task.id}/release`, body);
}

/** Take one's last answer to a task back; returns the task, leased again. */
export function undo(taskId, leaseSeconds) {
  return post(`/v1/reviews/${taskId}/undo`, { lease_seconds: leaseSeconds });
}

/** What was answered since a moment, and what is left. */
export function summary(since) {
  return call(`/v1/reviews/summary?${new URLSearchParams({ since: since.toISOString() })}`);
}

export async function searchProducts(query, limit, signal) {
  const asked = new URLSearchParams({ query, limit });
  return (await call(`/v1/products?${asked}`, { signal })).products;
}
