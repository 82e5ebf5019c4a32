from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import BundleContents
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.catalogue import Catalogue, Product
from models.thresholds import Grouping
from service.bundles.holder import ServedBundle
from service.metrics import create_metrics
from service.recommend.jobs import Job, Part, parts_of
from service.recommend.matching import match_parts
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN, matched_job, unmatched_job
from tests.small_bundle import (
    CREATED_AT,
    TITLES,
    remembering,
    small_contents,
    small_promise,
    small_record,
)


def test_candidates_are_ranked_with_what_decides_about_each() -> None:
    match = matched_job(CERTAIN).matches[0]
    assert [candidate.rank for candidate in match.candidates] == [1, 2, 3]
    assert match.candidates[0].product_id == "p0"
    assert match.candidates[0].title == CERTAIN
    assert match.candidates[0].score == 1.0
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert list(match.deciding) == pytest.approx(scores)


def test_more_products_than_exist_are_not_invented() -> None:
    match = matched_job(CERTAIN, k=100).matches[0]
    assert len(match.candidates) == len(TITLES)
    assert set(match.deciding[len(TITLES) :]) == {-math.inf}


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


PHONES = Product("p0", TITLES[0], {"category": "Phones"})
CAMERAS = Product("p4", TITLES[4], {"category": "Cameras"})


@pytest.mark.parametrize(
    ("grouping", "groups"),
    [
        (None, [None, None, None]),
        (Grouping("category", "product"), ["Phones", "Cameras", None]),
        (Grouping("brand", "query"), ["x", "x", "x"]),
    ],
)
def test_a_query_is_in_the_group_of_its_attributes_or_of_its_best_product(
    tmp_path: Path, grouping: Grouping | None, groups: list[str | None]
) -> None:
    contents = small_contents(promises=(replace(small_promise(), grouping=grouping),))
    products = [Product(f"p{row}", title) for row, title in enumerate(TITLES)]
    products[0], products[4] = PHONES, CAMERAS
    runtime = replace(contents.runtime, catalogue=Catalogue(products))
    job = _job_of(tmp_path, replace(contents, runtime=runtime), TITLES[0], TITLES[4], TITLES[5])
    assert [match.group for _, match in job.pairs()] == groups


def test_a_match_says_how_probably_its_best_product_is_right(tmp_path: Path) -> None:
    record = small_record()
    assert record.probability is not None
    job = _job_of(tmp_path, small_contents(calibration=record), CERTAIN, UNCERTAIN)
    for _, match in job.pairs():
        [expected] = record.probability.of(np.array(match.deciding[:1]))
        assert match.calibrated_probability == pytest.approx(expected, abs=1e-6)
    certain, uncertain = (match.calibrated_probability for _, match in job.pairs())
    assert (uncertain or 0) < (certain or 0)


def test_without_calibration_labels_no_match_says_how_probable_it_is() -> None:
    assert matched_job(CERTAIN).matches[0].calibrated_probability is None


def _job_of(directory: Path, contents: BundleContents, *texts: str) -> Job:
    bundle = load_bundle(publish(directory, contents, created_at=CREATED_AT))
    served = ServedBundle(bundle, contents.promises[0], loaded_at=0.0)
    job = replace(unmatched_job(*texts), served=served)
    match_parts(parts_of(job, 64), create_metrics())
    return job


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
