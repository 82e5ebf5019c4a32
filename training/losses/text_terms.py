"""PRIME's terms on the title beside the label representation (arXiv 2410.20401)."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional

from training.losses.batch import EmbeddedBatch
from training.losses.settings import TextTermSettings

BaseValue = Callable[[EmbeddedBatch, Tensor], Tensor]


def text_terms(
    batch: EmbeddedBatch, similarities: Tensor, base: BaseValue, settings: TextTermSettings
) -> Tensor:
    """Return w_t T(S_i) + w_s T(S_i^T) + w_r R(S_i, S_f) (docs/method.md, Title terms).

    `similarities` (B, U) are S_f, those of the label representation; S_i are those of the titles.
    Raise ConfigurationError where the batch has no titles.
    """
    titles = batch.on_titles
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
