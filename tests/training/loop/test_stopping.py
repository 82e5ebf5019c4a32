from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies
from scipy import sparse

from models.errors import ConfigurationError, DataError
from tests.training.loop.runs import PROTOTYPES, SETTINGS, run
from tests.training.products import small_shop
from training.data.dataset import Dataset, relevance_matrix
from training.evaluation.coverage import oracle_coverage, precision_coverage
from training.loop.fit import fit
from training.loop.run_directory import read_state
from training.loop.stopping import Quality, divide
from training.loop.stopping_settings import StoppingSettings
from training.settings import TrainingSettings

CHOOSING = small_shop(seed=1).subset(np.arange(0, 360, 3))
STOPPING = StoppingSettings(patience=1, target_precision=0.9)
LONG = replace(SETTINGS, epochs=6, stopping=STOPPING)


def wrong(queries: Dataset, rows: Sequence[int] | None = None) -> Dataset:
    """Return the queries with wrong labels, on all or on some rows."""
    products, spoilt = len(queries.products), set(range(len(queries)) if rows is None else rows)
    answers = [
        [(int(answer) + (row in spoilt)) % products]
        for row, answer in enumerate(queries.relevance.indices)
    ]
    return replace(queries, relevance=relevance_matrix(answers, products))


@given(strategies.integers(10, 200), strategies.integers(0, 5), strategies.floats(0.1, 0.9))
@settings(max_examples=30, deadline=None)
def test_queries_choose_or_certify_and_none_is_lost(count: int, seed: int, part: float) -> None:
    calibration = numbered(count)
    chosen = TrainingSettings(seed=seed, stopping=StoppingSettings(share=part))

    choosing, certifying = divide(calibration, chosen)

    assert choosing is not None
    assert not set(choosing.texts) & set(certifying.texts)
    assert {*choosing.texts, *certifying.texts} == set(calibration.texts)
    assert len(choosing) == round(part * count)


def numbered(count: int) -> Dataset:
    shop = small_shop()
    texts = tuple(f"query {i}" for i in range(count))
    answers = [[i % len(shop.products)] for i in range(count)]
    return Dataset(
        texts,
        ("",) * count,
        ("",) * count,
        shop.products,
        relevance_matrix(answers, len(shop.products)),
    )


def test_labels_do_not_decide_which_queries_choose() -> None:
    calibration = numbered(50)

    divisions = [divide(one, LONG) for one in (calibration, wrong(calibration))]

    assert divisions[0][0] is not None
    assert divisions[1][0] is not None
    assert divisions[0][0].texts == divisions[1][0].texts
    assert divisions[0][1].texts == divisions[1][1].texts


def test_another_seed_draws_other_queries() -> None:
    first, other = (divide(numbered(50), replace(LONG, seed=seed))[1] for seed in (0, 1))

    assert first.texts != other.texts


def test_without_an_early_stop_all_queries_certify() -> None:
    calibration = numbered(50)

    assert divide(calibration, SETTINGS) == (None, calibration)


@pytest.mark.parametrize(("count", "part"), [(2, 0.2), (2, 0.9), (1, 0.5)])
def test_too_few_queries_for_both_are_refused(count: int, part: float) -> None:
    with pytest.raises(DataError, match="too few to choose an epoch"):
        divide(numbered(count), replace(LONG, stopping=StoppingSettings(share=part)))


def recorded(path: Path) -> list[Quality]:
    """Return what a run measured after each epoch."""
    written = (json.loads(line) for line in (path / "progress.jsonl").read_text().splitlines())
    return [Quality(one["coverage"], one["accuracy"]) for one in written if one["event"] == "epoch"]


def served(epochs: int, choosing: Dataset) -> Quality:
    """Measure what training for all of these epochs ships, as the service would search it."""
    fitted = fit(small_shop(), replace(LONG, epochs=epochs, stopping=None), lambda _: None)
    scores = fitted.encoder.encode(choosing.texts) @ fitted.products.T
    best = scores.argmax(axis=1)
    correct = np.asarray(choosing.relevance[np.arange(len(best)), best])
    curve = precision_coverage(np.round(scores.max(axis=1), 6), correct)
    return Quality(oracle_coverage(curve, STOPPING.target_precision), float(correct.mean()))


def test_measured_is_what_would_be_served(tmp_path: Path) -> None:
    """The last epoch of a schedule of two, without and with an early stop."""
    two = replace(LONG, epochs=2, stopping=replace(STOPPING, patience=2))
    run(two, choosing=CHOOSING, run_directory=tmp_path)

    assert recorded(tmp_path)[-1] == served(2, CHOOSING)


