"""What the demo prints: the numbers of its model, the promise, and how to try both ways in."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.thresholds import Promise
from service.access import service as access
from service.access.actor import Scope
from service.access.tokens import ApiKey, matches
from service.bundles.endpoints import decides_by
from service.bundles.schemas import DecidesBy
from service.clock import SqlClock
from service.settings import Settings

NAME = "demo"
KEY_FILE = "demo.key"
TABLE_FILE = "report/table.txt"
# A precise offer, and two that leave several products possible: those become review tasks.
EXAMPLES = (
    "apple iphone 8 64gb silver",
    "bosch serie 4 fridge freezer white",
    "lg 8kg washing machine",
)


def announcement(settings: Settings, engine: Engine, clock: SqlClock, bundle: Bundle) -> str:
    """Return the text; makes the demo's key where there is none yet, and a new sign-in link."""
    url = settings.local_url
    key = demo_key(settings.state_dir / KEY_FILE, engine, clock)
    lasts = timedelta(minutes=settings.sign_in_link_minutes)
    token = access.create_sign_in_link(engine, clock, NAME, [Scope.REVIEW], lasts, by=NAME)
    promise = bundle.promise_for(settings.target_precision)
    return "\n".join(
        [
            "",
            (bundle.directory / TABLE_FILE).read_text().rstrip(),
            "",
            f"Promise: {promise_sentence(promise, decides_by(bundle.runtime))}",
            "",
            "Ask for a recommendation:",
            "",
            f"  curl -s {url}/v1/recommendations -H 'Authorization: Bearer {key}'"
            " -H 'Content-Type: application/json'"
            f" -d '{_example_request()}'",
            "",
            f"Review what was not decided (one-time link): {url}/sign-in/{token}",
            f"API documentation: {url}/docs   Metrics: {url}/metrics   Stop: Ctrl-C",
            "",
        ]
    )


def _example_request() -> str:
    return json.dumps({"queries": [{"text": text} for text in EXAMPLES], "k": 3})


def promise_sentence(promise: Promise, decides_by: DecidesBy) -> str:
    """Return the promise as one sentence with its numbers."""
    target = f"precision >= {promise.target_precision:.0%}, confidence {promise.confidence:.0%}"
    if promise.threshold is None:
        more = (
            "more labels alone would not help"
            if promise.labels_needed is None
            else f"at least {promise.labels_needed:,} more labels are needed"
        )
        return f"{target}: cannot promise, everything goes to review; {more}."
    share = promise.accepted / promise.calibration_labels
    what = {"probability": "probabilities", "score": "scores"}[decides_by]
    return (
        f"{target}, for {what} from {promise.threshold:.4f}: {promise.accepted:,} of"
        f" {promise.calibration_labels:,} calibration queries ({share:.1%}) were accepted,"
        f" {promise.errors:,} of them wrongly."
    )


def demo_key(file: Path, engine: Engine, clock: SqlClock) -> str:
    """Return the key in this file, or make one and write it there, readable by its owner alone.

    A key that this database does not know, or not any more, is replaced.
    """
    known = ApiKey.parse(file.read_text().strip()) if file.exists() else None
    if known is not None and _is_valid(engine, known):
        return str(known)
    key = ApiKey.random()
    access.create_key(engine, clock, key, NAME, [Scope.RECOMMEND, Scope.REVIEW], by=NAME)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"{key}\n")
    return str(key)


def _is_valid(engine: Engine, key: ApiKey) -> bool:
    stored = access.find_key(engine, key.id)
    return stored is not None and matches(key.secret, stored.secret_sha256)
