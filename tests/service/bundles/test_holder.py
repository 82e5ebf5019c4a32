from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.bundle.bundle import BundleContents
from models.bundle.publish import publish
from models.errors import BundleError
from models.index.flat import FlatIndex
from service.bundles.holder import BundleHolder, bundle_check
from service.errors import NoBundle
from service.metrics import Metrics, create_metrics
from tests.resealed import exchange
from tests.small_bundle import CREATED_AT, small_contents, small_promise


@pytest.fixture
def metrics() -> Metrics:
    return create_metrics()


@pytest.fixture
def holder(tmp_path: Path, metrics: Metrics) -> BundleHolder:
    return BundleHolder(tmp_path, 0.95, metrics, lambda: 12.0)


def put(tmp_path: Path, contents: BundleContents, day: int = 0) -> str:
    return publish(tmp_path, contents, created_at=CREATED_AT + timedelta(days=day)).name


def test_before_loading_there_is_no_bundle(holder: BundleHolder) -> None:
    with pytest.raises(NoBundle):
        holder.served  # noqa: B018 - the property raises
    failure = bundle_check(holder)()
    assert failure is not None
    assert failure.code == "no_bundle"


def test_a_loaded_bundle_is_served_with_its_promise(
    tmp_path: Path, holder: BundleHolder, metrics: Metrics
) -> None:
    promises = (small_promise(0.9, 0.8), small_promise(0.95, 0.9))
    bundle_id = put(tmp_path, small_contents(promises=promises))
    served = holder.load()
    assert holder.served is served
    assert served.bundle.bundle_id == bundle_id
    assert served.promise == promises[1]
    assert served.loaded_at == 12.0
    assert bundle_check(holder)() is None
    assert metrics.registry.get_sample_value("alc_bundle_info", {"bundle_id": bundle_id}) == 1
    assert metrics.registry.get_sample_value("alc_target_precision_ratio") == 0.95


def test_its_catalogue_says_which_products_exist(tmp_path: Path, holder: BundleHolder) -> None:
    put(tmp_path, small_contents())
    holder.load()
    assert holder.has_product("p0")
    assert not holder.has_product("p8")


def test_a_bundle_without_the_promise_is_refused(tmp_path: Path, holder: BundleHolder) -> None:
    put(tmp_path, small_contents(promises=(small_promise(0.9),)))
    with pytest.raises(BundleError, match=r"no promise for a target precision of 0\.95"):
        holder.load()


def test_a_refused_bundle_leaves_the_old_one_answering(
    tmp_path: Path, holder: BundleHolder
) -> None:
    put(tmp_path, small_contents())
    old = holder.load()
    put(tmp_path, small_contents(promises=()), day=1)
    with pytest.raises(BundleError):
        holder.load()
    assert holder.served is old


def test_a_bundle_that_answers_otherwise_than_when_it_was_made_is_refused(
    tmp_path: Path, holder: BundleHolder
) -> None:
    put(tmp_path, small_contents())
    old = holder.load()
    made, other = (put(tmp_path, small_contents(seed=seed), day=1) for seed in (1, 2))
    exchange(tmp_path / made, "encoder", tmp_path / other)
    with pytest.raises(BundleError, match="fails its self-check"):
        holder.load()
    assert holder.served is old


def test_an_empty_catalogue_is_refused(tmp_path: Path, holder: BundleHolder) -> None:
    contents = small_contents()
    empty = replace(
        contents.runtime,
        index=FlatIndex.empty(contents.runtime.encoder.dimension),
        catalogue=type(contents.runtime.catalogue)([]),
    )
    put(tmp_path, replace(contents, runtime=empty))
    with pytest.raises(BundleError, match="empty catalogue"):
        holder.load()
