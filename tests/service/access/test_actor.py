from __future__ import annotations

import pytest

from service.access.actor import Actor, Scope, known_scopes


@pytest.mark.parametrize(
    ("held", "may"),
    [
        ({"recommend"}, {Scope.RECOMMEND}),
        ({"review"}, {Scope.REVIEW}),
        ({"admin"}, set(Scope)),
        (set(), set()),
    ],
)
def test_admin_may_everything_and_others_what_they_hold(held: set[str], may: set[Scope]) -> None:
    actor = Actor("ann", frozenset(held), "key")
    assert {scope for scope in Scope if actor.may(scope)} == may


def test_scopes_are_checked_and_ordered() -> None:
    assert known_scopes(["review", "admin", "review"]) == ["admin", "review"]
    with pytest.raises(ValueError, match="everything"):
        known_scopes(["everything"])
