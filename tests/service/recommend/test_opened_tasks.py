"""What the settings give the tasks that a service opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from service.database.tables import ReviewTaskRow
from tests.service.recommend.conftest import StartService
from tests.service.recommend.decisions import rows
from tests.service.recommend.jobs import UNCERTAIN


@pytest.mark.parametrize(("share", "wanted"), [(0.0, 1), (1.0, 2)])
def test_the_share_of_second_opinions(
    start_service: StartService, engine: Engine, share: float, wanted: int
) -> None:
    start_service(engine, second_opinion_share=share).ask(UNCERTAIN)
    [task] = rows(engine, ReviewTaskRow)
    assert task.opinions_wanted == wanted


@pytest.mark.parametrize(
    ("settings", "lifetime"),
    [({}, None), ({"task_lifetime_days": 1.5}, timedelta(days=1.5))],
)
def test_the_lifetime_of_tasks(
    start_service: StartService,
    engine: Engine,
    settings: dict[str, Any],
    lifetime: timedelta | None,
) -> None:
    start_service(engine, **settings).ask(UNCERTAIN)
    [task] = rows(engine, ReviewTaskRow)
    lives = None if task.expires_at is None else task.expires_at - task.created_at
    assert lives == lifetime
