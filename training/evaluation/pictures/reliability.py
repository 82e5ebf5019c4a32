"""Whether a probability of 0.9 is right nine times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    MARKED,
    RIGHT,
    Picture,
    new_figure,
    plain_axes,
    png,
)
from training.evaluation.reliability import BINS, Reliability, ReliabilityBin


@dataclass(frozen=True, slots=True)
class Words:
    """Whose probabilities are drawn, and what to do about untrue ones."""

    file: str
    title: str
    given: str
    act: str


DECIDER = Words(
    file="reliability.png",
    title="Are the probabilities true?",
    given="the decider",
    act="Dots on the line: probabilities can be used as they are, to sort work or to weigh"
    " costs. Dots below it at the right end: the calibration queries differ from those that the"
    " decider learnt from, or it had too few; its answers carry a calibrated probability beside"
    " this one. What is automated does not depend on it: the thresholds are certified on"
    " calibration queries, whether probabilities are true or not.",
)
CALIBRATED = Words(
    file="calibrated_reliability.png",
    title="Are the calibrated probabilities true?",
    given="the calibration",
    act="Dots on the line: use the calibrated probability to sort work or to weigh costs. Dots"
    " away from it by more than their interval: the test queries differ from the calibration"
    " queries, as other shops or products do; calibrate again with labels of the traffic that"
    " is answered (alc-train calibrate).",
)


HEIGHT = 5.2
SHARES = (3, 1)  # of the height: the diagram, and how many queries each bin has


def reliability_picture(found: Reliability, words: Words = DECIDER) -> Picture:
    """Return the share of right answers at each probability, above the number of queries there.

    Shows, for the best answer of each test query, how often it was right at the probability that
    it was given. Read it: on the dashed diagonal probabilities are true, below it they promise too
    much. Act on it: use probabilities as they are where the dots lie on the diagonal; elsewhere see
    the `words`, and trust the certified thresholds alone.
    """
    figure = new_figure(HEIGHT)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=SHARES)
    upper.plot((0, 1), (0, 1), color=MARKED, linewidth=1, linestyle=(0, (4, 4)), label="true")
    for one in found.bins:
        if one.right is None or one.probability is None:
            continue
        low, high = one.interval
        reach = np.array([[one.right - low], [high - one.right]]).clip(0)
        upper.errorbar(
            one.probability, one.right, reach, fmt="o", color=RIGHT, capsize=3, markersize=5
        )
    upper.set(xlim=(0, 1), ylim=(0, 1))
    upper.set_ylabel("share of right answers", fontsize=FONT_SIZE)
    error = found.expected_calibration_error
    upper.set_title(f"expected calibration error {error:.3f}", loc="left", fontsize=FONT_SIZE)
    upper.legend(loc="upper left", frameon=False, fontsize=FONT_SIZE)
    counts = [one.queries for one in found.bins]
    lower.bar([_middle(one) for one in found.bins], counts, width=0.9 / BINS, color=COLOURS[0])
    lower.set_ylabel("queries", fontsize=FONT_SIZE)
    lower.set_xlabel("probability of the best answer", fontsize=FONT_SIZE)
    for axes in (upper, lower):
        plain_axes(axes)
    return Picture(
        file=words.file,
        title=words.title,
        png=png(figure),
        shows="For the best answer of each test query, how often it was right at the probability"
        f" that {words.given} gave it, in {BINS} bins. A dot is the share of right answers at the"
        " mean probability of its bin, with its 95 % interval; the grey bars below count the"
        " queries of the bin.",
        read="On the dashed line a probability is what it says: of the answers with 0.9, nine in"
        " ten are right. A dot below the line promises too much, one above it too little; where"
        " the line passes through the interval, chance explains the distance. The number above is"
        " the mean distance over all queries.",
        act=words.act,
    )


def _middle(one: ReliabilityBin) -> float:
    return (one.lowest + one.highest) / 2
