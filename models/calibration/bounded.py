"""P-values for losses between 0 and 1: several products per query, of which a share is wrong.

Hoeffding-Bentkus, Learn then Test (Angelopoulos et al., arXiv:2110.01052), section 3.1. The losses
of different queries are independent; those of the products of one query are not, which is why a
query has one loss: the share of wrong products among those accepted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from models.calibration.binomial import Counts, p_values

Values = npt.NDArray[np.float64]


def bounded_p_values(
    parts: Counts, whole: int, accepted: Counts, target_precision: float
) -> Values:
    """Return the p-values of "the mean loss exceeds 1 - target", from sums of losses.

    `parts` are the sums as multiples of 1 / `whole`, so that rounding up is exact. With `whole` 1
    each loss is 0 or 1, and the p-value is exactly the binomial one; otherwise Bentkus' inequality
    costs a factor of e, where Hoeffding's is not smaller.
    """
    if whole == 1:
        return p_values(parts, accepted, target_precision)
    bentkus = np.e * p_values(-(-parts // whole), accepted, target_precision)
    hoeffding = _hoeffding(parts / whole, accepted, target_precision)
    return np.minimum(1.0, np.minimum(bentkus, hoeffding))


def _hoeffding(losses: Values, accepted: Counts, target_precision: float) -> Values:
    """Return exp(-n KL(min(mean, alpha), alpha)); 1 where nothing was accepted."""
    allowed = 1 - target_precision
    mean = np.minimum(losses / np.maximum(accepted, 1), allowed)
    divergence = special.rel_entr(mean, allowed) + special.rel_entr(1 - mean, target_precision)
    return np.asarray(np.exp(-accepted * divergence), dtype=np.float64)
