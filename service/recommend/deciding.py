"""One query's answer: a person's verdict goes before the model's opinion, and a no before both."""

from __future__ import annotations

from models.catalogue import Catalogue
from service.database.tables import Decision
from service.recommend.decided import Decided, Judgement, NamedProduct
from service.recommend.jobs import Job, Match
from service.review.tasks import Candidate, VerifiedAnswer
from service.rulings.blocks import Block, BlocksOfText, first_block


def decide_one(
    job: Job,
    match: Match,
    judgement: Judgement,
    verified: VerifiedAnswer | None,
    blocks: BlocksOfText,
) -> Decided:
    """Decide on one query.

    A verdict that names a product which the catalogue has no more does not count, nor one that
    was overturned by hand. What is blocked is not accepted: a person has to look.
    """
    overturned = None if verified is None else _overturning(verified, blocks)
    if verified is not None and overturned is None:
        products = _named(verified, match, job.served.bundle.runtime.catalogue)
        if products is not None:
            return Decided(Decision.VERIFIED, products, (), judgement, verdict=verified)
    count = judgement.accepted
    accepted, others = match.candidates[:count], match.candidates[count:]
    blocked = first_block((one.product_id for one in accepted), blocks)
    if blocked is not None:
        return _left_to_a_person(match, judgement, blocked)
    if judgement.decision is Decision.MANUAL_REVIEW:
        return _left_to_a_person(match, judgement, overturned)
    return Decided(judgement.decision, accepted, others, judgement)


def _left_to_a_person(match: Match, judgement: Judgement, blocked_by: Block | None) -> Decided:
    decision = Decision.MANUAL_REVIEW
    return Decided(decision, (), match.candidates, judgement, blocked_by=blocked_by)


def _overturning(verified: VerifiedAnswer, blocks: BlocksOfText) -> Block | None:
    """Return the block of a named product that was made by hand after the verdict.

    A later verdict on the same text from another source is no such block: each source has the
    answer that people gave to it, and two that differ must not overturn each other for ever.
    """
    by_hand = {
        product_id: block
        for product_id, block in blocks.items()
        if block.by_hand_at is not None and block.by_hand_at > verified.answered_at
    }
    return first_block(verified.product_ids, by_hand)


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
