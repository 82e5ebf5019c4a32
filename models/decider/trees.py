"""Gradient-boosted trees: features to a probability, and to each feature's part in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost

from models.encoder import FloatMatrix
from models.errors import BundleError
from models.index.base import SCORE_DECIMALS
