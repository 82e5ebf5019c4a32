from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.thresholds import Promise
from service.bundles.holder import ServedBundle
from service.metrics import create_metrics
from service.recommend.jobs import Part, parts_of
from service.recommend.matching import match_parts
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, unmatched_job
from tests.small_bundle import (
    CREATED_AT,
    TITLES,
    remembering,
    small_contents,
    small_promise,
)


def test_candidates_are_ranked_and_what_reaches_the_threshold_is_accepted() -> None:
    match = matched_job(CERTAIN).matches[0]
    assert [candidate.rank for candidate in match.candidates] == [1, 2, 3]
    assert match.candidates[0].product_id == "p0"
    assert match.candidates[0].title == CERTAIN
    assert match.candidates[0].score == 1.0
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert match.accepted == 1


@pytest.mark.parametrize("promise", [small_promise(threshold=None), small_promise(threshold=0.99)])
def test_what_the_promise_does_not_cover_is_not_accepted(promise: Promise) -> None:
    assert matched_job(UNCERTAIN, promise=promise).matches[0].accepted == 0


def test_without_a_threshold_nothing_is_accepted() -> None:
    assert matched_job(CERTAIN, promise=small_promise(threshold=None)).matches[0].accepted == 0


def test_only_the_calibrated_rank_is_accepted_however_low_the_threshold() -> None:
    assert matched_job(CERTAIN, promise=small_promise(threshold=0.01)).matches[0].accepted == 1


def test_more_products_than_exist_are_not_invented() -> None:
    assert len(matched_job(CERTAIN, k=100).matches[0].candidates) == len(TITLES)


def test_remembered_queries_count_in_a_micro_batch(tmp_path: Path) -> None:
    contents = remembering(small_contents(), {UNCERTAIN: 5})
    bundle = load_bundle(publish(tmp_path, contents, created_at=CREATED_AT))
    served = ServedBundle(bundle, small_promise(), loaded_at=0.0)
    jobs = [replace(unmatched_job(UNCERTAIN, CERTAIN, k=k), served=served) for k in (1, 4)]

    match_parts([Part(job, 0, 2) for job in jobs], create_metrics())

    expected = bundle.runtime.candidates([UNCERTAIN, CERTAIN], 4).scores.tolist()
    for job in jobs:
        for match, scores in zip((job.matches[0], job.matches[1]), expected, strict=True):
            found = [candidate.score for candidate in match.candidates]
            assert found == pytest.approx(scores[: job.k])
    assert jobs[0].matches[0].candidates[0].product_id == "p5"


def test_a_job_is_cut_into_parts_and_is_whole_with_the_last() -> None:
    job = unmatched_job(*TITLES)
    parts = parts_of(job, 3)
    assert [(part.start, part.stop) for part in parts] == [(0, 3), (3, 6), (6, 8)]
    for part in parts:
        assert not job.matched
        match_parts([part], create_metrics())
    assert job.matched
    assert [job.matches[i].candidates[0].title for i in range(8)] == list(TITLES)


def test_jobs_with_another_k_share_a_batch_and_get_their_own() -> None:
    jobs = [unmatched_job(*TITLES[:2], k=2), unmatched_job(*TITLES[2:4], k=5)]
    match_parts([Part(job, 0, 2) for job in jobs], create_metrics())
    assert [len(job.matches[1].candidates) for job in jobs] == [2, 5]
    assert [job.matches[1].candidates[0].title for job in jobs] == [TITLES[1], TITLES[3]]
