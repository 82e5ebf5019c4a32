from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models.bundle.bundle import BundleContents
from models.bundle.load import load_bundle
from models.bundle.manifest import MANIFEST_FILE
from models.bundle.publish import publish
from models.errors import BundleError
from models.index.build import build_index
from tests.models.decider.deciders import deciding_runtime
from tests.models.drift.references import small_reference
from tests.resealed import exchange
from tests.small_bundle import (
    CREATED_AT,
    TITLES,
    no_match_on,
    remembering,
    small_contents,
    small_encoder,
    small_promise,
    small_record,
)

FILES = (
    "calibration/calibration.json",
    "calibration/labels.npz",
    "calibration/unlabelled.npz",
    "catalogue.jsonl.gz",
    "decider/decider.json",
    "decider/known.npz",
    "decider/lexicon.npz",
    "decider/trees.ubj",
    "drift/ngrams.txt",
    "drift/reference.json",
    "encoder/buckets.npy",
    "encoder/config.json",
    "encoder/residual.npy",
    "encoder/table.npy",
    "index/index.faiss",
    "index/index.json",
    "index/rows.npy",
    "manifest.json",
    "memory/index/index.faiss",
    "memory/index/index.json",
    "memory/index/rows.npy",
    "memory/memory.json",
    "memory/offsets.npy",
    "memory/products.npy",
    "probes.json",
    "report/metrics.json",
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """With all that a bundle can hold."""
    return publish(tmp_path / "bundles", complete_contents(), created_at=CREATED_AT)


def complete_contents() -> BundleContents:
    contents = small_contents(calibration=small_record())
    contents = deciding(remembering(contents, {"iphone silver": 0, "oled tv": 6}))
    return replace(contents, reference=small_reference(*TITLES))


def deciding(contents: BundleContents) -> BundleContents:
    return replace(contents, runtime=deciding_runtime(contents.runtime, known=3))


@pytest.fixture
def other(tmp_path: Path) -> Path:
    later = CREATED_AT + timedelta(days=1)
    return publish(tmp_path / "bundles", small_contents(seed=1), created_at=later)


def files_of(directory: Path) -> tuple[str, ...]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return tuple(sorted(path.relative_to(directory).as_posix() for path in files))


def test_a_loaded_bundle_answers_as_the_published_one(bundle: Path) -> None:
    loaded = load_bundle(bundle)
    published = complete_contents()
    assert loaded.bundle_id == bundle.name
    assert loaded.promises == published.promises
    assert dict(loaded.manifest.configuration) == dict(published.configuration)
    found = loaded.runtime.candidates(TITLES, 3)
    expected = published.runtime.candidates(TITLES, 3)
    assert found.rows.tolist() == expected.rows.tolist()
    assert found.scores.tolist() == expected.scores.tolist()
    assert found.deciding.tolist() == expected.deciding.tolist()
    assert loaded.runtime.catalogue.products == published.runtime.catalogue.products


def test_what_traffic_looked_like_is_loaded_with_it(bundle: Path) -> None:
    loaded, published = load_bundle(bundle).reference, complete_contents().reference
    assert loaded is not None
    assert published is not None
    assert loaded.score_counts == published.score_counts
    assert loaded.unseen(TITLES[0]) == (22, 0)


def test_a_bundle_needs_no_memory_decider_or_reference(other: Path) -> None:
    assert load_bundle(other).reference is None
    assert load_bundle(other).runtime.memory is None
    assert load_bundle(other).runtime.decider is None


def test_the_tests_below_cover_every_file(bundle: Path) -> None:
    assert files_of(bundle) == FILES


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_is_refused_by_name(name: str, bundle: Path) -> None:
    path = bundle / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match=str(path)):
        load_bundle(bundle)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(name: str, bundle: Path) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=str(bundle / name)):
        load_bundle(bundle)


@pytest.mark.parametrize("name", ["encoder/table.npy", "manifest.json"])
def test_a_file_of_another_bundle_is_refused_by_name(name: str, bundle: Path, other: Path) -> None:
    shutil.copyfile(other / name, bundle / name)
    with pytest.raises(BundleError, match=str(bundle / name)):
        load_bundle(bundle)


def test_a_manifest_that_fits_the_files_but_not_the_name_is_refused(bundle: Path) -> None:
    lenient = replace(small_contents(), promises=(small_promise(threshold=0.1),))
    other = publish(bundle.parent, lenient, created_at=CREATED_AT)
    shutil.copyfile(other / MANIFEST_FILE, bundle / MANIFEST_FILE)
    with pytest.raises(BundleError, match=f"belongs to bundle {other.name}"):
        load_bundle(bundle)


