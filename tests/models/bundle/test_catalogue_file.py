from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bundle.catalogue_file import read_catalogue, write_catalogue
from models.catalogue import Catalogue, Product
from models.errors import BundleError

texts = st.text(st.characters(codec="utf-8"), max_size=20)
products = st.builds(
    Product, product_id=texts, title=texts, attributes=st.dictionaries(texts, texts, max_size=3)
)


@given(st.lists(products, max_size=5, unique_by=lambda product: product.product_id))
def test_a_round_trip_keeps_everything(
    tmp_path_factory: pytest.TempPathFactory, products: list[Product]
) -> None:
    path = tmp_path_factory.mktemp("catalogue") / "c.gz"
    write_catalogue(Catalogue(products), path)
    assert read_catalogue(path).products == tuple(products)


def test_the_same_catalogue_gives_the_same_bytes(tmp_path: Path) -> None:
    catalogue = Catalogue([Product("a", "A", {"x": "1", "b": "2"})])
    write_catalogue(catalogue, tmp_path / "one")
    write_catalogue(catalogue, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def _with_attributes(written: bytes) -> bytes:
    return gzip.compress(b'{"product_id":"a","title":"A","attributes":' + written + b"}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "cannot be read"),
        (gzip.compress(b'{"product_id":"a","title":"A"}\n{"title":"B"}\n'), "line 2"),
        (gzip.compress(b'{"product_id":"a","title":"A"}\n' * 2), "duplicate product_id"),
        (gzip.compress(b'{"product_id":"a","title":null}'), "line 1: .* not all texts"),
        (_with_attributes(b'{"price":12.5}'), "line 1: .* not all texts"),
        (_with_attributes(b'"red"'), "line 1: .* not all texts"),
    ],
    ids=[
        "not gzip",
        "a line without id",
        "one id twice",
        "no title",
        "an attribute of a number",
        "a text for attributes",
    ],
)
def test_what_is_not_a_catalogue_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(BundleError, match=message):
        read_catalogue(path)
