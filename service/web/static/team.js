// Says on the team page when the service does not answer, or refuses to; htmx does the rest.

const unreachable = document.getElementById("unreachable");

function say(text) {
  unreachable.textContent = text;
  unreachable.hidden = !text;
}

document.body.addEventListener("htmx:sendError", () => say("The service does not answer. Nothing was changed, as far as this page knows."));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) say("");
});
document.body.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) say("You may not do this any more. Load the page again.");
  else if (status >= 500 && status !== 503) say("Something went wrong in the service; its log says what.");
});
