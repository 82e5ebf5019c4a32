"""One query's answer: a person's verdict goes before the model's opinion."""

from __future__ import annotations

from models.catalogue import Catalogue
from service.database.tables import Decision
from service.recommend.decided import Decided, Judgement, NamedProduct
from service.recommend.jobs import Job, Match
from service.review.tasks import Candidate, VerifiedAnswer


def decide_one(
    job: Job, match: Match, judgement: Judgement, verified: VerifiedAnswer | None
) -> Decided:
    """Decide on one query.

    A verdict that names a product which the catalogue has no more does not count.
    """
    if verified is not None:
        products = _named(verified, match, job.served.bundle.runtime.catalogue)
        if products is not None:
            return Decided(Decision.VERIFIED, products, (), judgement, verdict=verified)
    count = judgement.accepted
    accepted, others = match.candidates[:count], match.candidates[count:]
    return Decided(judgement.decision, accepted, others, judgement)


def _named(
    verified: VerifiedAnswer, match: Match, catalogue: Catalogue
) -> list[Candidate | NamedProduct] | None:
    """Return the products of a verdict, or None when one of them is gone."""
    proposed = {candidate.product_id: candidate for candidate in match.candidates}
    products: list[Candidate | NamedProduct] = []
    for product_id in verified.product_ids:
        product = catalogue.find(product_id)
        if product is None:
            return None
        products.append(proposed.get(product_id) or NamedProduct(product_id, product.title))
    return products
