"""What the commands do with reviews: read them, and say what became of each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console

from training.commands.terminal import warn

if TYPE_CHECKING:
    from models.bundle.reviews import ReviewReport
    from training.data.dataset import Dataset
    from training.pipeline_settings import PipelineSettings
    from training.reviews.read import Reviews


def named_reviews(settings: PipelineSettings, dataset: Dataset, console: Console) -> Reviews | None:
    """Return the labels of the sources that the settings name; None where they name none.

    Rows that are bad are named. Raise as `read_reviews` does.
    """
    if settings.reviews is None:
        return None
    from training.reviews.read import read_reviews
    from training.reviews.source import KEY_VARIABLE

    key = os.environ.get(KEY_VARIABLE) or None
    reviews = read_reviews(settings.reviews, dataset.products, key)
    warn(console, (f"left out {bad}" for bad in reviews.bad_rows))
    return reviews


def review_lines(report: ReviewReport) -> Iterator[str]:
    """Yield in words how many labels are learnt from, and why the others are not."""
    from training.reviews.label import REASON

    yield (
        f"reviews: {report.used:,} of {report.labels:,} labels are learnt from"
        f"{_listed(report.total('used'))}"
    )
    refused = report.total("refused")
    if refused:
        yield (
            f"reviews: {refused.total():,} are of other streams{_listed(refused)}; each cannot"
            f" train, as {REASON}"
        )
    left_out = report.total("left_out")
    if left_out:
        yield f"reviews: {left_out.total():,} are left out{_listed(left_out)}"


def _listed(counts: Counter[str]) -> str:
    if not counts:
        return ""
    return " (" + ", ".join(f"{count:,} {what}" for what, count in counts.most_common()) + ")"
