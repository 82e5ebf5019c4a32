"""Ask a running service, and answer all that waits in its queue, over HTTP."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.processes import Target

ASKED_AT_ONCE = 256  # queries a request, the most that the service takes
CLAIMED_AT_ONCE = 50  # tasks, the most
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Client:
    """One connection with a key."""

    connection: http.client.HTTPConnection
    headers: dict[str, str]

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401
        """Return the answer; any status but 2xx ends the benchmark with what the service says."""
        headers = self.headers | {"content-type": "application/json"}
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status // 100 != 2:
            raise SystemExit(f"{path} answers {answer.status}: {content.decode()}")
        return json.loads(content) if content else None


@contextmanager
def connected(target: Target) -> Iterator[Client]:
    """Yield a client of the service."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=TIMEOUT_SECONDS)
    try:
        yield Client(connection, target.headers)
    finally:
        connection.close()


def ask(client: Client, texts: Sequence[str]) -> Counter[str]:
    """Ask all queries and return how many got which decision."""
    decisions: Counter[str] = Counter()
    for start in range(0, len(texts), ASKED_AT_ONCE):
        queries = [{"text": text} for text in texts[start : start + ASKED_AT_ONCE]]
        results = client.post("/v1/recommendations", {"queries": queries})["results"]
        decisions.update(result["decision"] for result in results)
    return decisions


def answer_all(client: Client, right: Callable[[str], Sequence[str]]) -> int:
    """Answer every task with the products that are right for its text; return how many."""
    answered = 0
    while tasks := client.post("/v1/reviews/claim", {"count": CLAIMED_AT_ONCE})["tasks"]:
        for task in tasks:
            products = list(right(task["text"]))
            body = {
                "lease_token": task["lease_token"],
                "answer": "accepted" if products else "none",
                "product_ids": products,
            }
            client.post(f"/v1/reviews/{task['id']}/submit", body)
        answered += len(tasks)
    return answered
