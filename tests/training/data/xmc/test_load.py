from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from models.errors import DataError
from training.data.tables import BadRows
from training.data.xmc.load import load_xmc
from training.data.xmc.text import XmcText

LABELS: list[Any] = [
    {"uid": "L0", "title": "Lamp", "content": "It shines."},
    {"uid": "L1", "title": "Chair", "content": ""},
    {"uid": "L2", "title": "Table"},
]
TRAIN: list[Any] = [
    {"uid": "A", "title": "red lamp", "content": "of glass", "target_ind": [0, 2]},
    {"uid": "B", "title": "armchair", "content": "", "target_ind": [1], "target_rel": [1.0]},
]
TEST: list[Any] = [
    {"uid": "C", "title": "desk", "target_ind": [2]},
    {"uid": "D", "title": "stool", "target_ind": [2, 1]},
]


def write(folder: Path, **files: list[Any]) -> Path:
    """Write lbl, trn and tst, each line as it is when it is a text."""
    for name, entries in {"lbl": LABELS, "trn": TRAIN, "tst": TEST, **files}.items():
        lines = [one if isinstance(one, str) else json.dumps(one) for one in entries]
        content = "".join(f"{line}\n" for line in lines).encode()
        (folder / f"{name}.json.gz").write_bytes(gzip.compress(content))
    return folder


def test_lines_are_queries_and_line_numbers_are_labels(tmp_path: Path) -> None:
    loaded = load_xmc(write(tmp_path))
    dataset = loaded.dataset
    assert dataset.texts == ("red lamp", "armchair", "desk", "stool")
    assert [(one.product_id, one.title) for one in dataset.products] == [
        ("L0", "Lamp"),
        ("L1", "Chair"),
        ("L2", "Table"),
    ]
    assert dataset.relevance.toarray().astype(int).tolist() == [
        [1, 0, 1],
        [0, 1, 0],
        [0, 0, 1],
        [0, 1, 1],
    ]
    assert dataset.held_out is not None
    assert dataset.held_out.tolist() == [False, False, True, True]
    assert dataset.filtered is None
    assert loaded.bad_rows == ()


def test_a_label_that_no_query_has_is_a_product_too(tmp_path: Path) -> None:
    folder = write(tmp_path, lbl=[*LABELS, {"uid": "L3", "title": "Sofa"}])
    assert len(load_xmc(folder).dataset.products) == 4


def test_content_is_read_when_asked_for(tmp_path: Path) -> None:
    dataset = load_xmc(write(tmp_path), text=XmcText.TITLE_AND_CONTENT).dataset
    assert dataset.texts == ("red lamp of glass", "armchair", "desk", "stool")
    assert dataset.products[0].title == "Lamp It shines."


def test_long_texts_are_cut(tmp_path: Path) -> None:
    long = {"uid": "A", "title": "long", "content": "x" * 5000, "target_ind": [0]}
    folder = write(tmp_path, trn=[long])
    assert len(load_xmc(folder, text=XmcText.TITLE_AND_CONTENT).dataset.texts[0]) == 2000


def test_files_may_be_unpacked(tmp_path: Path) -> None:
    packed = write(tmp_path) / "tst.json.gz"
    (tmp_path / "tst.json").write_bytes(gzip.decompress(packed.read_bytes()))
    with pytest.raises(DataError, match=r"has both tst\.json\.gz and tst\.json; remove one"):
        load_xmc(tmp_path)
    packed.unlink()
    assert len(load_xmc(tmp_path).dataset) == 4


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("filter_labels_train.txt", "filter_labels_test.txt"),
        ("trn_filter_labels.txt", "tst_filter_labels.txt"),
    ],
)
def test_filter_files_of_both_namings_count_from_the_start_of_their_part(
    tmp_path: Path, train: str, test: str
) -> None:
    folder = write(tmp_path)
    (folder / train).write_text("1 1\n")
    (folder / test).write_text("0 0\n0 1\n")
    filtered = load_xmc(folder).dataset.filtered
    assert filtered is not None
    assert filtered.toarray().astype(int).tolist() == [
        [0, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
    ]


def test_one_filter_file_is_enough(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "filter_labels_test.txt").write_text("1 0\n")
    filtered = load_xmc(folder).dataset.filtered
    assert filtered is not None
    assert filtered.nonzero()[0].tolist() == [3]


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("trn", '{"uid": ', "is not valid JSON: unexpected end of data"),
        ("trn", "[]", "is not a JSON object"),
        ("trn", {"uid": "X", "title": " ", "target_ind": [0]}, "its title is empty"),
        ("trn", {"uid": "X", "title": 7, "target_ind": [0]}, "'title' is not a text"),
        ("tst", {"uid": "X", "title": "x", "target_ind": []}, "has no label"),
        ("tst", {"uid": "X", "title": "x"}, "'target_ind' is not a list of integers"),
        ("tst", {"uid": "X", "title": "x", "target_ind": [0.0]}, "'target_ind' is not a list"),
        ("tst", {"uid": "X", "title": "x", "target_ind": [0, 3]}, "label 3 is out of range: lbl"),
        ("tst", {"uid": "X", "title": "x", "target_ind": [-1]}, "label -1 is out of range"),
        (
            "trn",
            {"uid": "X", "title": "x", "target_ind": [0], "target_rel": [1.0, 1.0]},
            "1 labels in 'target_ind', 2 in 'target_rel'",
        ),
        ("trn", {**TRAIN[0], "uid": "B"}, "uid 'B' is already on line 2"),
        ("lbl", {"uid": "L9", "title": ""}, "its title is empty"),
        ("lbl", {"uid": "L1", "title": "Sofa"}, "uid 'L1' is already on line 2"),
        ("lbl", {"title": "Sofa"}, "uid None is not an identifier"),
        ("lbl", {"uid": "L9", "title": "a\0b"}, "its title holds a NUL character"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, name: str, line: Any, reason: str) -> None:
    good: list[Any] = {"lbl": LABELS, "trn": TRAIN, "tst": TEST}[name]
    folder = write(tmp_path, **{name: [*good, line]})
    with pytest.raises(BadRows) as raised:
        load_xmc(folder)
    (bad,) = raised.value.bad_rows
    assert (bad.file, bad.line) == (f"{name}.json.gz", len(good) + 1)
    assert bad.reason.startswith(reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2 0", "row 2 is out of range: tst.json.gz has 2"),
        ("0 3", "label 3 is out of range: lbl.json.gz has 3"),
        ("-1 0", "row -1 is out of range"),
        ("0", "'0' is not two integers"),
        ("0 a", "'0 a' is not two integers"),
    ],
)
def test_a_bad_filter_is_named(tmp_path: Path, line: str, reason: str) -> None:
    folder = write(tmp_path)
    (folder / "filter_labels_test.txt").write_text(f"0 1\n{line}\n")
    with pytest.raises(BadRows, match=f"filter_labels_test.txt:2: {reason}"):
        load_xmc(folder)


