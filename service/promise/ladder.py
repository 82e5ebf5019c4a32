"""Where a threshold goes when its promise breaks: one step up, to what was certified beyond it."""

from __future__ import annotations

from models.bundle.bundle import Bundle
from service.database.tables import Decision
from service.promise.effective import group_of
from service.promise.watches import Subject


def next_stricter(bundle: Bundle, subject: Subject, threshold: float) -> float | None:
    """Return the nearest stricter threshold that the bundle certified for these queries.

    It has one for each higher target that it promises; a group without one of its own shares that
    of all other queries. None: there is no stricter one, so that nothing may be automated. So it is
    always with "no match", of which a bundle has one promise.
    """
    if subject.decision is Decision.NO_MATCH:
        return None
    group = group_of(subject.group_name)
    higher = (
        promise.for_group(group).threshold
        for promise in bundle.promises
        if promise.target_precision > subject.target_precision
    )
    return min((one for one in higher if one is not None and one > threshold), default=None)
