from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.calibration.files import TEXTS_FILE, load_calibration, save_calibration
from models.calibration.fingerprints import Fingerprints, digests, repeated
from models.errors import BundleError, DataError
from tests.small_bundle import small_record

SHA_OF_TV = "a46e5d2bbe2d3b05b2d28b6054d98c18046bce28893d04e050724168116d5587"


def known(labels: int = 60, unlabelled: int = 120) -> Fingerprints:
    texts = [f"text {at}" for at in range(labels + unlabelled)]
    return Fingerprints(digests(texts[:labels]), digests(texts[labels:]))


def test_a_text_is_known_again_whatever_its_case_width_and_spaces() -> None:
    first = digests(["Stra\N{LATIN SMALL LETTER SHARP S}e  12"])
    assert repeated([" STRASSE \N{FULLWIDTH DIGIT ONE}2", "strasse 13"], first).tolist() == [
        True,
        False,
    ]


def test_digests_are_the_same_on_every_machine() -> None:
    """The first 8 bytes of the SHA-256 of "tv", in the order of the digest."""
    assert digests(["TV"]).tolist() == [int.from_bytes(bytes.fromhex(SHA_OF_TV)[:8], "little")]


def test_no_texts_have_no_digests_and_any_text_has_one() -> None:
    assert digests([]).tolist() == []
    assert repeated([], digests(["tv"])).tolist() == []
    assert len(digests(["\ud800"])) == 1


def test_a_bundle_keeps_them_and_an_older_one_has_none(tmp_path: Path) -> None:
    record = replace(small_record(60), texts=known())
    for name, one in (("with", record), ("without", replace(record, texts=None))):
        (tmp_path / name).mkdir()
        save_calibration(one, tmp_path / name)
    found = load_calibration(tmp_path / "with").texts
    assert found
    assert np.array_equal(found.labels, known().labels)
    assert np.array_equal(found.unlabelled, known().unlabelled)
    assert load_calibration(tmp_path / "without").texts is None


def test_digests_of_another_calibration_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="digests of 59 labelled and 120 other queries"):
        replace(small_record(60), texts=known(labels=59))
    save_calibration(replace(small_record(60), texts=known()), tmp_path)
    np.savez(tmp_path / TEXTS_FILE, labels=known(59).labels, unlabelled=known().unlabelled)
    with pytest.raises(BundleError, match="do not belong to a calibration of 60 and 120"):
        load_calibration(tmp_path)
    np.savez(tmp_path / TEXTS_FILE, labels=known().labels[:, None], unlabelled=known().unlabelled)
    with pytest.raises(BundleError, match=r"texts\.npz: holds no lists of digests"):
        load_calibration(tmp_path)
