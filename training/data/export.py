"""A data set as plain tables, which `load_plain` reads to an equal data set."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data import pairs
from training.data.dataset import Dataset, Relevance
from training.data.plain import PRODUCT_COLUMNS
from training.data.tables import MAX_ATTRIBUTE_CHARACTERS, table_format, text_fault

Texts = Mapping[str, str]
_OUR_COLUMNS = (*pairs.COLUMNS, *pairs.OPTIONAL_COLUMNS)


def write_plain(dataset: Dataset, products_file: Path, pairs_file: Path) -> None:
    """Write both tables, each as CSV, JSON lines or Parquet by its name.

    Every query gets a `query_id`, its number from 1. Raise DataError, with nothing written, when
    the tables could not be read again as they are: an empty, too long or unstripped text, a product
    id used twice, an attribute named like a column of ours.
    """
    for file in (products_file, pairs_file):
        table_format(file)
    _check_ids(dataset)
    products = [_product(product) for product in dataset.products]
    rows = list(_pairs(dataset))
    attributes = {name: None for product in products for name in product}
    _write(products_file, [*attributes] or [*PRODUCT_COLUMNS], products)
    of_queries = {name: None for query in dataset.attributes or () for name in query}
    columns = ["query_id", *pairs.COLUMNS, *_used_columns(dataset), *of_queries]
    _write(pairs_file, columns, rows)


def _product(product: Product) -> Texts:
    where = f"product {product.product_id!r}"
    _check_text(product.product_id, f"id of {where}")
    _check_text(product.title, f"title of {where}")
    _check_attributes(product.attributes, where, PRODUCT_COLUMNS)
    return {"id": product.product_id, "title": product.title, **product.attributes}


def _check_attributes(attributes: Texts, where: str, ours: Collection[str]) -> None:
    for name, value in attributes.items():
        if name in ours or name != name.strip() or not name:
            raise DataError(f"{where} has an attribute that cannot be a column: {name!r}")
        _check_text(name, f"name of an attribute of {where}")
        _check_text(value, f"attribute {name!r} of {where}", MAX_ATTRIBUTE_CHARACTERS)


def _pairs(dataset: Dataset) -> Iterator[Texts]:
    for row, text in enumerate(dataset.texts):
        query = {"query_id": str(row + 1), "query": text}
        _check_text(text, f"query {row + 1}")
        for name, column in (("source", dataset.sources), ("category", dataset.categories)):
            if column[row]:
                _check_text(column[row], f"{name} of query {row + 1}")
                query[name] = column[row]
        if dataset.attributes is not None:
            _check_attributes(dataset.attributes[row], f"query {row + 1}", _OUR_COLUMNS)
            query |= dataset.attributes[row]
        if dataset.held_out is not None:
            query["part"] = pairs.TEST if dataset.held_out[row] else pairs.TRAIN
        right = _ids(dataset, dataset.relevance, row) or [""]
        yield from ({**query, "product_id": product_id} for product_id in right)
        for product_id in _ids(dataset, dataset.filtered, row):
            yield {**query, "product_id": product_id, "label": pairs.IGNORED}


def _ids(dataset: Dataset, matrix: Relevance | None, row: int) -> list[str]:
    if matrix is None:
        return []
    named = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return [dataset.products[at].product_id for at in named]


def _used_columns(dataset: Dataset) -> list[str]:
    used = {
        "source": any(dataset.sources),
        "category": any(dataset.categories),
        "part": dataset.held_out is not None,
        "label": dataset.filtered is not None,
    }
    return [name for name, is_used in used.items() if is_used]


def _check_ids(dataset: Dataset) -> None:
    seen: set[str] = set()
    for product in dataset.products:
        if product.product_id in seen:
            raise DataError(f"product id {product.product_id!r} is there twice")
        seen.add(product.product_id)
    if not dataset.relevance.nnz:
        raise DataError("no query has a right product: such tables could not be read again")


def _check_text(text: str, what: str, *limit: int) -> None:
    fault = text_fault(text, *limit)
    if fault is None and text != text.strip():
        fault = "has spaces around it"
    if fault is not None:
        raise DataError(f"{what} {fault}; such a table could not be read again")


def _write(path: Path, columns: list[str], rows: list[Texts]) -> None:
    # Here, because only Parquet tables and conversions need it.
    from training.data.formats import writing

    write = {
        ".csv": writing.write_csv,
        ".jsonl": writing.write_jsonl,
        ".parquet": writing.write_parquet,
    }
    try:
        write[table_format(path)](path, columns, rows)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}") from error
