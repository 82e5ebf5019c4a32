"""A team at work: answers of two weeks, disagreements, and a queue that waits."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from service.teams.service import Teams
from tests.service.agreement.opinions import NONE, UNSURE, answer, say
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask

DAY = 86_400
TEXTS = (
    "bosch kgn39vleb kühl-gefrier-kombi",
    "BOSCH Serie 4 KGN39 silver 203cm fridge freezer",
    "kgn 39 vleb bosch inox look",
    "Bosch fridge 203 x 60 no frost A++",
)
WORKED = ("fridge door seal", "bosch kgn39vleb", "magnet set", "bosch fridge freezer 203 cm")


def team_at_work(engine: Engine, clock: FakeClock) -> None:
    """Leave four tasks whose best candidate was accepted before, and two to adjudicate."""
    Teams(engine, clock).put("fridges", ["ann", "ben"], by="lea")
    start = clock.now
    clock.now = start - timedelta(days=9)
    for day in range(8):
        for place in range(4):
            ben = "p2" if place == 3 and day % 2 else "p1" if place % 2 else NONE
            ann = "p1" if place % 2 else NONE
            text = f"{WORKED[place]} #{1000 + 4 * day + place}"
            say(engine, clock, {"ann": ann, "ben": ben}, text=text, seconds=6 + place + day)
            if ann != ben:
                answer(engine, clock, "eve", "p1", 21)
        clock.advance(DAY - 400)
    ask(engine, clock, "samsung rb38 203")
    answer(engine, clock, "ann", UNSURE, 40)
    answer(engine, clock, "ben", "p3", 31)
    say(engine, clock, {"ann": "p1", "ben": "p2"}, text="bosch kgn fridge 60 cm", seconds=12)
    clock.now = start - timedelta(hours=30)
    ask(engine, clock, "gift card 25 EUR", source="vouchers")
    clock.now = start - timedelta(hours=3)
    ask(engine, clock, *TEXTS)
    clock.now = start
