"""Many labelled decisions at once, as people would have given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import Engine, insert

from service.database.engine import transaction
from service.database.tables import (
    Answer,
    Decision,
    DecisionRow,
    LabelSampleRow,
    ReviewTaskRow,
    Stream,
    TaskKind,
    TaskStage,
    TaskState,
    VerdictRow,
)
from tests.service.conftest import FakeClock

BEST, OTHER = "p1", "p2"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A decision about product `BEST`, drawn for these streams, and what a person said of it."""

    deciding: float | None = 0.9
    threshold: float | None = 0.7
    group: str | None = None
    decision: Decision = Decision.AUTO_ACCEPT
    streams: tuple[Stream, ...] = (Stream.CALIBRATION,)
    answer: Answer = Answer.ACCEPTED
    product_ids: tuple[str, ...] = (BEST,)
    product_id: str | None = BEST
    attributes: dict[str, str] = field(default_factory=dict)
    candidates: Sequence[dict[str, Any]] = ()
    task_bundle_id: str | None = None  # where another bundle opened the task


def right_or_wrong(right: bool, **fields: Any) -> Labelled:
    return Labelled(product_ids=(BEST if right else OTHER,), **fields)


def traffic(
    count: int, *, stream: Stream, threshold: float = 0.0, seed: int = 0, **fields: Any
) -> list[Labelled]:
    """Decisions with scores from `threshold` to 1, each right with chance score ** (1/4)."""
    random = np.random.default_rng(seed)
    scores = np.round(threshold + (1 - threshold) * random.random(count), 6)
    return [
        right_or_wrong(
            bool(random.random() < score**0.25),
            deciding=float(score),
            threshold=threshold or None,
            streams=(stream,),
            decision=Decision.AUTO_ACCEPT if threshold else Decision.MANUAL_REVIEW,
            **fields,
        )
        for score in scores
    ]


def add(engine: Engine, clock: FakeClock, bundle_id: str, labelled: Sequence[Labelled]) -> None:
    """Store decisions, samples, tasks and verdicts, a second apart, without counting audits."""
    rows: dict[Any, list[dict[str, Any]]] = {
        ReviewTaskRow: [],
        VerdictRow: [],
        DecisionRow: [],
        LabelSampleRow: [],
    }
    for one in labelled:
        clock.now += timedelta(seconds=1)
        _add(rows, one, clock, bundle_id)
    with transaction(engine) as connection:
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), values)


def _add(
    rows: dict[Any, list[dict[str, Any]]], one: Labelled, clock: FakeClock, bundle_id: str
) -> None:
    task_id, decision_id, verdict_id, key = uuid4(), uuid4(), uuid4(), uuid4().bytes
    rows[ReviewTaskRow].append(
        {
            "id": task_id,
            "kind": TaskKind.AUDIT,
            "state": TaskState.ANSWERED,
            "source": "shop",
            "query_key": key,
            "text": "a query",
            "attributes": one.attributes,
            "candidates": list(one.candidates),
            "bundle_id": one.task_bundle_id or bundle_id,
            "times_asked": 1,
            "times_skipped": 0,
            "created_at": clock.now,
            "last_asked_at": clock.now,
            "answered_at": clock.now,
            "stage": TaskStage.OPINION,
            "opinions_wanted": 1,
            "priority": 0,
            "due_at": clock.now,
            "verdict_id": verdict_id,
        }
    )
    rows[VerdictRow].append(
        {
            "id": verdict_id,
            "task_id": task_id,
            "stage": TaskStage.OPINION,
            "origin": "queue",
            "answer": one.answer,
            "product_ids": list(one.product_ids if one.answer is Answer.ACCEPTED else ()),
            "person": "ann",
            "created_at": clock.now,
        }
    )
    shared = {
        "decision": one.decision,
        "bundle_id": bundle_id,
        "product_id": one.product_id,
        "threshold": one.threshold,
        "group_name": one.group,
        "created_at": clock.now,
    }
    rows[DecisionRow].append(
        {
            **shared,
            "id": decision_id,
            "source": "shop",
            "query_key": key,
            "text": "a query",
            "score": one.deciding,
            "target_precision": 0.95,
            "review_task_id": task_id,
        }
    )
    rows[LabelSampleRow] += [
        {
            **shared,
            "id": uuid4(),
            "stream": stream,
            "decision_id": decision_id,
            "task_id": task_id,
            "inclusion_probability": 0.05,
            "deciding": one.deciding,
        }
        for stream in one.streams
    ]
