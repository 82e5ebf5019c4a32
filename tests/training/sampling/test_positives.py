from __future__ import annotations

import numpy as np

from training.data.dataset import relevance_matrix
from training.evaluation.propensity import PropensitySettings, inverse_propensities
from training.sampling.positives import build_positives
from training.sampling.settings import SamplerSettings

# Product 0 is right for all 40 queries, product 1 for the first alone.
RELEVANCE = relevance_matrix([[0, 1], *[[0]] * 39], 3)
DRAWS = 20_000


def share_of_the_rare_product(settings: SamplerSettings) -> float:
    generator = np.random.default_rng(0)
    drawn = build_positives(RELEVANCE, settings).draw(np.zeros(DRAWS, dtype=np.int64), generator)
    assert set(drawn.tolist()) == {0, 1}
    return float((drawn == 1).mean())


def test_by_default_every_right_product_is_as_likely() -> None:
    assert abs(share_of_the_rare_product(SamplerSettings()) - 0.5) < 0.02


def test_by_inverse_propensity_the_rare_product_is_favoured_in_proportion() -> None:
    common, rare, _ = inverse_propensities(RELEVANCE, PropensitySettings())

    share = share_of_the_rare_product(SamplerSettings(positives="inverse_propensity"))

    assert rare > 2 * common
    assert abs(share - rare / (rare + common)) < 0.02


def test_the_constants_of_the_propensity_change_the_share() -> None:
    flat = SamplerSettings(
        positives="inverse_propensity", propensity=PropensitySettings(a=1e-9, b=2.6)
    )

    assert abs(share_of_the_rare_product(flat) - 0.5) < 0.02


def test_every_draw_is_right_for_its_query() -> None:
    queries = np.arange(40)
    positives = build_positives(RELEVANCE, SamplerSettings(positives="inverse_propensity"))

    drawn = positives.draw(queries, np.random.default_rng(0))

    assert np.asarray(RELEVANCE[queries, drawn]).all()
