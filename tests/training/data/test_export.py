from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, digest, relevance_matrix
from training.data.export import write_plain
from training.data.plain import load_plain

FILES = [
    ("products.csv", "pairs.csv.gz"),
    ("products.jsonl.gz", "pairs.jsonl"),
    ("products.parquet", "pairs.parquet"),
]
# All that a cell may hold: CSV and JSON must keep quotes, delimiters and line breaks.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.one_of(st.text(CHARACTERS, max_size=8), st.text("a,\"'\n\r|", max_size=4)).map(str.strip)
GIVEN_TEXTS = TEXTS.filter(bool)
NAMES = GIVEN_TEXTS.filter(lambda name: name not in {"id", "title"})
OURS = {"query_id", "query", "product_id", "source", "category", "part", "label"}
QUERY_NAMES = GIVEN_TEXTS.filter(lambda name: name not in OURS)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    ids = draw(st.lists(GIVEN_TEXTS, min_size=1, max_size=3, unique=True))
    count = draw(st.integers(1, 4))

    def column(texts: st.SearchStrategy[str]) -> tuple[str, ...]:
        return tuple(draw(st.lists(texts, min_size=count, max_size=count)))

    rows = st.sets(st.integers(0, len(ids) - 1))
    right = draw(st.lists(rows, min_size=count, max_size=count).filter(any))
    ignored = draw(st.none() | st.lists(rows, min_size=count, max_size=count).filter(any))
    held_out = draw(st.none() | st.lists(st.booleans(), min_size=count, max_size=count))
    attributes = st.dictionaries(NAMES, GIVEN_TEXTS, max_size=2)
    of_query = st.dictionaries(QUERY_NAMES, GIVEN_TEXTS, max_size=2)
    of_queries = draw(
        st.none() | st.lists(of_query, min_size=count, max_size=count).filter(any).map(tuple)
    )
    return Dataset(
        texts=column(GIVEN_TEXTS),
        sources=column(TEXTS),
        categories=column(TEXTS),
        products=tuple(Product(one, draw(GIVEN_TEXTS), draw(attributes)) for one in ids),
        relevance=relevance_matrix(right, len(ids)),
        filtered=None if ignored is None else relevance_matrix(ignored, len(ids)),
        held_out=None if held_out is None else np.array(held_out),
        attributes=of_queries,
    )


@pytest.mark.parametrize("files", FILES, ids=["csv", "jsonl", "parquet"])
@hypothesis_settings(max_examples=40)
@given(dataset=datasets())
def test_what_was_written_is_read_as_the_same_data_set(
    files: tuple[str, str], dataset: Dataset
) -> None:
    with TemporaryDirectory() as directory:
        products, pairs = (Path(directory, name) for name in files)
        write_plain(dataset, products, pairs)
        read = load_plain(products, pairs)
    assert read.bad_rows == ()
    assert read.dataset.products == dataset.products
    assert digest(read.dataset) == digest(dataset)


@pytest.fixture
def dataset() -> Dataset:
    lamp = Product("l", "Lamp", {"brand": "Neff"})
    return Dataset(("a lamp",), ("",), ("",), (lamp,), relevance_matrix([(0,)], 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"texts": (" a lamp",)}, "query 1 has spaces around it"),
        ({"texts": ("x" * 2001,)}, "query 1 has 2001 characters"),
        ({"sources": ("shop\0",)}, "source of query 1 holds a NUL"),
        ({"products": (Product("l", ""),)}, "title of product 'l' is empty"),
        ({"products": (Product("l", "L", {"b": ""}),)}, "attribute 'b' of product 'l' is empty"),
        ({"products": (Product("l", "L", {"id": "2"}),)}, "that cannot be a column: 'id'"),
        (
            {"products": (Product("l", "L"),) * 2, "relevance": relevance_matrix([(0,)], 2)},
            "product id 'l' is there twice",
        ),
        ({"relevance": relevance_matrix([()], 1)}, "no query has a right product"),
        ({"attributes": ({"label": "x"},)}, "query 1 has an attribute that cannot be .* 'label'"),
        ({"attributes": ({"brand": " x"},)}, "attribute 'brand' of query 1 has spaces around"),
    ],
    ids=[
        *("spaces", "long", "nul", "title", "attribute", "reserved", "twice", "open"),
        *("reserved of query", "attribute of query"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, dataset: Dataset, change: dict[str, object], message: str
) -> None:
    unreadable = replace(dataset, **change)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=message):
        write_plain(unreadable, tmp_path / "products.csv", tmp_path / "pairs.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_tells_no_format_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(DataError, match="the name of a table ends in"):
        write_plain(dataset, tmp_path / "products.csv", tmp_path / "pairs.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_there_is_named(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(DataError, match=r"cannot write .*products\.csv: No such file"):
        write_plain(dataset, tmp_path / "no" / "products.csv", tmp_path / "no" / "pairs.csv")


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl.gz", "parquet"])
def test_equal_data_are_equal_files(tmp_path: Path, dataset: Dataset, ending: str) -> None:
    files = []
    for name in ("one", "two"):
        write_plain(dataset, tmp_path / f"{name}.{ending}", tmp_path / "pairs.csv")
        files.append((tmp_path / f"{name}.{ending}").read_bytes())
    assert files[0] == files[1]