@pytest.mark.parametrize("name", ["notes.txt", "encoder/extra.npy", ".hidden"])
def test_an_unexpected_file_is_refused_by_name(name: str, bundle: Path) -> None:
    (bundle / name).write_text("?")
    with pytest.raises(BundleError, match=str(bundle / name)):
        load_bundle(bundle)


def test_a_link_out_of_the_bundle_is_refused(bundle: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "table.npy"
    (bundle / "encoder/table.npy").rename(elsewhere)
    (bundle / "encoder/table.npy").symlink_to(elsewhere)
    with pytest.raises(BundleError, match="plain files only"):
        load_bundle(bundle)


@pytest.mark.parametrize("version", [1, 2, 4])
def test_another_format_is_refused_with_advice(version: int, bundle: Path) -> None:
    path = bundle / MANIFEST_FILE
    old, new = '"format_version": 3', f'"format_version": {version}'
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(BundleError, match=f"format version {version}.*publish it again"):
        load_bundle(bundle)


def test_a_missing_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=MANIFEST_FILE):
        load_bundle(tmp_path / "20260101T000000Z-0123456789ab")


def test_an_unknown_kind_of_encoder_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleError, match="no encoder of kind 'ngram'"):
        load_bundle(bundle, encoder_loaders={})


def test_promises_are_found_by_their_target(bundle: Path) -> None:
    loaded = load_bundle(bundle)
    assert loaded.promise_for(0.95) is loaded.promises[0]
    with pytest.raises(BundleError, match=r"0\.99.*it has 0\.95"):
        loaded.promise_for(0.99)


def test_what_was_calibrated_and_the_promise_of_no_match_come_with_the_bundle(
    tmp_path: Path,
) -> None:
    record = small_record()
    no_match = no_match_on(record)
    contents = small_contents(calibration=record, no_match=no_match)
    loaded = load_bundle(publish(tmp_path, contents, created_at=CREATED_AT))
    assert loaded.no_match == no_match
    assert loaded.calibration is not None
    assert loaded.calibration.probability == record.probability
    without = publish(tmp_path / "without", small_contents(), created_at=CREATED_AT)
    assert load_bundle(without).calibration is None
    assert load_bundle(without).no_match is None


def test_a_memory_of_another_encoder_is_not_published(tmp_path: Path) -> None:
    contents = remembering(small_contents(), {"oled tv": 6})
    memory = contents.runtime.memory
    assert memory is not None
    vectors = np.eye(1, 3, dtype=np.float32)
    other = replace(memory, index=build_index(vectors, vectors, seed=0)[0])
    wrong = replace(contents, runtime=replace(contents.runtime, memory=other))
    with pytest.raises(BundleError, match="the memory of training queries holds vectors of 3"):
        publish(tmp_path, wrong, created_at=CREATED_AT)


def test_a_decider_of_another_encoder_is_not_published(tmp_path: Path) -> None:
    contents = deciding(small_contents())
    encoder = small_encoder(TITLES, seed=1)
    wrong = replace(contents, runtime=replace(contents.runtime, encoder=encoder))
    with pytest.raises(BundleError, match="not the encoder that the decider was fitted with"):
        publish(tmp_path / "bundles", wrong, created_at=CREATED_AT)
    assert not list((tmp_path / "bundles").glob("2*"))


def test_a_decider_of_another_encoder_is_not_loaded(bundle: Path, other: Path) -> None:
    exchanged = exchange(bundle, "encoder", other)
    with pytest.raises(BundleError, match="not the encoder that the decider was fitted with"):
        load_bundle(exchanged)


def test_a_decider_of_another_catalogue_is_not_published(tmp_path: Path) -> None:
    decider = deciding(small_contents(TITLES[:5])).runtime.decider
    contents = small_contents()
    wrong = replace(contents, runtime=replace(contents.runtime, decider=decider))
    with pytest.raises(BundleError, match=r"knows queries of 5 products.*there are 8 products"):
        publish(tmp_path, wrong, created_at=CREATED_AT)


def test_parts_that_do_not_belong_together_are_not_published(tmp_path: Path) -> None:
    contents = small_contents()
    contents.runtime.index.remove(np.array([0]))
    with pytest.raises(BundleError, match="not the 8 rows of the catalogue"):
        publish(tmp_path, contents, created_at=CREATED_AT)
