"""A decider as files of a bundle.

decider.json     how it is used, and the digest of the encoder that it was fitted with
trees.ubj        the trees, in the library's own format
lexicon.npz      hashes and weights of known tokens
known.npz        training queries by product
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models.catalogue import Product
from models.decider.decider import Decider
from models.decider.features.all import NAMES
from models.decider.known_queries import KnownQueries
from models.decider.lexicon import Lexicon
from models.decider.pairs import catalogue_side
from models.decider.trees import load_trees
from models.errors import AlcError, BundleError

DECIDER_FILE = "decider.json"
TREES_FILE = "trees.ubj"
LEXICON_FILE = "lexicon.npz"
KNOWN_FILE = "known.npz"

Arrays = dict[str, npt.NDArray[np.generic]]


def save_decider(decider: Decider, directory: Path) -> None:
    """Write the decider into an existing directory."""
    trees, side = decider.trees, decider.side
    fields = {
        "candidates": decider.candidates,
        "slope": trees.slope,
        "shift": trees.shift,
        "unknown_weight": side.lexicon.unknown,
        "encoder_digest": decider.encoder_digest,
    }
    (directory / DECIDER_FILE).write_text(json.dumps(fields, indent=2) + "\n")
    trees.save(directory / TREES_FILE)
    np.savez(directory / LEXICON_FILE, hashes=side.lexicon.hashes, weights=side.lexicon.weights)
    known = side.known_queries
    np.savez(
        directory / KNOWN_FILE, vectors=known.vectors, offsets=known.offsets, counts=known.counts
    )


def load_decider(directory: Path, products: tuple[Product, ...]) -> Decider:
    """Return the decider over a catalogue of these products.

    Raises BundleError, naming the file, when one is missing, unreadable or does not fit.
    """
    path = directory / DECIDER_FILE
    try:
        fields = json.loads(path.read_text())
        trees = load_trees(directory / TREES_FILE, float(fields["slope"]), float(fields["shift"]))
        lexicon = _lexicon(directory / LEXICON_FILE, float(fields["unknown_weight"]))
        known = _known_queries(directory / KNOWN_FILE, len(products))
        candidates, digest = int(fields["candidates"]), str(fields["encoder_digest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
    if trees.features != NAMES:
        raise BundleError(
            f"{directory / TREES_FILE}: was fitted on other signals of a pair than this software"
            " computes; train it again with this release"
        )
    try:
        return Decider(candidates, trees, catalogue_side(products, lexicon, known), digest)
    except AlcError as error:
        raise BundleError(f"{path}: {error}") from error


def encoder_digest(directory: Path) -> str:
    """Return a SHA-256 (hex) over the files of a saved encoder and their names."""
    hasher = hashlib.sha256()
    for path in sorted(one for one in directory.rglob("*") if one.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        hasher.update(f"{path.relative_to(directory).as_posix()} {content}\n".encode())
    return hasher.hexdigest()


def _lexicon(path: Path, unknown: float) -> Lexicon:
    arrays = _arrays(path, ("hashes", "weights"))
    hashes, weights = arrays["hashes"].astype(np.int64), arrays["weights"].astype(np.float32)
    if hashes.shape != weights.shape or np.any(np.diff(hashes) <= 0):
        raise BundleError(f"{path}: its hashes do not ascend, or lack weights")
    return Lexicon(hashes, weights, unknown)


def _known_queries(path: Path, products: int) -> KnownQueries:
    arrays = _arrays(path, ("vectors", "offsets", "counts"))
    offsets = arrays["offsets"].astype(np.int64)
    known = KnownQueries(
        arrays["vectors"].astype(np.float16), offsets, arrays["counts"].astype(np.int32)
    )
    rises = len(offsets) == products + 1 and offsets[0] == 0 and not np.any(np.diff(offsets) < 0)
    if not rises or offsets[-1] != len(known.vectors) or len(known.counts) != products:
        raise BundleError(f"{path}: does not fit a catalogue of {products} products")
    return known


def _arrays(path: Path, names: tuple[str, ...]) -> Arrays:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error
