"""A memory of training queries as files of a bundle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import AlcError, BundleError
from models.index.load import load_index
from models.memory.memory import QueryMemory
from models.memory.settings import MemorySettings

SETTINGS_FILE = "memory.json"
OFFSETS_FILE = "offsets.npy"
PRODUCTS_FILE = "products.npy"
INDEX_DIRECTORY = "index"


def save_memory(memory: QueryMemory, directory: Path) -> None:
    """Write the memory into an existing directory."""
    (directory / INDEX_DIRECTORY).mkdir()
    memory.index.save(directory / INDEX_DIRECTORY)
    np.save(directory / OFFSETS_FILE, memory.offsets, allow_pickle=False)
    np.save(directory / PRODUCTS_FILE, memory.products, allow_pickle=False)
    settings = json.dumps(asdict(memory.settings), indent=2)
    (directory / SETTINGS_FILE).write_text(settings + "\n")


def load_memory(directory: Path, catalogue: int) -> QueryMemory:
    """Return the memory over a catalogue of so many products.

    Raises BundleError, naming the file, when one is missing, unreadable or does not fit.
    """
    settings = _settings(directory / SETTINGS_FILE)
    index = load_index(directory / INDEX_DIRECTORY)
    offsets = _array(directory / OFFSETS_FILE)
    products = _array(directory / PRODUCTS_FILE)
    if np.any((products < 0) | (products >= catalogue)):
        raise BundleError(f"{directory / PRODUCTS_FILE}: names products beyond the {catalogue}")
    if not len(offsets) or offsets[0] != 0 or np.any(np.diff(offsets) < 0):
        raise BundleError(f"{directory / OFFSETS_FILE}: does not rise from 0")
    try:
        return QueryMemory(settings, index, offsets, products.astype(np.int32))
    except AlcError as error:
        raise BundleError(f"{directory}: {error}") from error


def _settings(path: Path) -> MemorySettings:
    try:
        return MemorySettings(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError, AlcError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error


def _array(path: Path) -> npt.NDArray[np.int64]:
    try:
        found: npt.NDArray[np.int64] = np.load(path, allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error
    if found.ndim != 1 or found.dtype.kind != "i":
        raise BundleError(f"{path}: is not a list of whole numbers")
    return found
