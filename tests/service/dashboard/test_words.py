from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.thresholds import Promise
from service.dashboard.words import age, part_in_words, part_title, promise_in_words
from service.database.tables import Decision
from service.promise.reading import SampleCounts
from service.promise.status import Part, PromiseState
from tests.service.dashboard.boards import NOW
from tests.service.promise.promises import promise_of
from tests.small_bundle import small_promise

ALONE = small_promise(0.95, 0.871)
PARTED = promise_of(0.95, 0.871, phones=0.842)


def part(
    certified: Promise = ALONE,
    state: PromiseState = PromiseState.KEPT,
    threshold: float | None = 0.871,
    decision: Decision = Decision.AUTO_ACCEPT,
) -> Part:
    return Part(decision, certified.group, state, certified, threshold, None, SampleCounts())


@pytest.mark.parametrize(
    ("given", "title"),
    [
        (part(ALONE), "All queries"),
        (part(PARTED), "All other queries"),
        (part(PARTED.groups[0]), "phones"),
        (part(ALONE, decision=Decision.NO_MATCH), "No match"),
        (part(PARTED.groups[0], decision=Decision.NO_MATCH), "No match: phones"),
    ],
)
def test_a_promise_is_named_by_its_queries(given: Part, title: str) -> None:
    assert part_title(given) == title


@pytest.mark.parametrize(
    ("state", "threshold", "words"),
    [
        (PromiseState.KEPT, 0.871, "Answered without a person from a probability of 0.871."),
        (
            PromiseState.TIGHTENED,
            0.93,
            "Audits spoke against the certified 0.871. Answered without a person only from a"
            " probability of 0.930, until somebody restores it.",
        ),
        (
            PromiseState.STOPPED,
            None,
            "Audits spoke against the certified 0.871. All of these queries go to people, until"
            " somebody restores it.",
        ),
    ],
)
def test_a_state_is_said_with_what_follows(
    state: PromiseState, threshold: float | None, words: str
) -> None:
    assert part_in_words(part(ALONE, state, threshold), "probability") == words


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (1_045, "The labels do not suffice: it takes 1,045 more at least."),
        (None, "The labels do not suffice."),
    ],
)
def test_no_promise_says_what_it_takes(needed: int | None, words: str) -> None:
    nothing = replace(small_promise(0.95, None), labels_needed=needed)
    said = part_in_words(part(nothing, PromiseState.NOT_PROMISED, None), "score")
    assert said == f"{words} All of these queries go to people."


def test_no_match_is_said_up_to_its_threshold() -> None:
    said = part_in_words(part(threshold=0.12, decision=Decision.NO_MATCH), "score")
    assert said == "Answered without a person up to a score of 0.120."


def test_the_promise_is_a_sentence_with_its_numbers() -> None:
    assert promise_in_words(replace(ALONE, target_precision=0.975)) == (
        "At least 97.5\u00a0% of the answers without a person are right, with 90\u00a0% confidence."
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1, "less than a minute"),
        (0.5, "less than a minute"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (60 * 47, "1 day"),
        (60 * 48, "2 days"),
    ],
)
def test_ages(minutes: float, words: str) -> None:
    assert age(NOW - timedelta(minutes=minutes), NOW) == words
