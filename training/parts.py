"""The parts of a data set that a run of these settings is made from."""

from __future__ import annotations

from models.bundle.reviews import ReviewReport
from models.errors import ConfigurationError
from training.data.dataset import Dataset
from training.data.splits import SplitDataset, split_dataset
from training.pipeline_settings import PipelineSettings
from training.reviews.choose import with_reviews
from training.reviews.read import Reviews


def split_of(dataset: Dataset, settings: PipelineSettings) -> SplitDataset:
    """Return train, decider, calibration and test; raise DataError where one would be empty."""
    return split_dataset(dataset, settings.split, settings.training.seed, settings.decider_part)


def learnt_parts(
    dataset: Dataset, settings: PipelineSettings, reviews: Reviews | None
) -> tuple[SplitDataset, ReviewReport | None]:
    """Return the parts with the review labels that training may use, and what became of all.

    The parts of the data are the same with and without them. Raise ConfigurationError when the
    settings name reviews and none were read, or the other way round.
    """
    if (settings.reviews is None) != (reviews is None):
        raise ConfigurationError(
            "reviews are learnt from exactly where the settings name them;"
            " read those by read_reviews"
        )
    parts = split_of(dataset, settings)
    if reviews is None:
        return parts, None
    return with_reviews(parts, settings.split, reviews, decider=settings.decider is not None)
