from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from models.drift.take import DriftSettings
from models.index.ranking import first
from tests.training.products import small_shop
from tests.training.test_pipeline import SETTINGS, parts_of, published, usual
from training.data.splits import SplitKind
from training.drift import traffic_reference
from training.parts import split_of


def test_the_reference_is_that_of_the_test_queries() -> None:
    trained, parts = usual(SplitKind.OFFERS), parts_of(SplitKind.OFFERS)
    reference = traffic_reference(
        trained.runtime.encoder, parts, trained.found, DriftSettings(bins=5)
    )
    assert reference is not None
    assert reference.queries == len(parts.test)
    best = first(trained.found, 1).deciding[:, 0]
    assert reference.score_bins(best).tolist() == list(reference.score_counts)


def test_what_was_learnt_from_is_known() -> None:
    trained, parts = usual(SplitKind.OFFERS), parts_of(SplitKind.OFFERS)
    reference = traffic_reference(trained.runtime.encoder, parts, trained.found, DriftSettings())
    assert reference is not None
    for text in (*parts.train.texts, *(product.title for product in parts.train.products)):
        assert reference.unseen(text)[1] == 0


def test_what_was_learnt_from_reviews_is_known_too() -> None:
    trained, parts = usual(SplitKind.OFFERS), parts_of(SplitKind.OFFERS)
    text = "hand made garden gnome"
    beside = replace(parts, reviews=replace(parts.train.subset(np.arange(1)), texts=(text,)))

    without, reference = (
        traffic_reference(trained.runtime.encoder, one, trained.found, DriftSettings())
        for one in (parts, beside)
    )

    assert without is not None
    assert reference is not None
    assert without.unseen(text)[1] > 0
    assert reference.unseen(text)[1] == 0


def test_it_is_published_as_the_settings_say(tmp_path: Path) -> None:
    few = replace(SETTINGS, drift=DriftSettings(bins=2, known_ngrams=7))
    reference = published(tmp_path, few).reference
    assert reference is not None
    assert reference.bins == 2
    assert len(reference.known) == 7
    assert reference.queries == len(split_of(small_shop(), SETTINGS).test)
