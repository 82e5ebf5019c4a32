from __future__ import annotations

from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.load import load_bundle
from tests.training.commands.customer import fitted_shop, write_tables


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle of the small shop, which promises 0.5 and cannot promise 0.95."""
    return load_bundle(fitted_shop(write_tables(tmp_path_factory.mktemp("shop"))))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels.csv"
