"""PRIME's terms on the title beside the label representation (arXiv 2410.20401)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from models.errors import ConfigurationError
from training.checks import require_at_least, require_positive
from training.losses.batch import EmbeddedBatch

BaseValue = Callable[[EmbeddedBatch, Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class TextTermSettings:
    """Weights: the base loss on titles, the same with the roles swapped, and the regulariser.

    `negatives` and `margin` are those of the regulariser.
    """

    text_weight: float = 1.0
    """Of the base loss on titles."""

    swapped_weight: float = 1.0
    """Of the base loss on titles with the roles of query and label swapped."""

    regulariser_weight: float = 0.1
    """Of the term that asks the label for less loss than its title has."""

    margin: float = 0.1
    """Of the regulariser."""

    negatives: int = 10
    """Highest wrong labels that the regulariser compares."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, 0, "text_weight", "swapped_weight", "regulariser_weight")
        require_positive(self, "margin", "negatives")
        if not self.text_weight and not self.swapped_weight and not self.regulariser_weight:
            raise ConfigurationError("every weight of text_terms is 0; leave text_terms out")


def text_terms(
    batch: EmbeddedBatch, similarities: Tensor, base: BaseValue, settings: TextTermSettings
) -> Tensor:
    """Return w_t T(S_i) + w_s T(S_i^T) + w_r R(S_i, S_f) (docs/method.md, Title terms).

    `similarities` (B, U) are S_f, those of the label representation; S_i are those of the titles.
    """
    if batch.titles is None:
        raise ConfigurationError("text_terms need a label representation that adds to the title")
    titles = batch.with_labels(batch.titles)
    by_title = titles.similarities
    return (
        settings.text_weight * base(titles, by_title)
        + settings.swapped_weight * base(titles.transposed, by_title.T)
        + settings.regulariser_weight * regulariser(batch, by_title, similarities, settings)
    )


def regulariser(
    batch: EmbeddedBatch, by_title: Tensor, similarities: Tensor, settings: TextTermSettings
) -> Tensor:
    """Return (R+ + R-)/2: the representation shall induce less loss than the title does.

    R+ asks the positive to be nearer by `margin` than its title is, R- the hardest negatives to be
    farther; each is the mean over the pairs that do not obey, 0 when all do.
    """
    own = batch.positives[:, None]
    columns, exists = batch.hardest_negatives(similarities, settings.negatives)
    nearer = by_title.gather(1, own) - similarities.gather(1, own)
    farther = similarities.gather(1, columns) - by_title.gather(1, columns)
    positive = functional.relu(nearer + settings.margin)
    negative = functional.relu(farther + settings.margin) * exists
    return (_mean_of_active(positive) + _mean_of_active(negative)) / 2


def _mean_of_active(violations: Tensor) -> Tensor:
    return violations.sum() / (violations > 0).sum().clamp(min=1)
