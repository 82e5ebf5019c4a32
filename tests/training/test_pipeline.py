from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from models.bundle.probes import differences
from models.bundle.store import current_bundle
from models.calibration.calibrator import certify
from models.calibration.settings import GroupSettings
from models.calibration.target import Target
from models.errors import DataError
from models.memory.settings import MemorySettings
from tests.models.calibration.certifying import one_start
from tests.training.products import BRANDS, small_shop
from training.augmentation.settings import AugmentationSettings
from training.data.dataset import Dataset, Relevance, digest
from training.data.splits import SplitDataset, SplitKind, split_dataset
from training.encoders.settings import NgramSettings
from training.evaluation.opis import OpisSettings
from training.evaluation.propensity import inverse_propensities
from training.evaluation.report import top_1_correct
from training.labels.settings import VectorTableSettings
from training.loop.fit import fit
from training.loop.step import Step
from training.loop.stopping_settings import StoppingSettings
from training.losses.alc import AlcSettings
from training.losses.names import BaseLoss
from training.pipeline import Stages, model_name, train, train_and_publish
from training.pipeline_settings import CalibrationSettings, PipelineSettings
from training.recipes import RECIPES
from training.report.findings import read_findings
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings
from training.trained import Trained

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TRAINING = TrainingSettings(
    epochs=2,
    batch_size=64,
    encoder=NgramSettings(dimension=32),
    sampler=SamplerSettings(cluster_size=16),
    warmup_steps=2,
    alc=AlcSettings(width=16, feedforward=16, attention_heads=2),
)
CALIBRATION = CalibrationSettings(target_precisions=(0.70, 0.90))
# tests/training/test_pipeline_decider.py has one.
SETTINGS = PipelineSettings(training=TRAINING, calibration=CALIBRATION, decider=None)


def silent(_: Step) -> None:
    """Take no notice of progress."""


@cache
def parts_of(kind: SplitKind) -> SplitDataset:
    return split_dataset(small_shop(offers_per_product=20), kind, seed=0)


def trained(parts: SplitDataset, settings: PipelineSettings) -> Trained:
    return train(parts, settings, NOW, silent)


@cache
def usual(kind: SplitKind) -> Trained:
    return trained(parts_of(kind), replace(SETTINGS, split=kind))


def published(bundles_dir: Path, settings: PipelineSettings, now: datetime = NOW) -> Bundle:
    directory, _ = train_and_publish(small_shop(), settings, bundles_dir, now, silent)
    return load_bundle(directory)


def weights(bundle: Bundle) -> dict[str, str]:
    files = bundle.manifest.files.items()
    return {name: entry.sha256 for name, entry in files if name.startswith(("encoder", "index"))}


def test_the_published_bundle_is_current_and_finds_what_was_trained(tmp_path: Path) -> None:
    directory, result = train_and_publish(small_shop(), SETTINGS, tmp_path, NOW, silent)

    assert current_bundle(tmp_path) == directory
    bundle = load_bundle(directory)
    texts = small_shop().texts[:50]
    served, expected = (one.candidates(texts, 3) for one in (bundle.runtime, result.runtime))
    assert np.array_equal(served.rows, expected.rows)
    assert np.array_equal(served.scores, expected.scores)
    assert bundle.manifest.promises == result.promises


def test_the_manifest_says_from_what_and_how_it_was_made(tmp_path: Path) -> None:
    manifest = published(tmp_path, SETTINGS).manifest

    assert manifest.data_digest == digest(small_shop())
    assert manifest.configuration == SETTINGS.as_dict()
    assert manifest.configuration["training"]["tcm"]["positive_margin"] == 0.9
    assert manifest.created_at == NOW
    assert {promise.calibrated_at for promise in manifest.promises} == {NOW.isoformat()}
    assert manifest.products == 60


def test_the_report_is_published_with_the_model(tmp_path: Path) -> None:
    report = published(tmp_path, SETTINGS).directory / "report"

    assert {file.name for file in report.iterdir()} == {
        "table.txt",
        "table.md",
        "metrics.json",
        "precision_coverage.png",
        "report.html",
        "model_card.md",
        "what_if.html",
        "findings.json",
    }
    assert "softmax + TCM + ALC" in (report / "model_card.md").read_text()
    assert "softmax + TCM + ALC" in (report / "table.txt").read_text()


