from __future__ import annotations

from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from tests.service.dashboard.boards import bundle_in


@pytest.fixture(scope="package")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    directory: Path = tmp_path_factory.mktemp("dashboard")
    return bundle_in(directory)
