from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.errors import DataError
from models.index.base import Neighbours
from models.thresholds import Grouping, Promise
from tests.training.evaluation.example import FOUND, promise
from training.evaluation.kept import Verdict, groups_table, kept_table, verdict
from training.evaluation.promised import Evidence, calibrated, evidence, unmeasured
from training.evaluation.table import evidence_cell, threshold_cell

# Best scores 0.9, 0.8, 0.7, 0.8; the first two are right, the last has no answer.
CORRECT = np.array([[True, False, False], [True, False, True], [False] * 3, [False] * 3])
ANSWERABLE = np.array([True, True, True, False])
GROUPS = ("phones", "phones", "tools", None)


def by_category(remainder: float | None, **thresholds: float | None) -> Promise:
    groups = tuple(
        replace(promise(threshold), group=name, calibration_labels=300, accepted=50, errors=1)
        for name, threshold in thresholds.items()
    )
    return replace(promise(remainder), grouping=Grouping("category"), groups=groups)


def test_each_query_is_measured_against_the_threshold_of_its_group() -> None:
    """Phones at 0.85: one, right. Tools at 0.6: one, wrong. The rest at 0.9: none."""
    done = calibrated(by_category(0.9, phones=0.85, tools=0.6), FOUND, CORRECT, ANSWERABLE, GROUPS)
    assert (done.measured.accepted, done.measured.errors) == (2, 1)
    assert [(one.promise.group, one.measured.accepted) for one in done.groups] == [
        ("phones", 1),
        ("tools", 1),
        (None, 0),
    ]
    phones, tools, others = (one.measured for one in done.groups)
    assert (phones.automation_coverage, phones.precision) == (0.5, 1.0)
    assert (tools.automation_coverage, tools.precision) == (1.0, 0.0)
    assert (others.automation_coverage, others.precision) == (0.0, None)


def test_groups_without_a_promise_of_their_own_are_all_others() -> None:
    done = calibrated(by_category(0.7, phones=None), FOUND, CORRECT, ANSWERABLE, GROUPS)
    phones, others = done.groups
    assert (phones.measured.accepted, others.measured.accepted) == (0, 2)
    assert (others.promise.group, others.promise.grouping) == (None, None)
    assert others.measured.unanswerable == 1


def test_a_promise_for_all_has_no_groups() -> None:
    done = calibrated(promise(0.8), FOUND, CORRECT, ANSWERABLE, GROUPS)
    assert done.groups == ()
    assert done.measured.accepted == 3


def test_several_products_per_query_are_accepted_where_they_are_promised() -> None:
    several = replace(promise(0.7), products_per_query=2)
    done = calibrated(several, FOUND, CORRECT, ANSWERABLE)
    # 0.9 alone, right; 0.8 and 0.7, the second wrong; 0.7 and 0.8 alone, wrong.
    assert (done.measured.accepted, done.measured.errors) == (4, 2.5)


def test_a_group_that_nothing_was_asked_of_is_shown_with_nothing() -> None:
    done = calibrated(by_category(None, cameras=0.5), FOUND, CORRECT, ANSWERABLE, GROUPS)
    assert done.groups[0].measured.automation_coverage == 0


def test_evidence_is_that_of_all_groups_that_accept() -> None:
    """Group 'tools' was refused: its labels were looked at, and none is accepted."""
    found = by_category(0.9, phones=0.85, tools=None)
    assert evidence(found) == Evidence(labels=1200 + 300 + 300, accepted=100 + 50, errors=4 + 1)
    assert evidence_cell(found) == "150 of 1,800, 5"
    assert threshold_cell(found) == "by group"
    assert threshold_cell(promise(0.85)) == "0.8500"


def test_a_group_alone_is_a_promise() -> None:
    done = calibrated(by_category(None, phones=0.85), FOUND, CORRECT, ANSWERABLE, GROUPS)
    assert done.automates
    assert verdict(done) is Verdict.KEPT
    nothing = calibrated(by_category(None, phones=None), FOUND, CORRECT, ANSWERABLE, GROUPS)
    assert not nothing.automates
    assert verdict(nothing) is Verdict.NOTHING_PROMISED


def test_the_table_of_groups_ends_with_all_others() -> None:
    done = calibrated(by_category(0.9, phones=0.85), FOUND, CORRECT, ANSWERABLE, GROUPS)
    header, phones, others = groups_table(done)
    assert header[0] == "group, promised 0.90"
    assert phones[:3] == ["phones", "0.8500", "50 of 300, 1"]
    assert phones[4:5] == ["1, 0"]
    assert others[:2] == ["all others", "0.9000"]
    assert others[-1] == "nothing accepted"
    assert kept_table([done])[1][1] == "by group"


def test_what_cannot_be_measured_is_told_as_such() -> None:
    done = unmeasured(by_category(0.9, phones=0.85))
    assert verdict(done) is Verdict.NOT_MEASURED
    assert [one.promise.group for one in done.groups] == ["phones", None]
    assert kept_table([done])[1][2:] == ["-", "-", "-", "not measured"]
    assert groups_table(done)[1][3:] == ["-", "-", "-", "not measured"]
    assert verdict(unmeasured(promise(None))) is Verdict.NOTHING_PROMISED
    with pytest.raises(DataError, match="could not be read"):
        assert done.measured


def test_what_was_not_found_is_never_accepted() -> None:
    nothing = Neighbours(np.full((1, 2), -np.inf, np.float32), np.full((1, 2), -1))
    none = np.zeros((1, 2), np.bool_)
    assert calibrated(promise(-1.0), nothing, none, none[:, 0]).measured.accepted == 0