def test_the_report_shows_the_scores_before_training_and_after(tmp_path: Path) -> None:
    report = published(tmp_path, SETTINGS).directory / "report"
    before, after = read_findings((report / "findings.json").read_bytes(), "report").scores

    assert (before.name, after.name) == ("before training", "softmax + TCM + ALC")
    assert sum(before.right) == sum(after.right) > 0
    assert before.right_above_wrong
    assert after.right_above_wrong
    assert before.right_above_wrong < after.right_above_wrong


def test_the_same_seed_publishes_identical_weights(tmp_path: Path) -> None:
    first = published(tmp_path, SETTINGS)
    again = published(tmp_path, SETTINGS, now=NOW + timedelta(days=1))
    other = published(tmp_path, replace(SETTINGS, training=replace(TRAINING, seed=1)))

    assert weights(first) == weights(again)
    assert weights(first).keys() == weights(other).keys()
    assert weights(first) != weights(other)


@pytest.mark.parametrize("kind", SplitKind)
def test_promises_are_the_counts_of_the_served_path_on_calibration_queries(
    kind: SplitKind,
) -> None:
    result, calibration = usual(kind), parts_of(kind).calibration
    found = result.runtime.candidates(calibration.texts, 1)
    correct = top_1_correct(found, calibration.relevance)

    kept = [promise for promise in result.promises if promise.threshold is not None]
    assert kept
    for promise in kept:
        chosen = found.scores[:, 0] >= np.float32(promise.threshold or 0)
        assert promise.calibration_labels == len(calibration)
        assert promise.accepted == chosen.sum()
        assert promise.errors == (chosen & ~correct).sum()


def test_unanswerable_offers_of_an_open_split_are_errors() -> None:
    result, test = usual(SplitKind.OPEN), parts_of(SplitKind.OPEN).test
    evaluation = result.evaluations[-1]
    best = result.runtime.candidates(test.texts, 1)

    assert evaluation.queries == len(test)
    assert evaluation.answerable == test.answerable.sum() < len(test)
    right = top_1_correct(best, test.relevance)
    assert not right[~test.answerable].any()
    assert evaluation.precision_at_1 == right.mean()
    one = evaluation.calibrated[0]
    chosen = best.scores[:, 0] >= np.float32(one.promise.threshold or 0)
    assert one.measured.unanswerable == (chosen & ~test.answerable).sum() > 0
    assert one.measured.errors == (chosen & ~right).sum() >= one.measured.unanswerable


def test_products_of_an_open_split_that_were_removed_are_nowhere_in_the_model() -> None:
    titles = {product.title for product in small_shop().products}
    catalogue = usual(SplitKind.OPEN).runtime.catalogue
    known = {catalogue[row].title for row in range(len(catalogue))}

    assert known < titles
    assert len(known) == 54


def test_labels_of_test_queries_change_no_promise() -> None:
    parts = parts_of(SplitKind.OFFERS)
    wrong = replace(parts.test, relevance=parts.test.relevance[::-1])

    relabelled = trained(replace(parts, test=wrong), SETTINGS)

    assert relabelled.promises == usual(SplitKind.OFFERS).promises
    assert relabelled.evaluations[-1].precision_at_1 < 0.2


def test_wrong_calibration_labels_mean_no_promise() -> None:
    parts = parts_of(SplitKind.OFFERS)
    wrong = replace(parts.calibration, relevance=parts.calibration.relevance[::-1])

    relabelled = trained(replace(parts, calibration=wrong), SETTINGS)

    assert [promise.threshold for promise in relabelled.promises] == [None, None]
    assert [promise.labels_needed for promise in relabelled.promises] == [None, None]


def test_there_is_one_promise_for_each_target() -> None:
    promises = trained(
        parts_of(SplitKind.OFFERS),
        replace(SETTINGS, calibration=CalibrationSettings(target_precisions=(0.6, 0.8, 0.9999))),
    ).promises

    assert [promise.target_precision for promise in promises] == [0.6, 0.8, 0.9999]
    assert promises[-1].threshold is None


