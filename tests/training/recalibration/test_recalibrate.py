from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import Bundle
from models.calibration.settings import GroupSettings
from models.errors import BundleError, ConfigurationError, DataError
from models.thresholds import Promise
from tests.training.recalibration.offers import drawn, offers, written
from training.data.dataset import Dataset
from training.data.drawn import DrawnQueries
from training.data.unlabelled import load_unlabelled
from training.pipeline_settings import CalibrationSettings
from training.recalibration.recalibrate import NewLabels, Recalibrated, recalibrate
from training.reevaluation import own_parts

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SETTINGS = CalibrationSettings((0.5, 0.85), no_match_precision=None)


def made(
    bundle: Bundle, new: DrawnQueries, settings: CalibrationSettings = SETTINGS, **how: object
) -> Recalibrated:
    return recalibrate(bundle, NewLabels(new, **how), settings, NOW)  # type: ignore[arg-type]


def unlabelled(bundle: Bundle, file: Path, rows: list[tuple[str, ...]]) -> Dataset:
    table = written(file, [row[:1] for row in rows], ("query",))
    found, _ = load_unlabelled(table, bundle.runtime.catalogue)
    return found


def promise(found: Recalibrated, target: float) -> Promise:
    (one,) = (one for one in found.calibrated.promises if one.target_precision == target)
    return one


def test_new_labels_take_the_place_of_the_old_ones(shop: Bundle, labels: Path) -> None:
    found = made(shop, drawn(shop, labels, offers(200)))
    record = found.calibrated.record
    assert len(record.labels) == promise(found, 0.5).calibration_labels == 200
    assert promise(found, 0.5).calibrated_at == "2026-03-04T05:06:07+00:00"
    assert shop.calibration
    assert np.array_equal(record.unlabelled.scores, shop.calibration.unlabelled.scores)
    assert record.texts
    assert len(record.texts.labels) == 200
    assert found.warnings == ()
    assert found.reference is None


def test_more_labels_promise_what_fewer_could_not(shop: Bundle, labels: Path) -> None:
    few, many = (made(shop, drawn(shop, labels, offers(count))) for count in (10, 600))
    assert promise(few, 0.85).threshold is None
    assert promise(few, 0.85).labels_needed
    assert promise(many, 0.85).threshold is not None


def test_wrong_labels_promise_nothing_and_no_more_of_them_would(shop: Bundle, labels: Path) -> None:
    wrong = [(query, "p0") for query, _ in offers(400)]
    refused = promise(made(shop, drawn(shop, labels, wrong)), 0.5)
    assert (refused.threshold, refused.labels_needed) == (None, None)


def test_the_settings_are_those_that_are_given(shop: Bundle, labels: Path) -> None:
    settings = CalibrationSettings((0.4,), confidence=0.8, method="holm")
    found = made(shop, drawn(shop, labels, offers(200)), settings)
    (one,) = found.calibrated.promises
    assert (one.target_precision, one.confidence, one.method) == (0.4, 0.8, "holm")
    assert found.calibrated.record.confidence == 0.8


def test_queries_that_the_model_was_fitted_on_are_left_out(shop: Bundle, labels: Path) -> None:
    parts = own_parts(shop)
    learnt = [(text, "p1") for text in parts.train.texts[:30]]
    calibrated = [(text, "p1") for text in parts.calibration.texts[:5]]
    found = made(shop, drawn(shop, labels, [*offers(100), *learnt, *calibrated]))
    assert len(found.calibrated.record.labels) == 105
    assert found.warnings == ("the bundle learnt from 30 of 135 queries; they are left out",)
    with pytest.raises(DataError, match="all 30 labelled queries took part in the training"):
        made(shop, drawn(shop, labels, learnt))


def test_where_that_cannot_be_known_it_is_said(shop: Bundle, labels: Path) -> None:
    lost = replace(shop, manifest=shop.manifest.model_copy(update={"data_digest": "0" * 64}))
    first, second = made(lost, drawn(lost, labels, offers(100))).warnings
    assert "have changed since it was made" in first
    assert "not known which of these queries the bundle learnt from" in second


