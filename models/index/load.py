"""Read an index of any kind back from its directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from models.errors import BundleError
from models.index.base import Rows, VectorIndex
from models.index.faiss_index import DESCRIPTION_FILE, INDEX_FILE, ROWS_FILE, FaissIndex
from models.index.flat import FlatIndex
from models.index.hnsw import HnswIndex
from models.index.quantised import QuantisedIndex


def load_index(directory: Path) -> VectorIndex:
    """Return the index saved in this directory.

    Raises BundleError, naming the file, when one is missing, unreadable, or disagrees with
    the others.
    """
    description = _description(directory / DESCRIPTION_FILE)
    index = _wrapped(directory, description)
    if len(index) != description["products"] or index.dimension != description["dimension"]:
        raise BundleError(
            f"{directory / INDEX_FILE}: holds {len(index)} products of dimension"
            f" {index.dimension}, but {DESCRIPTION_FILE} says {description['products']} of"
            f" {description['dimension']}"
        )
    return index


def _wrapped(directory: Path, description: dict[str, Any]) -> FaissIndex:
    index = _faiss_index(directory / INDEX_FILE)
    row_at = _rows(directory / ROWS_FILE, index.ntotal)
    parameters = description["parameters"]
    match description["kind"]:
        case FlatIndex.kind:
            return FlatIndex(index, row_at)
        case QuantisedIndex.kind:
            return QuantisedIndex(index, row_at, k_factor=parameters["k_factor"])
        case HnswIndex.kind:
            return HnswIndex(index, row_at, ef_search=parameters["ef_search"])
        case other:
            raise BundleError(
                f"{directory / DESCRIPTION_FILE}: this version cannot read an index of kind"
                f" {other!r}"
            )


def _description(path: Path) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    missing = {"kind", "products", "dimension", "parameters"} - description.keys()
    if missing:
        raise BundleError(f"{path}: lacks {', '.join(sorted(missing))}")
    return description


def _faiss_index(path: Path) -> faiss.Index:
    try:
        return faiss.deserialize_index(np.fromfile(path, dtype=np.uint8))
    except (OSError, RuntimeError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error


def _rows(path: Path, positions: int) -> Rows:
    try:
        rows: Rows = np.load(path, allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    if rows.shape != (positions,) or rows.dtype != np.int64:
        raise BundleError(f"{path}: has {rows.shape} entries, but the index has {positions}")
    return rows