@pytest.mark.parametrize(
    "stricter",
    [
        {"confidence": 1 - 1e-9},
        {"grid": one_start(4, thresholds=1)},
        {"grid": one_start(1)},
    ],
)
def test_confidence_and_grid_decide_what_is_promised(stricter: dict[str, Any]) -> None:
    parts = parts_of(SplitKind.OPEN)

    other = trained(parts, replace(SETTINGS, calibration=replace(CALIBRATION, **stricter)))

    assert other.promises[0] != usual(SplitKind.OPEN).promises[0]


def test_the_bundle_keeps_what_its_promises_were_certified_on(tmp_path: Path) -> None:
    settings = replace(SETTINGS, split=SplitKind.OPEN)
    bundle = published(tmp_path, settings)
    record, promise = bundle.calibration, bundle.promises[0]

    assert record is not None
    assert len(record.labels) == promise.calibration_labels
    assert not record.labels.answerable.all()
    assert record.settings == settings.calibration.certifying
    again = certify(
        record.labels,
        record.unlabelled,
        Target(promise.target_precision, promise.confidence),
        record.settings,
        promise.calibrated_at,
    )
    assert again == promise
    assert bundle.no_match is not None
    assert bundle.no_match.calibration_labels == len(record.labels)


def branded(parts: SplitDataset) -> SplitDataset:
    """The same with the first word of a title as the product's brand."""
    products = tuple(
        replace(product, attributes={"brand": product.title.split()[0].lower()})
        for product in parts.train.products
    )
    return SplitDataset(
        *(
            replace(part, products=products)
            for part in (parts.train, parts.decider, parts.calibration, parts.test)
        )
    )


def test_products_per_query_and_groups_decide_what_is_promised() -> None:
    parts = branded(parts_of(SplitKind.OFFERS))
    groups = GroupSettings("brand", fewest_multiple=1)
    changed = replace(CALIBRATION, products_per_query=2, groups=groups)

    result = trained(parts, replace(SETTINGS, calibration=changed))

    assert {promise.products_per_query for promise in result.promises} == {2}
    found = result.runtime.candidates(parts.calibration.texts, 2)
    assert np.array_equal(result.calibrated.record.labels.scores, found.scores)
    brands = {one.group for promise in result.promises for one in promise.groups}
    assert brands
    assert brands <= set(BRANDS)
    measured = result.evaluations[-1].calibrated[0]
    assert [one.promise.group for one in measured.groups[:-1]] == [
        one.group for one in result.promises[0].groups
    ]


def test_the_split_decides_what_is_trained_on(tmp_path: Path) -> None:
    bundles = [
        published(tmp_path / kind.value, replace(SETTINGS, split=kind)) for kind in SplitKind
    ]

    assert [bundle.manifest.configuration["split"] for bundle in bundles] == list(SplitKind)
    assert len({tuple(weights(bundle).values()) for bundle in bundles}) == len(SplitKind)


def test_a_model_is_compared_with_no_training_and_named_by_its_losses() -> None:
    parts = parts_of(SplitKind.OFFERS)
    base = replace(SETTINGS, training=replace(TRAINING, tcm=None, alc=None))

    names = [[one.name for one in result.evaluations] for result in (trained(parts, base),)]

    assert names == [["TF-IDF, no training", "softmax base alone"]]
    assert model_name(replace(TRAINING, alc=None)) == "softmax + TCM"
    assert model_name(replace(TRAINING, tcm=None)) == "softmax + ALC"


@pytest.mark.parametrize(
    ("base", "name"),
    [("triplet", "NGAME + TCM + ALC"), ("dynamic_triplet", "dynamic triplet + TCM + ALC")],
)
def test_the_method_is_part_of_the_name(base: BaseLoss, name: str) -> None:
    assert model_name(replace(TRAINING, base=base)) == name


