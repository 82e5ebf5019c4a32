from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import Bundle, BundleContents
from models.bundle.load import load_bundle
from models.bundle.probes import PROBES_FILE
from models.bundle.publish import publish
from models.errors import BundleError
from models.index.flat import FlatIndex
from service.bundles.self_check import self_check
from tests.resealed import exchange, reseal
from tests.small_bundle import CREATED_AT, TITLES, small_contents

MANY = tuple(f"{title} {number}" for title in TITLES for number in range(10))


def put(tmp_path: Path, contents: BundleContents, day: int = 0) -> Path:
    return publish(tmp_path, contents, created_at=CREATED_AT + timedelta(days=day))


def shifted(contents: BundleContents, by: int) -> BundleContents:
    """The same products, each under the row of another one."""
    vectors = contents.runtime.encoder.encode(MANY)
    index = FlatIndex.empty(vectors.shape[1])
    index.add(np.arange(len(vectors)), np.roll(vectors, by, axis=0))
    return replace(contents, runtime=replace(contents.runtime, index=index))


def refused(directory: Path) -> str:
    bundle = load_bundle(directory)  # every file is what the manifest says
    with pytest.raises(BundleError, match="fails its self-check") as failure:
        self_check(bundle)
    return str(failure.value)


def test_a_published_bundle_passes(tmp_path: Path) -> None:
    self_check(load_bundle(put(tmp_path, small_contents(MANY))))


def test_an_index_whose_rows_are_shifted_is_refused(tmp_path: Path) -> None:
    contents = small_contents(MANY)
    good, other = put(tmp_path, contents), put(tmp_path, shifted(contents, by=1), day=1)
    message = refused(exchange(good, "index", other))
    assert f"'{MANY[0]}' does not find row" in message
    assert "64 of its 64 probes" in message


def test_the_encoder_of_another_training_is_refused(tmp_path: Path) -> None:
    good, other = put(tmp_path, small_contents(MANY)), put(tmp_path, small_contents(MANY, seed=1))
    refused(exchange(good, "encoder", other))


def test_one_damaged_array_is_refused(tmp_path: Path) -> None:
    good = put(tmp_path, small_contents(MANY))
    table = np.load(good / "encoder/table.npy")
    np.save(good / "encoder/table.npy", np.roll(table, 1, axis=0))
    refused(reseal(good))


def test_a_title_need_not_find_its_product(tmp_path: Path) -> None:
    """What a product is searched by may be more than its title, or another text altogether."""
    self_check(load_bundle(put(tmp_path, shifted(small_contents(MANY), by=40))))


@pytest.mark.parametrize(
    "titles",
    [("the very same",) * 30, (*TITLES, "???")],
    ids=["products with the same title", "a title in which nothing is known"],
)
def test_titles_that_tell_nothing_apart_pass(titles: tuple[str, ...], tmp_path: Path) -> None:
    self_check(load_bundle(put(tmp_path, small_contents(titles))))


@pytest.mark.parametrize(("changed", "passes"), [(3, True), (4, False)])
def test_a_few_probes_may_be_answered_otherwise(changed: int, passes: bool, tmp_path: Path) -> None:
    """Of 64, three: an approximate index may lose a product on another processor."""
    bundle = with_changed_probes(load_bundle(put(tmp_path, small_contents(MANY))), changed)
    if passes:
        self_check(bundle)
    else:
        with pytest.raises(BundleError, match="4 of its 64 probes"):
            self_check(bundle)


def with_changed_probes(bundle: Bundle, count: int) -> Bundle:
    wrong = [replace(one, text="something else") for one in bundle.probes[:count]]
    return replace(bundle, probes=(*wrong, *bundle.probes[count:]))


def test_changed_probes_are_refused_like_any_other_file(tmp_path: Path) -> None:
    good = put(tmp_path, small_contents())
    probes = json.loads((good / PROBES_FILE).read_text())
    (good / PROBES_FILE).write_text(json.dumps(probes[:1]))
    with pytest.raises(BundleError, match=r"probes\.json: does not match the manifest"):
        load_bundle(good)
