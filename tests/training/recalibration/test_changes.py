from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.calibration.record import Unlabelled
from models.thresholds import Grouping
from tests.small_bundle import small_record
from tests.training.evaluation.example import promise
from training.calibration import Calibrated
from training.recalibration.changes import changes_table, notes

OTHERS = Unlabelled.of(np.array([0.9, 0.8, 0.7, 0.6]), ["phones", "phones", None, None])


def test_each_new_promise_stands_beside_the_old_one() -> None:
    before = [promise(0.85, target=0.9), promise(0.6, target=0.5)]
    now = [promise(0.75, target=0.9), promise(0.9, target=0.8)]
    _, same, new = changes_table(before, now, OTHERS)
    assert same == ["0.90", "90%", "0.8500", "0.7500", "100 of 1,200, 4", "0.250", "0.500"]
    assert new == ["0.80", "90%", "-", "0.9000", "100 of 1,200, 4", "-", "0.250"]


def test_what_cannot_be_promised_any_more_says_what_is_missing() -> None:
    _, row = changes_table([promise(0.85)], [promise(None)], OTHERS)
    assert row[2:] == ["0.8500", "cannot promise (1,234 more labels needed)", "-", "0.250", "0.000"]


def test_groups_automate_by_their_own_thresholds() -> None:
    phones = replace(promise(0.85), group="phones")
    grouped = replace(promise(0.65), grouping=Grouping("category"), groups=(phones,))
    _, row = changes_table([], [grouped], OTHERS)
    assert row[3] == "by group"
    assert row[-1] == "0.500"


def test_notes_are_of_groups_no_match_and_refusals() -> None:
    phones = replace(promise(0.85), group="phones")
    tools = replace(promise(None), group="tools")
    grouped = replace(promise(0.9), grouping=Grouping("category"), groups=(phones, tools))
    made = Calibrated(small_record(60), (grouped, promise(None, target=0.95)), promise(0.2))
    assert notes(made) == [
        "0.90, phones: 0.8500, 100 of 1,200, 4",
        "0.90, tools: not automated (1,234 more labels needed)",
        "no match: said at 0.2000 or less, with precision 0.90 (100 of 1,200, 4)",
        "cannot promise 0.95: a service set to it sends everything to people",
    ]
    silent = replace(made, promises=(promise(0.9),), no_match=promise(None))
    assert notes(silent) == ["no match: not said (1,234 more labels needed)"]
    assert notes(replace(silent, no_match=None)) == []
