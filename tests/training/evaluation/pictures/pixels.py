"""Pictures as pixels."""

from __future__ import annotations

import io

import matplotlib.image
import numpy as np


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(matplotlib.image.imread(io.BytesIO(picture), format="png"))


def has_colour(image: np.ndarray, colour: str) -> bool:
    wanted = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return bool((np.abs(image[..., :3] - wanted).max(axis=-1) < 0.02).any())
