"""What the decider decides by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.errors import DataError
from training.decider.importance import Importance
from training.evaluation.pictures.style import (
    COLOURS,
    FONT_SIZE,
    Picture,
    new_figure,
    plain_axes,
    png,
)

MOST_SIGNALS = 15
ROW_HEIGHT, FRAME_HEIGHT = 0.26, 0.9


def importance_picture(found: Sequence[Importance]) -> Picture:
    """Return one bar per signal, the `MOST_SIGNALS` most important from the top.

    Shows by which signals the decider tells right candidates from wrong ones. Read it: the longer
    a bar, the more of what the trees learnt comes from that signal. Act on it: look after the data
    behind the longest bars, and give it what is missing. Raise DataError without any.
    """
    if not found:
        raise DataError("a picture of signals needs at least one")
    shown = found[:MOST_SIGNALS]
    figure = new_figure(FRAME_HEIGHT + ROW_HEIGHT * len(shown))
    axes = figure.subplots()
    places = np.arange(len(shown))[::-1]
    axes.barh(places, [one.share for one in shown], color=COLOURS[1])
    axes.set_yticks(places, [readable(one.signal) for one in shown])
    axes.set_xlabel("share of what all trees gained", fontsize=FONT_SIZE)
    plain_axes(axes)
    return Picture(
        file="signals.png",
        title="What the decider decides by",
        png=png(figure),
        shows="The signals by which the decider tells right candidates from wrong ones, as shares"
        f" of what all its trees gained on the fitted pairs; the first {len(shown)} of"
        f" {len(found)}.",
        read="The longer a bar, the more is learnt from that signal. Signals that say nearly the"
        " same share what they gain between them, so a short bar does not mean that its signal"
        " could be left out.",
        act="Look after the data behind the longest bars: model codes and numbers that titles spell"
        " in one way, known queries that are labelled well. Have you identifiers, brands or prices"
        " that do not show here, give them to queries and products alike (user guide, Bring your"
        " own tables).",
    )


def readable(signal: str) -> str:
    """Return a signal's name as words."""
    return signal.replace("_", " ")