@pytest.mark.parametrize("patience", [1, 2])
def test_it_ends_after_so_many_epochs_that_are_no_better(tmp_path: Path, patience: int) -> None:
    chosen = replace(LONG, stopping=replace(STOPPING, patience=patience))
    found = run(chosen, choosing=CHOOSING, run_directory=tmp_path)

    qualities = recorded(tmp_path)
    best = qualities.index(max(qualities)) + 1
    assert len(qualities) == min(best + patience, chosen.epochs)
    assert found.epoch == best
    assert len(qualities) < chosen.epochs or patience > 1


def test_the_best_epoch_s_weights_are_returned(tmp_path: Path) -> None:
    """What is returned measures as its epoch did, and is not what training ended with."""
    found = run(LONG, choosing=CHOOSING, run_directory=tmp_path)
    state = read_state(tmp_path)
    assert state is not None
    ended = torch.load(tmp_path / state.checkpoint, weights_only=True)
    residual = ended["run"]["modules"][0]["residual"]

    assert found.epoch < state.epochs_done
    assert not torch.equal(found.residual, residual)
    assert torch.equal(found.residual, ended["stopping"]["weights"][0]["residual"])


def test_certifying_labels_never_change_the_stop() -> None:
    calibration = small_shop(seed=1)
    found = []
    for labelled in (calibration, spoilt_where_they_certify(calibration)):
        choosing, _ = divide(labelled, LONG)
        found.append(run(LONG, choosing=choosing))

    assert found[0].epoch == found[1].epoch
    assert found[0].same_as(found[1])


def test_choosing_labels_do() -> None:
    right, other = (run(LONG, choosing=one) for one in (CHOOSING, wrong(CHOOSING)))

    assert right.epoch != other.epoch


def spoilt_where_they_certify(calibration: Dataset) -> Dataset:
    """Return the queries with wrong labels on those that certify."""
    _, certifying = divide(numbered(len(calibration)), LONG)
    rows = [int(text.removeprefix("query ")) for text in certifying.texts]
    return wrong(calibration, rows)


@pytest.mark.parametrize("chosen", [SETTINGS, PROTOTYPES], ids=["titles", "prototypes"])
def test_measuring_does_not_disturb_training(chosen: TrainingSettings) -> None:
    """Prototypes measure with fresh centroids, and then train on with those they had."""
    plain = run(chosen)

    measured = run(
        replace(chosen, stopping=replace(STOPPING, patience=2)),
        choosing=CHOOSING,
    )

    assert measured.losses == plain.losses


def test_coverage_is_that_at_the_target_precision(tmp_path: Path) -> None:
    """Wrong labels on a third of the queries: half of the answers can be right, nine in ten not."""
    choosing = wrong(CHOOSING, range(0, len(CHOOSING), 3))
    for target in (0.5, 0.95):
        chosen = replace(LONG, epochs=2, stopping=replace(STOPPING, target_precision=target))
        run(chosen, choosing=choosing, run_directory=tmp_path / str(target))

    low, high = (recorded(tmp_path / str(target))[-1] for target in (0.5, 0.95))
    assert low.accuracy == high.accuracy
    assert low.coverage > high.coverage


def test_filtered_products_are_not_among_the_answers(tmp_path: Path) -> None:
    """Left to every query is its right product alone."""
    others = CHOOSING.relevance.toarray() == 0
    chosen = replace(CHOOSING, filtered=sparse.csr_array(others))
    run(replace(LONG, epochs=1), choosing=chosen, run_directory=tmp_path)

    assert recorded(tmp_path)[-1] == Quality(1.0, 1.0)


def test_equal_coverage_is_decided_by_accuracy() -> None:
    assert Quality(0.0, 0.6) > Quality(0.0, 0.5)
    assert Quality(0.1, 0.5) > Quality(0.0, 0.6)


@pytest.mark.parametrize(
    ("chosen", "choosing"), [(LONG, None), (SETTINGS, CHOOSING)], ids=["queries", "setting"]
)
def test_an_early_stop_needs_queries_and_queries_need_one(
    chosen: TrainingSettings, choosing: Dataset | None
) -> None:
    with pytest.raises(ConfigurationError, match="an early stop needs both"):
        run(chosen, choosing=choosing)


@pytest.mark.parametrize(
    ("name", "value"),
    [("patience", 0), ("target_precision", 1.0), ("target_precision", 0.0), ("share", 1.0)],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: float) -> None:
    unusable: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        StoppingSettings(**unusable)
