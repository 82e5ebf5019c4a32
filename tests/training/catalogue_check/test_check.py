from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.catalogue import Product
from models.errors import ConfigurationError, DataError
from tests.training.catalogue_check.planted import PLANTED, Planted, lexical_vectors, planted
from training.catalogue_check import CatalogueCheck, CheckSettings, check_catalogue
from training.evaluation.confident_errors import ConfidentError, NamedProduct


@pytest.fixture(scope="module")
def known() -> Planted:
    return planted(seed=0)


@pytest.fixture(scope="module")
def check(known: Planted) -> CatalogueCheck:
    return check_catalogue(known.dataset, *lexical_vectors(known.dataset))


def test_planted_duplicates_are_at_the_top(known: Planted, check: CatalogueCheck) -> None:
    """The sample has duplicates of its own, so the planted ones need not be the very first."""
    found = [frozenset((one.first.product_id, one.second.product_id)) for one in check.duplicates]
    assert len(known.duplicates & {*found[:PLANTED]}) >= 0.8 * PLANTED
    assert len(known.duplicates & {*found[: 2 * PLANTED]}) >= 0.9 * PLANTED


def test_planted_wrong_labels_are_at_the_top(known: Planted, check: CatalogueCheck) -> None:
    """The sample has wrong labels of its own, too."""
    found = [one.row for one in check.mislabelled]
    assert len(known.mislabelled & {*found[:PLANTED]}) >= 0.65 * PLANTED
    assert len(known.mislabelled & {*found[: 2 * PLANTED]}) >= 0.8 * PLANTED


def test_scores_are_chances_and_fall(check: CatalogueCheck) -> None:
    for findings in (check.duplicates, check.mislabelled):
        scores = [one.score for one in findings]
        assert scores == sorted(scores, reverse=True)
        assert 0.2 <= scores[-1] <= scores[0] <= 1


def test_one_product_under_two_ids_is_a_matter_of_the_catalogue_not_of_the_label(
    known: Planted, check: CatalogueCheck
) -> None:
    mixed = [
        one
        for one in check.mislabelled
        if frozenset((one.labelled.product_id, one.suggested.product_id)) in known.duplicates
    ]
    assert all(one.score <= 1 - one.duplicates for one in mixed)


def test_confident_errors_are_compared_and_keep_their_order(known: Planted) -> None:
    """Two errors of planted duplicates, which the check would not look at with one neighbour."""
    products = {one.product_id: one for one in known.dataset.products}
    errors = [_error(*(products[one] for one in sorted(pair))) for pair in sorted_pairs(known)[:2]]
    check = check_catalogue(
        known.dataset,
        *lexical_vectors(known.dataset),
        CheckSettings(nearest_products=1, lowest_score=0),
        errors=errors,
    )
    assert [one.error for one in check.errors] == errors
    assert min(one.duplicates for one in check.errors) > 0


def test_errors_of_another_catalogue_are_refused(known: Planted) -> None:
    stranger = _error(Product("stranger", "Neff K8524X8"), known.dataset.products[0])
    with pytest.raises(DataError, match="not in this catalogue, the first is 'stranger'"):
        check_catalogue(known.dataset, *lexical_vectors(known.dataset), errors=[stranger])


def sorted_pairs(known: Planted) -> list[frozenset[str]]:
    return sorted(known.duplicates, key=sorted)


def _error(answered: Product, right: Product) -> ConfidentError:
    named = [NamedProduct(one.product_id, one.title) for one in (answered, right)]
    return ConfidentError("a query", named[0], 0.99, (named[1],), 0.5)


@pytest.mark.parametrize(
    "changed",
    [
        CheckSettings(most_findings=3),
        CheckSettings(lowest_score=0.9),
        CheckSettings(nearest_products=1),
        CheckSettings(nearest_queries=1),
        CheckSettings(queries_per_product=1),
    ],
    ids=["most", "lowest", "products", "queries", "per product"],
)
def test_each_setting_changes_what_is_found(
    small: tuple[Planted, CatalogueCheck], changed: CheckSettings
) -> None:
    planted_small, usual = small
    found = check_catalogue(planted_small.dataset, *lexical_vectors(planted_small.dataset), changed)
    assert (found.duplicates, found.mislabelled) != (usual.duplicates, usual.mislabelled)
    assert len(found.duplicates) <= changed.most_findings
    assert all(one.score >= changed.lowest_score for one in found.duplicates)


@pytest.fixture(scope="module")
def small(known: Planted) -> tuple[Planted, CatalogueCheck]:
    part = known.dataset.subset(np.arange(0, len(known.dataset), 2))
    some = replace(known, dataset=part)
    return some, check_catalogue(part, *lexical_vectors(part))


@pytest.mark.parametrize(
    "field", ["nearest_products", "nearest_queries", "queries_per_product", "most_findings"]
)
def test_settings_that_cannot_be_used_are_named(field: str) -> None:
    with pytest.raises(ConfigurationError, match=field):
        CheckSettings(**{field: 0})
    with pytest.raises(ConfigurationError, match="lowest_score"):
        CheckSettings(lowest_score=1.0)


def test_vectors_that_are_not_those_of_the_data_are_refused(known: Planted) -> None:
    queries = np.ones((len(known.dataset), 4), dtype=np.float32)
    products = np.ones((len(known.dataset.products), 4), dtype=np.float32)
    with pytest.raises(DataError, match="queries need"):
        check_catalogue(known.dataset, queries[1:], products)
    with pytest.raises(DataError, match="same model"):
        check_catalogue(known.dataset, queries, products[:, :3])
    products[7, 2] = np.nan
    with pytest.raises(DataError, match=r"1 products.*row 7"):
        check_catalogue(known.dataset, queries, products)