def test_allowed_bad_lines_are_left_out_and_numbers_stay_those_of_the_files(
    tmp_path: Path,
) -> None:
    """Label 1 is unusable, so that the second training query has none; test line 1 is broken."""
    folder = write(
        tmp_path, lbl=[LABELS[0], {"uid": "L1", "title": ""}, LABELS[2]], tst=["{", *TEST]
    )
    (folder / "filter_labels_test.txt").write_text("1 0\n0 2\n2 1\n")
    (folder / "tst_X_Y.txt").write_text("3 3\n0:1\n2:1.0\n1:1.0 2:1.0\n")

    loaded = load_xmc(folder, max_bad_rows=3)

    assert [str(bad).partition(": ")[0] for bad in loaded.bad_rows] == [
        "lbl.json.gz:2",
        "trn.json.gz:2",
        "tst.json.gz:1",
    ]
    dataset = loaded.dataset
    assert dataset.texts == ("red lamp", "desk", "stool")
    assert [product.product_id for product in dataset.products] == ["L0", "L2"]
    assert dataset.relevance.toarray().astype(int).tolist() == [[1, 1], [0, 1], [0, 1]]
    assert dataset.filtered is not None
    assert dataset.filtered.toarray().astype(int).tolist() == [[0, 0], [1, 0], [0, 0]]
    assert dataset.held_out is not None
    assert dataset.held_out.tolist() == [False, True, True]


def test_a_matrix_that_agrees_is_accepted(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "trn_X_Y.txt").write_text("2 3\n2:1.00000 0:1.00000\n1:1.00000\n")
    assert len(load_xmc(folder).dataset) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("2 4\n0:1 2:1\n1:1\n", r"trn_X_Y\.txt:1: states 2 x 4 .* 2 lines and lbl\.json\.gz 3"),
        ("3 3\n0:1 2:1\n1:1\n", r"trn_X_Y\.txt:1: states 3 x 3"),
        ("", r"trn_X_Y\.txt:1: states  rows"),
        ("2 3\n0:1 2:1\n2:1\n", r"trn_X_Y\.txt:3: names other labels than line 2 of trn\.json"),
        ("2 3\n0:1 2:1\n\n", r"trn_X_Y\.txt:3: names other labels"),
        ("2 3\n0:1 2:1\n", r"trn_X_Y\.txt has 1 rows, its first line states 2"),
        ("2 3\n0:1 2:1\n1:1\n1:1\n", r"trn_X_Y\.txt has 3 rows, its first line states 2"),
        ("2 3\nlabels\n1:1\n", r"trn_X_Y\.txt:2: is not a line of label:value pairs"),
    ],
    ids=["labels", "rows", "empty", "other", "none", "short", "long", "words"],
)
def test_a_matrix_that_disagrees_is_refused(tmp_path: Path, content: str, message: str) -> None:
    folder = write(tmp_path)
    (folder / "trn_X_Y.txt").write_text(content)
    with pytest.raises(DataError, match=message):
        load_xmc(folder)


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no trn\.json\.gz: the raw-text format"):
        load_xmc(tmp_path)
    folder = write(tmp_path)
    (folder / "trn.json.gz").write_bytes((folder / "trn.json.gz").read_bytes()[:-9])
    with pytest.raises(DataError, match=r"trn\.json\.gz is a damaged gzip file"):
        load_xmc(folder)


def test_an_empty_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs a usable label, training query and test query"):
        load_xmc(write(tmp_path, tst=[]))