@pytest.mark.parametrize("name", ["dexa", "prime"])
def test_of_labels_and_heads_only_the_vectors_to_be_searched_are_published(
    tmp_path: Path, name: str
) -> None:
    """A basis vector's cosines with the products are one column of the searched vectors."""
    used = {part: getattr(RECIPES[name](), part) for part in ("base", "labels", "text_terms")}
    fast = replace(used["labels"], vectors=VectorTableSettings(learning_rate=0.1))
    training = replace(TRAINING, **(used | {"labels": fast}))

    bundle = published(tmp_path / name, replace(SETTINGS, training=training))
    plain = published(tmp_path / "plain", SETTINGS)

    found = bundle.runtime.nearest(np.eye(32, dtype=np.float32), 60)
    searched = np.empty((60, 32), np.float32)
    np.put_along_axis(searched, found.rows.T, found.scores.T, axis=0)
    parts = split_dataset(small_shop(), SETTINGS.split, 0)
    fitted = fit(parts.train, training, silent)
    np.testing.assert_allclose(searched, fitted.products, atol=1e-6)
    assert not np.allclose(searched, fitted.encoder.encode(titles_of(bundle)), atol=1e-2)
    assert sizes(bundle) == sizes(plain)


def titles_of(bundle: Bundle) -> list[str]:
    return [bundle.runtime.catalogue[row].title for row in range(60)]


def sizes(bundle: Bundle) -> dict[str, int]:
    """Return all files, with the sizes of those that hold weights or vectors."""
    weigh = weights(bundle)
    return {
        name: (bundle.directory / name).stat().st_size if name in weigh else 0
        for name in bundle.manifest.files
    }


def test_everything_long_reports_its_progress() -> None:
    steps: list[Step] = []
    told: dict[str, tuple[int, int]] = {}
    stages = Stages(
        hashing=lambda done, total: told.update(hashing=(done, total)),
        baseline=lambda done, total: told.update(baseline=(done, total)),
    )
    parts = parts_of(SplitKind.OFFERS)

    train(parts, SETTINGS, NOW, steps.append, stages)

    texts = len(parts.train) + len(parts.train.products)
    assert steps[-1].step == steps[-1].steps
    assert told == {"hashing": (texts, texts), "baseline": (240, 240)}


def with_filter(parts: SplitDataset, filtered: Relevance) -> SplitDataset:
    rows = slice(len(parts.calibration)), slice(len(parts.calibration), None)
    calibration, test = (sparse.csr_array(filtered[one]) for one in rows)
    return replace(
        parts,
        calibration=replace(parts.calibration, filtered=calibration),
        test=replace(parts.test, filtered=test),
    )


def test_filtered_products_are_neither_measured_nor_certified() -> None:
    parts = parts_of(SplitKind.OFFERS)
    right = sparse.csr_array(sparse.vstack([parts.calibration.relevance, parts.test.relevance]))
    without_right = trained(with_filter(parts, right), SETTINGS)
    wrong = sparse.csr_array(right.toarray() == 0)
    only_right = trained(with_filter(parts, wrong), SETTINGS)

    assert [one.precision_at_1 for one in without_right.evaluations] == [0, 0]
    assert [one.precision_at_1 for one in only_right.evaluations] == [1, 1]
    assert all(promise.threshold is None for promise in without_right.promises)
    assert all(promise.errors == 0 for promise in only_right.promises)


def test_measures_of_rare_products_know_the_training_part() -> None:
    (_, evaluation), parts = usual(SplitKind.OFFERS).evaluations, parts_of(SplitKind.OFFERS)
    weights = inverse_propensities(parts.train.relevance, SETTINGS.evaluation.propensity)
    found = usual(SplitKind.OFFERS).runtime.candidates(parts.test.texts, 1)
    right = top_1_correct(found, parts.test.relevance)

    asked = weights[parts.test.relevance.indices]  # one right product per offer
    expected = asked[right].sum() / asked.sum()

    assert np.ptp(weights) > 0
    assert evaluation.ranking[0].propensity_scored_precision == pytest.approx(expected)


