"""What a watch over a promise of 0.95 does, beside MAPIE's risk monitoring.

    make benchmark-monitoring      (a minute on one core)

1. Deployments of 20,000 answers without drift: in how many is there ever an alarm, and in how many
   is a bound ever on the wrong side of the true precision.
2. Deployments whose precision drops from 0.96 to 0.90: after how many audits the alarm comes.
3. How high the lower bound is when 97 % of the audited answers are right.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer

from benchmarks.monitoring import mapie
from benchmarks.monitoring.worlds import (
    ANSWERS,
    Audits,
    alarms,
    dropping,
    steady,
    too_high,
    too_low,
    uneven,
)
from models.calibration.binomial import share_interval
from models.monitoring.bounds import lower_bound
from models.monitoring.settings import WatchSettings

SETTINGS = WatchSettings(target_precision=0.95)
RISK = 1 - SETTINGS.confidence
IN_TIME = 1_500
ORDERS = 11


def main(
    deployments: Annotated[int, typer.Option(help="Without drift, and with each drop.")] = 1_000,
    beside: Annotated[int, typer.Option(help="Of these also watched by MAPIE.")] = 100,
    seed: int = 0,
) -> None:
    """Simulate and print."""
    random = np.random.default_rng(seed)
    print(f"{deployments:,} deployments of {ANSWERS:,} answers without drift: shares of them\n")
    print(f"{'audited':<22} {'precision':>9} {'alarm':>7} {'lower bound':>12} {'upper bound':>12}")
    for precision in (0.95, 0.96):
        _print_steady("5 %", steady(random, deployments, precision), precision)
    _print_steady("20 % of bad, 2 %", uneven(random, deployments), 0.95)
    print(f"\n{deployments:,} drops from 0.96 to 0.90: audits until the alarm, in time or not\n")
    print(f"{'good audits before':>18} {'too early':>9} {'median':>7} {'90 %':>7} {'in time':>8}")
    for good in (0, 500, 2_000, 10_000):
        audits = dropping(random, deployments, good, IN_TIME)
        _print_delays(good, alarms(audits, SETTINGS.target_precision, SETTINGS.false_alarm))
    print(f"\nMAPIE, {beside} of each\n")
    for good in (0, 500, 2_000):
        drops = dropping(random, beside, good, IN_TIME).wrong
        found = [mapie.alarm(one, SETTINGS.error_rate, SETTINGS.false_alarm) for one in drops]
        _print_delays(good, np.array(found))
    print("\nlower bound where 97 % are right, confidence 0.90\n")
    print(f"{'audits':>7} {'watch':>7} {'MAPIE':>7} {'binomial, one look':>19}")
    for count in (100, 200, 500, 1_000, 2_000):
        _print_bounds(random, count, orders=min(beside, ORDERS))


def _print_steady(name: str, audits: Audits, precision: float) -> None:
    found = alarms(audits, SETTINGS.target_precision, SETTINGS.false_alarm)
    shares = (
        (found <= audits.wrong.shape[1]).mean(),
        too_high(audits, precision, SETTINGS.confidence).mean(),
        too_low(audits, precision, SETTINGS.confidence).mean(),
    )
    alarm, high, low = (f"{share:.3f}" for share in shares)
    print(f"{name:<22} {precision:>9} {alarm:>7} {high:>12} {low:>12}")


def _print_delays(good: int, found: npt.NDArray[np.int64]) -> None:
    early = found <= good
    delays = found[~early] - good
    median, most = np.quantile(delays, (0.5, 0.9), method="higher")
    shown = [f"{one:,}" if one <= IN_TIME else "later" for one in (median, most)]
    in_time = (delays <= IN_TIME).mean()
    print(f"{good:>18,} {early.mean():>9.3f} {shown[0]:>7} {shown[1]:>7} {in_time:>8.3f}")


def _print_bounds(random: np.random.Generator, audits: int, orders: int) -> None:
    right = np.arange(audits) < round(0.97 * audits)
    errors = int(audits - right.sum())
    ours = lower_bound(((0, audits - errors, errors),), SETTINGS.confidence)
    # Theirs depends on the order; ours does not.
    theirs = [_bound_of_mapie(random.permutation(right)) for _ in range(orders)]
    once, _ = share_interval(audits - errors, audits, 1 - 2 * RISK)
    print(f"{audits:>7,} {ours:>7.3f} {np.median(theirs):>7.3f} {once:>19.3f}")


def _bound_of_mapie(right: npt.NDArray[np.bool_]) -> float:
    """Return what it says the share of right answers is at least: "errors" are here right ones."""
    return float(mapie.error_rate_at_least(right, SETTINGS.target_precision, RISK)[-1])


if __name__ == "__main__":
    typer.run(main)