class TestAdding:
    def test_labels_are_added_to_those_that_the_bundle_has(
        self, shop: Bundle, labels: Path
    ) -> None:
        assert shop.calibration
        before = shop.calibration.labels
        found = made(shop, drawn(shop, labels, offers(100)), add=True)
        both = found.calibrated.record.labels
        assert len(both) == len(before) + 100
        assert np.array_equal(both.scores[: len(before)], before.scores)
        assert promise(found, 0.5).calibration_labels == len(both)

    def test_a_query_counts_once(self, shop: Bundle, labels: Path) -> None:
        assert shop.calibration
        again = [(text.upper(), "p1") for text in own_parts(shop).calibration.texts[:7]]
        found = made(shop, drawn(shop, labels, [*offers(50), *again]), add=True)
        assert len(found.calibrated.record.labels) == len(shop.calibration.labels) + 50
        (said,) = found.warnings
        assert said.startswith("7 of 57 queries are among the labels that bundle")

    def test_nothing_new_is_no_calibration(self, shop: Bundle, labels: Path) -> None:
        again = [(text, "p1") for text in own_parts(shop).calibration.texts]
        with pytest.raises(DataError, match="there is nothing to add"):
            made(shop, drawn(shop, labels, again), add=True)

    def test_labels_that_cannot_be_told_apart_are_added_with_a_warning(
        self, shop: Bundle, labels: Path
    ) -> None:
        assert shop.calibration
        older = replace(shop, calibration=replace(shop.calibration, texts=None))
        found = made(older, drawn(shop, labels, offers(50)), add=True)
        assert found.calibrated.record.texts is None
        assert "counts twice" in found.warnings[0]

    def test_labels_of_other_groups_or_products_do_not_fit(
        self, shop: Bundle, labels: Path
    ) -> None:
        new = drawn(shop, labels, offers(50))
        with pytest.raises(ConfigurationError, match="--add keeps labels whose groups are by None"):
            made(shop, new, replace(SETTINGS, groups=GroupSettings()), add=True)
        with pytest.raises(ConfigurationError, match="--add keeps labels of 1 products per query"):
            made(shop, new, replace(SETTINGS, products_per_query=2), add=True)


class TestUnlabelled:
    def test_texts_place_the_thresholds_and_renew_what_traffic_looks_like(
        self, shop: Bundle, labels: Path, tmp_path: Path
    ) -> None:
        others = unlabelled(shop, tmp_path / "traffic.csv", offers(150, seed=2))
        found = made(shop, drawn(shop, labels, offers(200)), unlabelled=others)
        record = found.calibrated.record
        best = shop.runtime.candidates(others.texts, 1).scores[:, 0]
        assert np.array_equal(record.unlabelled.scores, best)
        assert shop.reference
        assert found.reference
        assert found.reference.queries == 150
        assert found.reference.known == shop.reference.known

    def test_texts_that_are_labelled_too_are_left_out(
        self, shop: Bundle, labels: Path, tmp_path: Path
    ) -> None:
        rows = offers(60)
        others = unlabelled(shop, tmp_path / "t.csv", [*offers(40, seed=2), *rows[:15]])
        found = made(shop, drawn(shop, labels, rows), unlabelled=others)
        assert len(found.calibrated.record.unlabelled) == 40
        assert "15 of the unlabelled queries are labelled too" in found.warnings[0]
        same = unlabelled(shop, tmp_path / "t.csv", rows)
        with pytest.raises(DataError, match="must be others"):
            made(shop, drawn(shop, labels, rows), unlabelled=same)

    def test_so_are_those_whose_scores_the_bundle_keeps(self, shop: Bundle, labels: Path) -> None:
        assert shop.calibration
        test = [(text, "p1") for text in own_parts(shop).test.texts]
        found = made(shop, drawn(shop, labels, [*offers(50), *test[:10]]))
        kept = len(found.calibrated.record.unlabelled)
        assert kept == len(shop.calibration.unlabelled) - 10
        with pytest.raises(DataError, match="name other texts of the traffic with --unlabelled"):
            made(shop, drawn(shop, labels, test))

    def test_texts_that_the_model_was_fitted_on_are_left_out(
        self, shop: Bundle, labels: Path, tmp_path: Path
    ) -> None:
        learnt = [(text, "") for text in own_parts(shop).train.texts[:30]]
        others = unlabelled(shop, tmp_path / "t.csv", [*learnt, *offers(40, seed=2)])
        found = made(shop, drawn(shop, labels, offers(50)), unlabelled=others)
        assert len(found.calibrated.record.unlabelled) == 40

    def test_other_groups_need_texts(self, shop: Bundle, labels: Path, tmp_path: Path) -> None:
        grouped = replace(SETTINGS, groups=GroupSettings("brand", "query"))
        new = drawn(shop, labels, offers(50))
        with pytest.raises(ConfigurationError, match="name texts of the traffic with --unlabelled"):
            made(shop, new, grouped)
        others = unlabelled(shop, tmp_path / "t.csv", offers(40, seed=2))
        found = made(shop, new, grouped, unlabelled=others)
        assert found.calibrated.promises[0].grouping == grouped.certifying.grouping


def test_a_bundle_without_a_calibration_needs_texts(
    shop: Bundle, labels: Path, tmp_path: Path
) -> None:
    bare, new = replace(shop, calibration=None), drawn(shop, labels, offers(100))
    with pytest.raises(BundleError, match="keeps no calibration to go on from"):
        made(bare, new)
    others = unlabelled(shop, tmp_path / "t.csv", offers(40, seed=2))
    with pytest.raises(BundleError, match="leave out --add"):
        made(bare, new, unlabelled=others, add=True)
    assert len(made(bare, new, unlabelled=others).calibrated.record.labels) == 100
