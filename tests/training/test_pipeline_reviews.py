"""Review labels in the pipeline, with a decider."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models.bundle.load import load_bundle
from models.bundle.reviews import REVIEWED_FILE, read_reviewed
from models.calibration.fingerprints import repeated
from models.errors import ConfigurationError
from tests.training.decider.toy import QUICK
from tests.training.products import small_shop
from tests.training.reviews.test_choose import SOURCE, label
from tests.training.test_pipeline import MEMORY, NOW, SETTINGS, silent
from training.data.dataset import digest
from training.parts import learnt_parts, split_of
from training.pipeline import Stages, train_and_publish
from training.pipeline_settings import PipelineSettings
from training.reviews.read import Reviews
from training.reviews.settings import ReviewSettings
from training.reviews.tally import Tally

SHOP = small_shop()
NAMED = replace(SETTINGS, decider=QUICK, reviews=ReviewSettings(("export.jsonl",)))


def reviews_of(*labelled: tuple[str, str]) -> Reviews:
    labels = [label(text, product_id) for text, product_id in labelled]
    return Reviews((*labels, label("a garden gnome")), (SOURCE,), Tally(), ())


NEW = reviews_of(*((f"to come {product.title}", product.product_id) for product in SHOP.products))


@cache
def published(directory: Path) -> Path:
    return train_and_publish(SHOP, NAMED, directory, NOW, silent, reviews=NEW)[0]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundles")


@pytest.mark.parametrize("seed", [0, 1])
def test_the_data_are_split_as_they_are_without_reviews(seed: int) -> None:
    settings = replace(NAMED, training=replace(NAMED.training, seed=seed))
    without = split_of(SHOP, replace(settings, reviews=None))

    beside, report = learnt_parts(SHOP, settings, NEW)

    for name in ("train", "decider", "calibration", "test"):
        assert digest(getattr(beside, name)) == digest(getattr(without, name))
    assert report
    assert report.used == len(SHOP.products) + 1
    assert len(beside.learnt) == len(without.train) + report.used


def test_promises_are_certified_on_the_same_queries(bundles: Path) -> None:
    bundle, parts = load_bundle(published(bundles)), split_of(SHOP, NAMED)

    assert bundle.calibration
    assert bundle.calibration.texts
    assert repeated(parts.calibration.texts, bundle.calibration.texts.labels).all()
    assert not repeated(
        [one.label.query for one in NEW.labels], bundle.calibration.texts.labels
    ).any()


def test_all_that_learns_has_seen_the_reviews(bundles: Path) -> None:
    bundle, parts = load_bundle(published(bundles)), split_of(SHOP, NAMED)

    decider, report = bundle.runtime.decider, bundle.manifest.decider
    assert decider
    assert report
    known = decider.side.known_queries.counts.sum()
    assert known == parts.train.relevance.nnz + len(SHOP.products)
    assert report.queries == len(parts.train) + len(NEW.labels)


def test_the_bundle_knows_again_what_it_learnt_and_no_text_can_be_read_in_it(bundles: Path) -> None:
    directory = published(bundles)

    reviewed = read_reviewed(directory)

    assert repeated(["TO COME  Neff oven 45l", "a garden gnome"], reviewed).all()
    assert not repeated(["never seen", *split_of(SHOP, NAMED).test.texts], reviewed).any()
    assert len(reviewed) == len(NEW.labels)
    assert REVIEWED_FILE in load_bundle(directory).manifest.files
    assert b"gnome" not in (directory / REVIEWED_FILE).read_bytes()


@pytest.mark.parametrize(
    ("settings", "reviews"), [(NAMED, None), (replace(NAMED, reviews=None), NEW)]
)
def test_reviews_that_are_named_and_not_read_or_the_other_way_are_refused(
    settings: PipelineSettings, reviews: Reviews | None
) -> None:
    with pytest.raises(ConfigurationError, match="read_reviews"):
        learnt_parts(SHOP, settings, reviews)


def test_nothing_is_trained_before_it_is_told_what_is_learnt(tmp_path: Path) -> None:
    told: list[str] = []
    stages = Stages(reviews=lambda report: told.append(f"{report.used} labels"))
    settings = replace(NAMED, decider=None, training=replace(NAMED.training, epochs=1))

    train_and_publish(
        SHOP, settings, tmp_path, NOW, lambda _: told.append("step"), stages, reviews=NEW
    )

    assert told[0] == f"{len(SHOP.products)} labels"
    assert np.unique(told[1:]).tolist() == ["step"]


def test_the_memory_of_training_queries_has_them(tmp_path: Path) -> None:
    settings = replace(NAMED, decider=None, augmentation=MEMORY)

    directory, trained = train_and_publish(SHOP, settings, tmp_path, NOW, silent, reviews=NEW)

    train = set(split_of(SHOP, settings).train.texts)
    assert trained.runtime.memory
    assert len(trained.runtime.memory.index) == len(train) + len(SHOP.products)
    assert load_bundle(directory).manifest.memory_index
