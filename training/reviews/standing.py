"""Which labels stand: what was taken back, overruled or only thought aloud teaches nothing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from training.reviews.export import Said
from training.reviews.label import Label, ReviewLabel, drawn_for
from training.reviews.tally import LeftOut, Tally


def standing(said: Sequence[Said], tally: Tally) -> list[Label]:
    """Return the labels that are final and current, of each the last row that tells of it.

    Exports may overlap, and a later one may say that an earlier verdict was taken back.
    """
    last = {one.id: one for one in said}
    superseded = {one.supersedes for one in said} - {""}
    labels = []
    for one in said:
        reason = _fault(one, superseded) if last[one.id] is one else LeftOut.READ_AGAIN
        if reason is None:
            labels.append(one.label)
        else:
            tally.leave_out(one.label.place, reason)
    return labels


def _fault(said: Said, superseded: set[str]) -> LeftOut | None:
    if said.answer == "withdrawn":
        return LeftOut.WITHDRAWN
    if not said.current or said.id in superseded:
        return LeftOut.SUPERSEDED
    if said.answer == "unsure":
        return LeftOut.UNSURE
    return None if said.final else LeftOut.NOT_FINAL


def drawn_texts(said: Iterable[Said]) -> frozenset[str]:
    """Return the texts that were drawn at random, answered for good or not."""
    return frozenset(one.label.text for one in said if drawn_for(one.label))


def of_reviews(labels: Sequence[Label], drawn: Container[str], tally: Tally) -> list[ReviewLabel]:
    """Return those of the stream review alone, one of each query: the last.

    A text that was drawn at random, whoever asked it, is left to what is promised: a model that had
    learnt it could no longer be certified or audited on it.
    """
    last = {(label.text, label.source): label for label in labels}
    found = []
    for label in labels:
        if streams := drawn_for(label):
            tally.refuse(label.place, streams)
        elif label.text in drawn:
            tally.leave_out(label.place, LeftOut.DRAWN_TOO)
        elif last[label.text, label.source] is not label:
            tally.leave_out(label.place, LeftOut.ANSWERED_ANEW)
        else:
            found.append(ReviewLabel(label))
    return found
