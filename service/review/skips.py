"""Why people skip tasks."""

from __future__ import annotations

KNOWN_REASONS = ("unclear_text", "not_my_field", "later")
OTHER, NO_REASON = "other", "none"
LABELS = (*KNOWN_REASONS, OTHER, NO_REASON)
"""What skips are counted by; reasons in somebody's own words are all one."""


def label_of(reason: str | None) -> str:
    """Return what a skip for this reason is counted as."""
    if reason is None:
        return NO_REASON
    return reason if reason in KNOWN_REASONS else OTHER
