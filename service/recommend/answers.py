"""The JSON of an answer, made without pydantic: it is most of the work of a request otherwise."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson

from models.thresholds import Promise
from service.bundles.endpoints import describe_promise
from service.recommend.decided import Decided, Outcome
from service.recommend.jobs import Job, Match, Query
from service.rulings.blocks import Block


def answer_bytes(job: Job, outcome: Outcome) -> bytes:
    """Return the body of the answer; it has the shape of `RecommendationsRead`."""
    return orjson.dumps(
        {
            "bundle_id": job.served.bundle.bundle_id,
            "promise": _promise(outcome.promise, outcome),
            "no_match_promise": None
            if outcome.no_match is None
            else _promise(outcome.no_match, outcome),
            "degraded": outcome.degraded,
            "results": [
                _result(query, match, decided)
                for (query, match), decided in zip(job.pairs(), outcome.decided, strict=True)
            ],
        }
    )


def _result(query: Query, match: Match, decided: Decided) -> dict[str, Any]:
    verdict, judgement = decided.verdict, decided.judgement
    by_model = verdict is None
    return {
        "id": query.id,
        "decision": decided.decision,
        "decision_id": decided.decision_id,
        "review_task_id": decided.review_task_id,
        "auto_accepted": decided.auto_accepted,
        "manual_review": decided.manual_review,
        "group": judgement.group if by_model else None,
        "threshold": judgement.threshold if by_model else None,
        "calibrated_probability": match.calibrated_probability if by_model else None,
        "verdict": None
        if verdict is None
        else {
            "review_task_id": verdict.task_id,
            "answer": verdict.answer,
            "answered_at": verdict.answered_at,
        },
        "blocked_by": None if decided.blocked_by is None else _block(decided.blocked_by),
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "ruling_id": block.ruling_id,
        "product_id": block.product_id,
        "review_task_id": block.task_id,
        "ruled_at": block.ruled_at,
    }


def _promise(promise: Promise, outcome: Outcome) -> orjson.Fragment:
    """Return a promise with those of its groups that the answer is about; there may be hundreds."""
    asked = {decided.judgement.group for decided in outcome.decided}
    groups = tuple(one for one in promise.groups if one.group in asked)
    return orjson.Fragment(_promise_json(replace(promise, groups=groups)))


@lru_cache(maxsize=256)
def _promise_json(promise: Promise) -> bytes:
    return describe_promise(promise).model_dump_json().encode()
