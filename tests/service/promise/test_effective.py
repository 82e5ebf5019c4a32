from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from models.bundle.bundle import Bundle
from models.errors import BundleError
from service.database.engine import transaction
from service.database.tables import Decision
from service.promise.certified import Certified
from service.promise.effective import Effective, read_effective, stricter, thresholds_of
from tests.service.conftest import FakeClock
from tests.service.promise.promises import (
    FRIDGES,
    ORDINARY,
    PHONES,
    STRICT,
    STRICTER,
    TARGET,
    add_override,
    add_proposal,
    bundle_of,
    promise_of,
)
from tests.small_bundle import small_promise

BUNDLE = bundle_of(ORDINARY, STRICTER)


def effective(engine: Engine, bundle: Bundle = BUNDLE, target: float = TARGET) -> Effective:
    with transaction(engine) as connection:
        return read_effective(connection, bundle, target)


def test_where_nothing_happened_the_bundle_s_own_promise_is_in_force(engine: Engine) -> None:
    found = effective(engine)
    assert found.promise == ORDINARY
    assert (found.no_match, found.tightened, found.proposal_id) == (None, frozenset(), None)
    assert effective(engine, target=STRICT).promise == STRICTER


def test_an_unknown_target_is_an_error(engine: Engine) -> None:
    with pytest.raises(BundleError, match=r"no promise for a target precision of 0\.5"):
        effective(engine, target=0.5)


def test_an_override_raises_the_threshold_of_its_group_alone(
    engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, 0.85)
    found = effective(engine)
    assert thresholds_of(found.promise) == {None: 0.8, PHONES: 0.85, FRIDGES: 0.75}
    assert found.tightened == {(Decision.AUTO_ACCEPT, PHONES)}
    assert found.certified.promise == ORDINARY


def test_an_override_of_all_other_queries_leaves_the_groups_alone(
    engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, "", None)
    found = effective(engine)
    assert thresholds_of(found.promise) == {None: None, PHONES: 0.7, FRIDGES: 0.75}
    assert found.tightened == {(Decision.AUTO_ACCEPT, None)}


@pytest.mark.parametrize(
    ("heights", "expected"),
    [((0.9, 0.85), 0.9), ((0.85, 0.9), 0.9), ((0.9, None), None), ((None, 0.9), None)],
)
def test_of_several_overrides_the_strictest_holds(
    engine: Engine, clock: FakeClock, heights: tuple[float | None, ...], expected: float | None
) -> None:
    for height in heights:
        clock.advance(1)
        add_override(engine, clock, PHONES, height)
    assert effective(engine).promise.for_group(PHONES).threshold == expected


def test_no_override_makes_a_threshold_looser_than_certified(
    engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, 0.2)
    add_override(engine, clock, "", 0.8)
    found = effective(engine)
    assert found.promise == ORDINARY
    assert found.tightened == frozenset()


def test_no_override_automates_what_was_never_certified(engine: Engine, clock: FakeClock) -> None:
    add_override(engine, clock, FRIDGES, 0.99)
    found = effective(engine, target=STRICT)
    assert found.promise.for_group(FRIDGES).threshold is None
    assert found.tightened == frozenset()


def test_lifted_overrides_and_those_of_other_bundles_and_unknown_groups_do_not_count(
    engine: Engine, clock: FakeClock
) -> None:
    add_override(engine, clock, PHONES, None, lifted=True)
    add_override(engine, clock, PHONES, None, bundle_id="another")
    add_override(engine, clock, "televisions", None)
    assert effective(engine).promise == ORDINARY


def test_an_override_holds_for_every_target_of_its_bundle(engine: Engine, clock: FakeClock) -> None:
    add_override(engine, clock, "", 0.95)
    assert effective(engine).promise.threshold == 0.95
    assert effective(engine, target=STRICT).promise.threshold == 0.95


def test_the_newest_activated_proposal_takes_the_place_of_the_bundle_s_promise(
    engine: Engine, clock: FakeClock
) -> None:
    first, second = promise_of(TARGET, 0.6), promise_of(TARGET, 0.65, phones=0.5)
    add_proposal(engine, clock, Certified(first))
    assert effective(engine).promise == first
    clock.advance(1)
    proposal_id = add_proposal(engine, clock, Certified(second))
    clock.advance(1)
    add_proposal(engine, clock, Certified(promise_of(TARGET, 0.1)), activated=False)
    add_proposal(engine, clock, Certified(promise_of(TARGET, 0.2)), bundle_id="another")
    add_proposal(engine, clock, Certified(promise_of(0.9, 0.3)))
    found = effective(engine)
    assert (found.promise, found.proposal_id) == (second, proposal_id)
    assert effective(engine, target=STRICT).promise == STRICTER


def test_overrides_make_a_proposal_stricter_too(engine: Engine, clock: FakeClock) -> None:
    add_proposal(engine, clock, Certified(promise_of(TARGET, 0.6, phones=0.5)))
    add_override(engine, clock, PHONES, 0.55)
    assert thresholds_of(effective(engine).promise) == {None: 0.6, PHONES: 0.55}


def test_no_match_has_overrides_of_its_own_and_is_stricter_the_lower(
    engine: Engine, clock: FakeClock
) -> None:
    certified = Certified(promise_of(TARGET, 0.6), small_promise(TARGET, 0.3))
    add_proposal(engine, clock, certified)
    add_override(engine, clock, "", 0.4, decision=Decision.NO_MATCH)
    assert effective(engine).no_match == certified.no_match
    add_override(engine, clock, "", 0.2, decision=Decision.NO_MATCH)
    found = effective(engine)
    assert (found.promise.threshold, found.no_match) == (0.6, small_threshold(certified, 0.2))
    assert found.tightened == {(Decision.NO_MATCH, None)}
    add_override(engine, clock, "", None, decision=Decision.NO_MATCH)
    assert effective(engine).no_match == small_threshold(certified, None)


def small_threshold(certified: Certified, threshold: float | None) -> object:
    assert certified.no_match is not None
    return replace(certified.no_match, threshold=threshold)


def test_reading_takes_one_statement_and_what_was_read_before_is_not_made_again(
    engine: Engine, clock: FakeClock
) -> None:
    add_proposal(engine, clock, Certified(promise_of(TARGET, 0.6, phones=0.5)))
    add_override(engine, clock, PHONES, 0.55)
    first = effective(engine)
    statements: list[str] = []

    def count(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", count)
    again = effective(engine)
    event.remove(engine, "before_cursor_execute", count)
    assert again is first
    assert len(statements) == 1


def test_the_stricter_of_two_thresholds_depends_on_the_side() -> None:
    assert stricter(Decision.AUTO_ACCEPT, 0.7, 0.8) == 0.8
    assert stricter(Decision.NO_MATCH, 0.2, 0.3) == 0.2
    assert stricter(Decision.NO_MATCH, 0.2, None) is None
