from __future__ import annotations

from sqlalchemy import Engine

from tests.service.agreement.opinions import say
from tests.service.conftest import FakeClock, Serve
from tests.service.leads import lead

PATH = "/v1/reviews/agreement"


def test_agreement_over_http(serve: Serve, engine: Engine, clock: FakeClock) -> None:
    say(engine, clock, {"ann": "p1", "ben": "p1"}, brand="Bosch")
    say(engine, clock, {"ann": "p1", "ben": "p2"}, brand="Beko")
    with lead(serve, engine, clock) as lea:
        found = lea.get(PATH, params={"attribute": "brand"}).json()
        assert found["overall"]["raw"] == 0.5
        assert found["pairs"][0]["persons"] == ["ann", "ben"]
        assert {one["value"]: one["raw"] for one in found["values"]} == {"Bosch": 1.0, "Beko": 0.0}
        later = lea.get(PATH, params={"since": "2027-01-01T00:00:00Z"}).json()
        assert later["overall"] == {"tasks": 0, "opinions": 0, "raw": None, "alpha": None}
        assert lea.get(PATH, params={"since": "2027-01-01T00:00:00"}).status_code == 422


def test_it_needs_the_scope_admin(serve: Serve, engine: Engine, clock: FakeClock) -> None:
    with lead(serve, engine, clock, "review") as ann:
        assert ann.get(PATH).status_code == 403
