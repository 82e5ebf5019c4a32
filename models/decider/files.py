"""A decider as files of a bundle.

decider.json     how it is used, and the digest of the encoder that it was fitted with
trees.ubj        the trees, in the library's own format
lexicon.npz      hashes and weights of known tokens
known.npz        training queries by product
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import numpy as np

from models.arrays import read_arrays
from models.catalogue import Product
from models.decider.decider import Decider
from models.decider.known_queries import KnownQueries
from models.decider.lexicon import Lexicon
from models.decider.pairs import catalogue_side
from models.decider.trees import load_trees
from models.errors import BundleError, ConfigurationError

DECIDER_FILE = "decider.json"
TREES_FILE = "trees.ubj"
LEXICON_FILE = "lexicon.npz"
KNOWN_FILE = "known.npz"


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
        directory / KNOWN_FILE,
        vectors=known.vectors,
        scales=known.scales,
        offsets=known.offsets,
        counts=known.counts,
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
        return Decider(candidates, trees, catalogue_side(products, lexicon, known), digest)
    except ConfigurationError as error:
        raise BundleError(f"{path}: {error}") from error
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise BundleError(f"{path}: cannot be read: {error!r}") from error


def encoder_digest(directory: Path) -> str:
    """Return a SHA-256 (hex) over the files of a saved encoder and their names."""
    hasher = hashlib.sha256()
    for path in sorted(one for one in directory.rglob("*") if one.is_file()):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        hasher.update(f"{path.relative_to(directory).as_posix()} {content}\n".encode())
    return hasher.hexdigest()


def _lexicon(path: Path, unknown: float) -> Lexicon:
    arrays = read_arrays(path, {"hashes": np.int64, "weights": np.float32})
    hashes, weights = arrays["hashes"], arrays["weights"]
    if hashes.ndim != 1 or hashes.shape != weights.shape or np.any(np.diff(hashes) <= 0):
        raise BundleError(f"{path}: its hashes do not ascend, or lack weights")
    if not (np.isfinite(weights).all() and math.isfinite(unknown)):
        raise BundleError(f"{path}: not all of its weights are numbers")
    return Lexicon(hashes, weights, unknown)


def _known_queries(path: Path, products: int) -> KnownQueries:
    arrays = read_arrays(
        path, {"vectors": np.int8, "scales": np.float32, "offsets": np.int64, "counts": np.int32}
    )
    known = KnownQueries(**arrays)
    # One more than the products: the last is of none.
    rises = known.offsets.shape == (products + 2,) and not np.any(np.diff(known.offsets) < 0)
    if not rises or known.offsets[0] != 0 or known.counts.shape != (products + 1,):
        raise BundleError(f"{path}: does not fit a catalogue of {products} products")
    if known.vectors.ndim != 2 or known.scales.shape != known.vectors.shape[:1]:
        raise BundleError(f"{path}: its vectors lack scales")
    if known.offsets[-2] != known.offsets[-1] or known.offsets[-1] != len(known.vectors):
        raise BundleError(f"{path}: its vectors are not all of a product")
    return known
