from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Models of tests are tiny: threads that wait for each other cost more than they help."""
    torch.set_num_threads(1)
