"""How likely a right product is to be labelled at all, by how often training names it.

Rare products lack labels, and a measure that weights by the inverse propensity does not reward a
model for knowing only the frequent ones (Jain et al., KDD 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.errors import ConfigurationError
from training.data.dataset import Relevance

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PropensitySettings:
    """The two constants of the model; the defaults are those customary for Amazon data.

    Wikipedia data use 0.5 and 0.4, other data 0.55 and 1.5.
    """

    a: float = 0.6
    """The exponent: 0.6 is customary for Amazon data, 0.5 for Wikipedia, 0.55 for other."""

    b: float = 2.6
    """The offset: 2.6 is customary for Amazon data, 0.4 for Wikipedia, 1.5 for other."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        for name in ("a", "b"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"propensity {name} must be above 0")


def inverse_propensities(train: Relevance, settings: PropensitySettings) -> Weights:
    """Return 1/p_l = 1 + C (N_l + B)^(-A) per product (docs/method.md, Measures).

    `train` is the relevance of all training queries, before anything is filtered. At most two
    queries would give C < 0, that is "probabilities" above 1; C is then 0.
    """
    queries = train.shape[0]
    named = np.bincount(train.indices, minlength=train.shape[1])
    scale = (np.log(max(queries, 1)) - 1) * (settings.b + 1) ** settings.a
    weights: Weights = 1 + max(scale, 0.0) * (named + float(settings.b)) ** -settings.a
    return weights
