"""Arrays of a bundle's files, read without believing anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models.errors import BundleError

# What np.load raises, depending on the byte that is wrong.
_UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, RuntimeError, BadZipFile)

Arrays = dict[str, npt.NDArray[Any]]


def read_arrays(path: Path, kinds: Mapping[str, type[np.generic]]) -> Arrays:
    """Return the arrays of these names; raise BundleError when one lacks or is of another kind."""
    try:
        with path.open("rb") as file:  # which np.load leaves open when it fails
            stored = np.load(file, allow_pickle=False)
            arrays = {name: stored[name] for name in kinds}
    except _UNREADABLE as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
    for name, kind in kinds.items():
        if arrays[name].dtype != kind:
            raise BundleError(f"{path}: {name} are {arrays[name].dtype}, not {np.dtype(kind)}")
    return arrays
