"""Which signals the trees decide by."""

from __future__ import annotations

from dataclasses import dataclass

from models.decider.trees import Trees


@dataclass(frozen=True, slots=True)
class Importance:
    """A signal's share of the loss that all splits of all trees saved on the fitted pairs."""

    signal: str
    share: float


def importances(trees: Trees) -> tuple[Importance, ...]:
    """Return all signals, the most important first, ties in the order of the columns.

    The shares add up to 1; all are 0 where no tree has a split.
    """
    gains = trees.booster.get_score(importance_type="total_gain")
    known = {name: _number(gains.get(name, 0.0)) for name in trees.features}
    total = sum(known.values())
    shares = [Importance(name, gain / total if total else 0.0) for name, gain in known.items()]
    return tuple(sorted(shares, key=lambda one: -one.share))


def _number(gain: float | list[float]) -> float:
    """Return the gain; the library gives a list for models of several outputs, which none is."""
    return sum(gain) if isinstance(gain, list) else float(gain)
