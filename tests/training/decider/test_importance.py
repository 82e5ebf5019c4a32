from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.decider.features.all import NAMES
from tests.training.decider.toy import QUICK, noisy_examples
from training.decider.importance import importances
from training.decider.trees import fit_trees


def test_the_signal_that_knows_comes_first_and_shares_add_up() -> None:
    found = importances(fit_trees(noisy_examples(), QUICK, 0))
    assert found[0].signal == "score"
    assert found[0].share > 0.5
    assert sum(one.share for one in found) == pytest.approx(1)
    assert {one.signal for one in found} == set(NAMES)
    shares = [one.share for one in found]
    assert shares == sorted(shares, reverse=True)


def test_trees_without_a_split_have_no_important_signal() -> None:
    few = noisy_examples(queries=4)
    found = importances(fit_trees(few, replace(QUICK, smallest_weight=1e6), 0))
    assert np.all([one.share == 0 for one in found])
    assert [one.signal for one in found] == list(NAMES)
