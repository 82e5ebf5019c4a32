"""The most confident errors of a report, each beside what the check says of its two products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.errors import DataError
from training.catalogue_check.candidates import Pair
from training.data.dataset import Dataset
from training.evaluation.confident_errors import ConfidentError


@dataclass(frozen=True, slots=True)
class JudgedError:
    """A confident error, with the chance that the answer and a labelled product are one product.

    `duplicates` is 0 where the check does not list them, and where there is no labelled product.
    """

    error: ConfidentError
    duplicates: float


def pairs_of(errors: Sequence[ConfidentError], dataset: Dataset) -> list[Pair]:
    """Return the answered beside each labelled product, as rows of the catalogue.

    Raise DataError when one of them is not in this catalogue.
    """
    rows = {product.product_id: row for row, product in enumerate(dataset.products)}
    pairs = [ids for one in errors for ids in _ids(one)]
    named = {product_id for ids in pairs for product_id in ids}
    named.update(one.answered.product_id for one in errors)
    unknown = sorted(named - rows.keys())
    if unknown:
        raise DataError(
            f"{len(unknown)} products of the errors are not in this catalogue, the first is"
            f" {unknown[0]!r}; name the data that the bundle was trained on"
        )
    return [(rows[answered], rows[right]) for answered, right in pairs]


def judged(
    errors: Sequence[ConfidentError], duplicates: Mapping[tuple[str, str], float]
) -> tuple[JudgedError, ...]:
    """Return the errors in their order; `duplicates` scores pairs of ids, in both orders."""
    return tuple(
        JudgedError(one, max((duplicates.get(ids, 0.0) for ids in _ids(one)), default=0.0))
        for one in errors
    )


def _ids(error: ConfidentError) -> Iterator[tuple[str, str]]:
    for right in error.right:
        yield error.answered.product_id, right.product_id
