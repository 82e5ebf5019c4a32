from __future__ import annotations

from sqlalchemy import Engine

from tests.service.agreement.opinions import answer
from tests.service.conftest import FakeClock, Serve
from tests.service.leads import lead
from tests.service.review.queues import ask

PATH = "/v1/reviews/throughput"


def test_throughput_over_http(serve: Serve, engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "one", "two", "three")
    answer(engine, clock, "ann", "p1", 18)
    with lead(serve, engine, clock) as lea:
        found = lea.get(PATH).json()
        (day,) = found["days"]
        assert (day["person"], day["day"], day["median_seconds"]) == ("ann", "2026-01-01", 18)
        assert found["persons"][0]["verdicts"] == 1
        assert (found["waiting"], found["hours_left"]) == (2, 0.01)
        later = lea.get(PATH, params={"since": "2027-01-01T00:00:00Z"}).json()
        assert (later["days"], later["hours_left"]) == ([], None)


def test_it_needs_the_scope_admin(serve: Serve, engine: Engine, clock: FakeClock) -> None:
    with lead(serve, engine, clock, "review") as ann:
        assert ann.get(PATH).status_code == 403
