"""What a watch promises, statistically: in deployments whose true precision is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from benchmarks.monitoring import mapie
from benchmarks.monitoring.worlds import (
    Audits,
    alarms,
    dropping,
    equal_audits,
    steady,
    too_high,
    too_low,
    uneven,
)
from models.monitoring.bets import log_growth
from models.monitoring.bounds import ODDS, lower_bound, mixed, upper_bound
from models.monitoring.settings import WatchSettings

SETTINGS = WatchSettings(target_precision=0.95)
DEPLOYMENTS = 1_000
IN_TIME = 1_500


def watched_alarms(audits: Audits) -> npt.NDArray[np.int64]:
    return alarms(audits, SETTINGS.target_precision, SETTINGS.false_alarm)


def false_alarms(audits: Audits) -> int:
    return int((watched_alarms(audits) <= audits.wrong.shape[1]).sum())


def most(share: float, deployments: int = DEPLOYMENTS) -> float:
    """Return how many are within the binomial limit of the stated share."""
    return float(stats.binom.ppf(0.999, deployments, share))


@pytest.fixture(scope="module")
def at_the_target() -> Audits:
    return steady(np.random.default_rng(1), DEPLOYMENTS, 0.95)


@pytest.fixture(scope="module")
def above_the_target() -> Audits:
    return steady(np.random.default_rng(2), DEPLOYMENTS, 0.96)


@pytest.fixture(scope="module")
def of_uneven_chances() -> Audits:
    return uneven(np.random.default_rng(3), DEPLOYMENTS)


def test_without_drift_few_deployments_ever_have_an_alarm(
    at_the_target: Audits, above_the_target: Audits
) -> None:
    """The hardest promise that is still kept, over 20,000 answers, of which 5 % are audited."""
    assert at_the_target.wrong.shape[1] > 1_000
    assert false_alarms(at_the_target) <= most(SETTINGS.false_alarm)
    assert false_alarms(above_the_target) <= 10


def test_nor_where_bad_answers_are_audited_more_often(of_uneven_chances: Audits) -> None:
    """But for the weights, nearly all would."""
    assert false_alarms(of_uneven_chances) <= most(SETTINGS.false_alarm)
    assert false_alarms(equal_audits(of_uneven_chances.wrong)) > 0.9 * DEPLOYMENTS


@pytest.mark.parametrize("good", [0, 500, 2_000])
def test_the_alarm_comes_soon_after_a_drop_however_long_all_was_well(good: int) -> None:
    found = watched_alarms(dropping(np.random.default_rng(good), 300, good, IN_TIME))
    early, late = found <= good, found > good + IN_TIME
    assert early.sum() <= most(SETTINGS.false_alarm, 300)
    assert late.sum() <= 0.1 * 300
    assert np.quantile(found - good, 0.9) < 900


def test_an_alarm_needs_no_drop_where_the_promise_was_never_true() -> None:
    found = watched_alarms(steady(np.random.default_rng(4), 200, 0.92))
    assert (found <= 1_000).mean() > 0.7


@pytest.mark.parametrize("precision", [0.80, 0.95, 0.99])
def test_bounds_are_on_their_side_of_the_precision_at_all_times(precision: float) -> None:
    audits = steady(np.random.default_rng(5), 400, precision)
    allowed = most(1 - SETTINGS.confidence, 400)
    assert too_high(audits, precision, SETTINGS.confidence).sum() <= allowed
    assert too_low(audits, precision, SETTINGS.confidence).sum() <= allowed


def test_so_they_are_of_all_answers_where_bad_ones_are_audited_more_often(
    of_uneven_chances: Audits,
) -> None:
    allowed = most(1 - SETTINGS.confidence)
    assert too_high(of_uneven_chances, 0.95, SETTINGS.confidence).sum() <= allowed
    assert too_low(of_uneven_chances, 0.95, SETTINGS.confidence).sum() <= allowed
    unweighted = equal_audits(of_uneven_chances.wrong)
    assert too_low(unweighted, 0.95, SETTINGS.confidence).sum() > allowed


def test_the_simulation_would_catch_bounds_of_a_single_look(at_the_target: Audits) -> None:
    """Exact binomial bounds, looked at after every audit, are wrong far too often."""
    errors, audits = at_the_target.wrong[:200, :1_000].cumsum(axis=1), np.arange(1, 1_001)
    above = np.asarray(stats.binom.cdf(errors, audits, 0.05) < 1 - SETTINGS.confidence)
    assert above.any(axis=1).sum() > most(1 - SETTINGS.confidence, 200)


def test_with_one_chance_for_all_they_bound_the_average_precision_of_a_changing_one() -> None:
    random = np.random.default_rng(6)
    precision = np.where(np.arange(1_000) < 400, 0.99, 0.88)
    wrong = random.random((400, 1_000)) >= precision
    errors, audits = wrong.cumsum(axis=1), np.arange(1, 1_001)
    for mirrored in (False, True):  # the lower bound, then the upper one
        bad = audits - errors if mirrored else errors
        share = (precision if mirrored else 1 - precision).cumsum() / audits
        for_bad, for_good = (log_growth(ODDS, share[:, None], 1, one) for one in (1, 0))
        won = bad[..., None] * for_bad + (audits - bad)[..., None] * for_good
        excluded = (mixed(won) >= -np.log(1 - SETTINGS.confidence)).any(axis=1)
        assert excluded.sum() <= most(1 - SETTINGS.confidence, 400)


@pytest.mark.parametrize("errors", [0, 10, 30, 100])
def test_mapie_bounds_the_error_rate_on_the_same_side_and_less_tightly(errors: int) -> None:
    wrong = np.random.default_rng(errors).permutation(np.arange(1_000) < errors)
    theirs = mapie.error_rate_at_least(wrong, 0.05, 1 - SETTINGS.confidence)[-1]
    ours = 1 - upper_bound(((0, 1_000 - errors, errors),), SETTINGS.confidence)
    assert theirs - 0.002 <= ours <= errors / 1_000
    theirs = mapie.error_rate_at_least(~wrong, 0.05, 1 - SETTINGS.confidence)[-1]
    ours = lower_bound(((0, 1_000 - errors, errors),), SETTINGS.confidence)
    assert theirs - 0.002 <= ours <= 1 - errors / 1_000


def test_where_mapie_alarms_so_do_we_and_sooner() -> None:
    drops = dropping(np.random.default_rng(7), 8, 500, IN_TIME)
    ours = watched_alarms(drops)
    theirs = [
        mapie.alarm(wrong, SETTINGS.error_rate, SETTINGS.false_alarm) for wrong in drops.wrong
    ]
    assert (ours <= theirs).all()
    assert (ours < theirs).sum() >= 6


def test_where_mapie_keeps_still_so_do_we() -> None:
    good = dropping(np.random.default_rng(8), 8, IN_TIME, 0)
    theirs = [mapie.alarm(wrong, SETTINGS.error_rate, SETTINGS.false_alarm) for wrong in good.wrong]
    assert min(theirs) > IN_TIME
    assert false_alarms(good) == 0
