from __future__ import annotations

from pathlib import Path

import pytest

from models.bundle.store import POINTER_FILE, current_bundle, list_bundles, set_current
from models.errors import BundleError

OLD, NEW = "20260101T000000Z-0123456789ab", "20260102T000000Z-0123456789ab"


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    for name in (NEW, OLD, ".publishing", "notes"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_only_published_bundles_are_listed_oldest_first(bundles: Path) -> None:
    assert list_bundles(bundles) == (OLD, NEW)


def test_a_missing_directory_has_no_bundles(tmp_path: Path) -> None:
    assert list_bundles(tmp_path / "nowhere") == ()


def test_the_pointer_names_the_current_bundle(bundles: Path) -> None:
    set_current(bundles, OLD)
    set_current(bundles, NEW)
    assert current_bundle(bundles) == bundles / NEW


def test_without_a_pointer_the_message_says_what_to_do(bundles: Path) -> None:
    with pytest.raises(BundleError, match="alc-train"):
        current_bundle(bundles)


@pytest.mark.parametrize("name", ["20260103T000000Z-0123456789ab", "../elsewhere", ""])
def test_a_pointer_to_no_bundle_is_refused(name: str, bundles: Path) -> None:
    (bundles / POINTER_FILE).write_text(name)
    with pytest.raises(BundleError, match=POINTER_FILE):
        current_bundle(bundles)


def test_the_pointer_cannot_be_moved_to_a_bundle_that_is_not_there(bundles: Path) -> None:
    set_current(bundles, OLD)
    with pytest.raises(BundleError, match="no bundle"):
        set_current(bundles, "20260103T000000Z-0123456789ab")
    assert current_bundle(bundles) == bundles / OLD
