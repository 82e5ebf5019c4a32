"""The JSON of an answer, made without pydantic: it is most of the work of a request otherwise."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from models.thresholds import Promise
from service.bundles.endpoints import describe_promise
from service.recommend.decided import Decided, Outcome
from service.recommend.jobs import Job, Query


def answer_bytes(job: Job, outcome: Outcome) -> bytes:
    """Return the body of the answer; it has the shape of `RecommendationsRead`."""
    return orjson.dumps(
        {
            "bundle_id": job.served.bundle.bundle_id,
            "promise": orjson.Fragment(_promise_json(job.served.promise)),
            "degraded": outcome.degraded,
            "results": [
                _result(query, decided)
                for query, decided in zip(job.queries, outcome.decided, strict=True)
            ],
        }
    )


def _result(query: Query, decided: Decided) -> dict[str, Any]:
    verdict = decided.verdict
    return {
        "id": query.id,
        "decision": decided.decision,
        "decision_id": decided.decision_id,
        "review_task_id": decided.review_task_id,
        "auto_accepted": decided.auto_accepted,
        "manual_review": decided.manual_review,
        "verdict": None
        if verdict is None
        else {
            "review_task_id": verdict.task_id,
            "answer": verdict.answer,
            "answered_at": verdict.answered_at,
        },
    }


@lru_cache(maxsize=8)
def _promise_json(promise: Promise) -> bytes:
    return describe_promise(promise).model_dump_json().encode()
