"""Matched jobs for the tests of the rules, made with a real bundle."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.thresholds import Promise
from service.bundles.holder import ServedBundle
from service.metrics import create_metrics
from service.recommend.jobs import Job, Query, parts_of
from service.recommend.keys import query_key, text_key
from service.recommend.matching import match_parts
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_promise

CERTAIN = TITLES[0]
UNCERTAIN = "iphone silver case"


@lru_cache(maxsize=1)
def bundle() -> Bundle:
    with TemporaryDirectory() as directory:
        return load_bundle(publish(Path(directory), small_contents(), created_at=CREATED_AT))


def served(promise: Promise | None = None) -> ServedBundle:
    promise = promise or small_promise()
    manifest = bundle().manifest.model_copy(update={"promises": (promise,)})
    return ServedBundle(replace(bundle(), manifest=manifest), promise, loaded_at=0.0)


def queries_of(*texts: str, source: str = "shop") -> list[Query]:
    return [
        Query(f"q{number}", text, query_key(text, source), text_key(text), {"brand": "x"})
        for number, text in enumerate(texts)
    ]


def unmatched_job(
    *texts: str, source: str = "shop", k: int = 3, promise: Promise | None = None
) -> Job:
    loop = asyncio.new_event_loop()
    answered = loop.create_future()
    loop.close()
    return Job(served(promise), source, queries_of(*texts, source=source), k, 0.0, answered)


def matched_job(
    *texts: str, source: str = "shop", k: int = 3, promise: Promise | None = None
) -> Job:
    job = unmatched_job(*texts, source=source, k=k, promise=promise)
    match_parts(parts_of(job, 64), create_metrics())
    return job
