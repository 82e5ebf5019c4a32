from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.bundle.load import load_bundle
from models.bundle.manifest import MANIFEST_FILE, Manifest, configuration_digest, read_manifest
from models.bundle.publish import UNFINISHED, publish
from models.bundle.store import current_bundle, list_bundles
from models.errors import BundleError, ConfigurationError, DataError
from tests.small_bundle import CREATED_AT, TITLES, remembering, small_contents

PUBLISHER = [sys.executable, "-m", "tests.models.bundle.publisher"]
LATER = CREATED_AT + timedelta(days=1)


def test_the_name_is_the_time_and_the_digest_of_the_manifest(tmp_path: Path) -> None:
    directory = publish(tmp_path, small_contents(), created_at=CREATED_AT)
    digest = subprocess.check_output(["sha256sum", directory / MANIFEST_FILE], text=True)
    assert directory.name == f"20260102T030405Z-{digest[:12]}"


def test_the_manifest_says_where_the_bundle_came_from(tmp_path: Path) -> None:
    contents = replace(small_contents(), parent="20260101T000000Z-0123456789ab")
    manifest = load_bundle(publish(tmp_path, contents, created_at=CREATED_AT)).manifest
    assert manifest.parent == contents.parent
    assert manifest.data_digest == contents.data_digest
    assert manifest.configuration_digest == configuration_digest(contents.configuration)
    assert manifest.encoder == "ngram"
    assert (manifest.products, manifest.dimension) == (8, 64)
    assert manifest.index == contents.index_report
    assert set(manifest.created_by) == {"alc", "python", "numpy", "faiss-cpu", "xgboost-cpu"}


def test_the_manifest_says_how_both_indexes_were_chosen(tmp_path: Path) -> None:
    contents = remembering(small_contents(), {"iphone silver": 0, "oled tv": 6})
    manifest = load_bundle(publish(tmp_path, contents, created_at=CREATED_AT)).manifest
    assert manifest.index == contents.index_report
    assert manifest.memory_index == contents.memory_report
    assert manifest.memory_index
    assert (manifest.index.products, manifest.memory_index.products) == (len(TITLES), 2)


def test_a_manifest_of_before_that_was_said_is_read(tmp_path: Path) -> None:
    manifest = read_manifest(publish(tmp_path, small_contents(), created_at=CREATED_AT))
    older = json.loads(manifest.to_bytes())
    del older["memory_index"]
    assert Manifest.model_validate(older) == manifest


def test_the_newest_bundle_is_current_and_the_older_ones_stay(tmp_path: Path) -> None:
    old = publish(tmp_path, small_contents(), created_at=CREATED_AT)
    new = publish(tmp_path, small_contents(seed=1), created_at=LATER)
    assert current_bundle(tmp_path) == new
    assert list_bundles(tmp_path) == (old.name, new.name)


def test_publishing_the_same_again_returns_the_same_bundle(tmp_path: Path) -> None:
    contents = small_contents()
    first = publish(tmp_path, contents, created_at=CREATED_AT)
    assert publish(tmp_path, contents, created_at=CREATED_AT) == first
    assert list_bundles(tmp_path) == (first.name,)


def test_two_publishers_wait_for_each_other(tmp_path: Path) -> None:
    def one(number: int) -> Path:
        return publish(tmp_path, small_contents(seed=number), created_at=CREATED_AT)

    with ThreadPoolExecutor(4) as pool:
        directories = list(pool.map(one, range(8)))
    assert len({load_bundle(directory).bundle_id for directory in directories}) == 8


def test_a_report_file_cannot_leave_its_directory(tmp_path: Path) -> None:
    contents = replace(small_contents(), report={"../current": b"?"})
    with pytest.raises(DataError, match="plain name"):
        publish(tmp_path, contents, created_at=CREATED_AT)
    assert not (tmp_path / UNFINISHED).exists()


def test_a_time_without_zone_is_refused(tmp_path: Path) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(DataError, match="time zone"):
        publish(tmp_path, small_contents(), created_at=naive)


def test_a_configuration_that_is_not_json_is_refused(tmp_path: Path) -> None:
    contents = replace(small_contents(), configuration={"path": tmp_path})
    with pytest.raises(ConfigurationError, match="JSON"):
        publish(tmp_path, contents, created_at=CREATED_AT)


def test_a_killed_publisher_leaves_the_old_bundle_current_and_whole(tmp_path: Path) -> None:
    moments = random.Random(1)
    publish(tmp_path, small_contents(), created_at=CREATED_AT)
    for attempt in range(1, 7):
        kill_while_publishing(tmp_path, attempt * 1_000, after=moments.uniform(0, 0.06))
        assert load_bundle(current_bundle(tmp_path)).bundle_id in list_bundles(tmp_path)
        for bundle_id in list_bundles(tmp_path)[-2:]:
            load_bundle(tmp_path / bundle_id)
    after = publish(tmp_path, small_contents(), created_at=LATER)
    assert current_bundle(tmp_path) == after
    assert not (tmp_path / UNFINISHED).exists()


def kill_while_publishing(bundles_dir: Path, start: int, after: float) -> None:
    command = [*PUBLISHER, "for-ever", str(bundles_dir), str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "published\n"
        time.sleep(after)
        process.kill()
        assert process.wait() == -9


def test_when_nothing_more_can_be_written_the_old_bundle_stays_current(tmp_path: Path) -> None:
    old = publish(tmp_path, small_contents(), created_at=CREATED_AT)
    limits = ["0", "40", "60", "300", "1000", "2500", "9000", "20000"]
    command = [*PUBLISHER, "limited", str(tmp_path), *limits]
    messages = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert messages.count("could not be written") == len(limits)
    assert "there still is" in messages
    assert load_bundle(current_bundle(tmp_path)).bundle_id == old.name
    assert list_bundles(tmp_path) == (old.name,)
    assert not (tmp_path / UNFINISHED).exists()


def test_a_damaged_bundle_is_not_taken_for_the_one_to_publish(tmp_path: Path) -> None:
    contents = small_contents()
    directory = publish(tmp_path, contents, created_at=CREATED_AT)
    (directory / "encoder/table.npy").write_bytes(b"damaged")
    with pytest.raises(BundleError, match=r"table\.npy"):
        publish(tmp_path, contents, created_at=CREATED_AT)
