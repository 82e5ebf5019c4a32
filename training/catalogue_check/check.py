"""The lists of the catalogue check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.encoder import FloatMatrix
from training.catalogue_check.confident import JudgedError, judged, pairs_of
from training.catalogue_check.duplicates import DuplicatePair, find_duplicates
from training.catalogue_check.evidence import gather
from training.catalogue_check.mislabelled import MislabelledPair, find_mislabelled
from training.catalogue_check.settings import CheckSettings
from training.data.dataset import Dataset
from training.evaluation.confident_errors import ConfidentError


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """What a person should look at, most likely first, of so many products and labels.

    `errors` are those that were given, in their order.
    """

    products: int
    labels: int
    duplicates: tuple[DuplicatePair, ...]
    mislabelled: tuple[MislabelledPair, ...]
    errors: tuple[JudgedError, ...] = ()


def check_catalogue(
    dataset: Dataset,
    query_vectors: FloatMatrix,
    product_vectors: FloatMatrix,
    settings: CheckSettings | None = None,
    errors: Sequence[ConfidentError] = (),
) -> CatalogueCheck:
    """Return likely duplicate products and wrongly labelled queries.

    The unit vectors (queries, d) and (products, d) are of one model, in the data set's order. A
    model that was trained on these very labels has learned their errors: it draws a query towards
    its wrong label. Vectors of a model that has not seen the queries, or has seen them for one
    epoch, find more. What other queries say is always judged without the query itself. `errors` are
    confident ones of a trained model: their products are compared as well. Raise DataError when the
    vectors or the errors do not fit.
    """
    settings = settings or CheckSettings()
    evidence = gather(dataset, query_vectors, product_vectors, settings)
    duplicates = find_duplicates(evidence, settings, pairs_of(errors, dataset))
    scores = {
        ids: pair.score
        for pair in duplicates
        for ids in (
            (pair.first.product_id, pair.second.product_id),
            (pair.second.product_id, pair.first.product_id),
        )
    }
    mislabelled = find_mislabelled(evidence, scores, settings)
    return CatalogueCheck(
        products=len(dataset.products),
        labels=dataset.relevance.nnz,
        duplicates=duplicates,
        mislabelled=mislabelled,
        errors=judged(errors, scores),
    )
