"""The parts of a data set that a run of these settings is made from."""

from __future__ import annotations

from training.data.dataset import Dataset
from training.data.splits import SplitDataset, split_dataset
from training.pipeline_settings import PipelineSettings


def split_of(dataset: Dataset, settings: PipelineSettings) -> SplitDataset:
    """Return train, decider, calibration and test; raise DataError where one would be empty."""
    return split_dataset(dataset, settings.split, settings.training.seed, settings.decider_part)
