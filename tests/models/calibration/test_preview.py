from __future__ import annotations

import numpy as np
import pytest

from models.calibration.binomial import share_interval
from models.calibration.calibrator import certify
from models.calibration.preview import preview
from models.calibration.settings import GroupSettings
from models.calibration.target import Target
from models.errors import ConfigurationError
from models.thresholds import accepted
from tests.small_bundle import small_record

TARGET = Target(0.85, 0.9)
GROUPED = small_record(2000, groups=GroupSettings())


def test_a_preview_is_the_promise_that_would_be_made_and_what_it_would_automate() -> None:
    record = small_record(1000)
    found = preview(record, TARGET)
    assert found.promise == certify(record.labels, record.unlabelled, TARGET, record.settings, "")
    within = accepted(record.unlabelled.scores[:, np.newaxis], found.promise)
    assert 0 < found.accepted == within.sum() < found.queries == 2000
    assert found.automation_coverage == found.accepted / 2000
    assert found.interval == share_interval(found.accepted, 2000, 0.95)


def test_a_higher_target_or_confidence_automates_less() -> None:
    record = small_record(2000)
    loose = preview(record, Target(0.85, 0.9)).automation_coverage
    assert preview(record, Target(0.9, 0.9)).automation_coverage < loose
    assert preview(record, Target(0.85, 0.999)).automation_coverage < loose


def test_what_cannot_be_promised_automates_nothing() -> None:
    found = preview(small_record(100), Target(0.999, 0.9))
    assert found.promise.threshold is None
    assert (found.accepted, found.automation_coverage) == (0, 0.0)
    assert found.promise.labels_needed is not None


def test_a_group_has_its_own_promise_and_its_own_queries() -> None:
    everything, phones = preview(GROUPED, TARGET), preview(GROUPED, TARGET, "phones")
    assert phones.promise == everything.promise.for_group("phones")
    assert phones.promise.group == "phones"
    assert (everything.queries, phones.queries) == (4000, 2000)
    cameras = preview(GROUPED, TARGET, "cameras")
    assert phones.accepted + cameras.accepted == everything.accepted


def test_a_group_without_a_threshold_of_its_own_has_that_of_all_others() -> None:
    record = small_record(2000, groups=GroupSettings(fewest_multiple=1000))
    found = preview(record, TARGET, "phones")
    assert found.promise.group is None
    assert found.promise.threshold is not None
    assert found.queries == 2000


def test_an_unknown_group_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError, match="'lamps'; it has cameras, phones"):
        preview(GROUPED, TARGET, "lamps")
    with pytest.raises(ConfigurationError, match="one threshold for all queries"):
        preview(small_record(), TARGET, "phones")


@pytest.mark.parametrize("value", [0.0, 1.0, 95.0])
def test_certainty_cannot_be_tried(value: float) -> None:
    with pytest.raises(ConfigurationError, match="target precision must be between 0 and 1"):
        preview(GROUPED, Target(value, 0.9))
    with pytest.raises(ConfigurationError, match="target confidence must be between 0 and 1"):
        preview(GROUPED, Target(0.9, value))
