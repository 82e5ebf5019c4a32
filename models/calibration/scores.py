"""Arrays that calibration is made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.errors import DataError

Scores = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]


def check_finite(scores: Scores, which: str) -> None:
    """Raise DataError when one of the scores is not a finite number."""
    bad = int(np.count_nonzero(~np.isfinite(scores)))
    if bad:
        raise DataError(f"{bad} of {len(scores)} {which} scores are not finite numbers")