def test_categories_are_compared_where_the_data_has_them() -> None:
    parts = parts_of(SplitKind.OFFERS)
    kinds = tuple(
        replace(one, attributes={"category": one.title.split()[0]}) for one in parts.train.products
    )
    named = replace(parts, train=replace(parts.train, products=kinds))
    fewest = replace(SETTINGS.evaluation, opis=OpisSettings(fewest_right_pairs=20))
    compared = trained(named, replace(SETTINGS, evaluation=fewest)).evaluations[-1].opis

    assert compared is not None
    assert compared.groups == len(BRANDS)
    assert usual(SplitKind.OFFERS).evaluations[-1].opis is None


MEMORY = AugmentationSettings(memory=MemorySettings(weight=0.5, neighbours=5))
CENTROIDS = AugmentationSettings(centroid_weight=0.5, memory=None)


@pytest.mark.parametrize("added", [MEMORY, CENTROIDS], ids=["memory", "centroids"])
def test_training_queries_change_scores_and_so_what_is_promised(
    added: AugmentationSettings,
) -> None:
    parts = parts_of(SplitKind.OFFERS)
    result, plain = trained(parts, replace(SETTINGS, augmentation=added)), usual(SplitKind.OFFERS)
    scores, before = (one.runtime.candidates(parts.test.texts, 1).scores for one in (result, plain))

    assert not np.array_equal(scores, before)
    assert result.promises != plain.promises
    calibrated = result.runtime.candidates(parts.calibration.texts, 1).scores[:, 0]
    promise = result.promises[0]
    assert promise.accepted == (calibrated >= np.float32(promise.threshold or 0)).sum() > 0
    assert result.evaluations[-1].name == f"softmax + TCM + ALC, {added.name}"


def test_a_bundle_remembers_its_training_queries_and_no_others(tmp_path: Path) -> None:
    settings = replace(SETTINGS, augmentation=MEMORY)
    directory, result = train_and_publish(small_shop(), settings, tmp_path, NOW, silent)
    bundle, parts = load_bundle(directory), split_dataset(small_shop(), SplitKind.OFFERS, 0)

    served, expected = (
        one.candidates(parts.test.texts, 3) for one in (bundle.runtime, result.runtime)
    )
    assert np.array_equal(served.rows, expected.rows)
    assert np.array_equal(served.scores, expected.scores)
    assert bundle.runtime.memory is not None
    assert len(bundle.runtime.memory.index) == len(set(parts.train.texts))
    assert bundle.manifest.memory_index
    assert bundle.manifest.memory_index.products == len(bundle.runtime.memory.index)
    assert differences(bundle.runtime, bundle.probes) == ()


def few_products() -> Dataset:
    shop = small_shop(offers_per_product=30)
    few = shop.with_products(np.arange(3))
    return few.subset(np.flatnonzero(few.answerable))


def test_a_catalogue_may_be_smaller_than_a_list_of_candidates(tmp_path: Path) -> None:
    _, result = train_and_publish(few_products(), SETTINGS, tmp_path, NOW, silent)

    assert result.evaluations[-1].recall_at_10 == 1.0
    assert [one.k for one in result.evaluations[-1].ranking] == [1, 3, 5]
    assert 0.5 < result.evaluations[-1].precision_at_1 <= 1.0


def test_too_few_queries_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="use another split or more data"):
        train_and_publish(small_shop().subset(np.arange(2)), SETTINGS, tmp_path, NOW, silent)

    assert list(tmp_path.iterdir()) == []


def test_queries_that_choose_the_epoch_do_not_certify() -> None:
    parts = parts_of(SplitKind.OFFERS)
    stopping = replace(SETTINGS, training=replace(TRAINING, stopping=StoppingSettings(share=0.25)))

    labels = {promise.calibration_labels for promise in trained(parts, stopping).promises}

    assert labels == {len(parts.calibration) - round(0.25 * len(parts.calibration))}


def test_a_run_directory_keeps_the_training(tmp_path: Path) -> None:
    parts, steps = parts_of(SplitKind.OFFERS), list[Step]()

    for _ in range(2):
        result = train(parts, SETTINGS, NOW, steps.append, run_directory=tmp_path)
        assert result.promises == usual(SplitKind.OFFERS).promises

    assert len(steps) == steps[-1].step
