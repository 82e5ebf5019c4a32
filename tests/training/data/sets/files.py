"""Small copies of published files."""

from __future__ import annotations

import gzip
from pathlib import Path

from training.data.dataset import Dataset


def write(folder: Path, name: str, *lines: str) -> None:
    """Write the lines as `name`.gz, making its folder."""
    path = folder / f"{name}.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def answers(dataset: Dataset) -> list[tuple[str, list[str]]]:
    """Return each query with the ids of its right products."""
    rows = [dataset.relevance[[row]].indices.tolist() for row in range(len(dataset))]
    ids = [sorted(dataset.products[at].product_id for at in row) for row in rows]
    return list(zip(dataset.texts, ids, strict=True))
