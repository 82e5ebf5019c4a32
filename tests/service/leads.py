"""A served queue, and whoever leads the team that works it."""

from __future__ import annotations

import httpx2
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from tests.service.conftest import FakeClock, Serve
from tests.service.review.queues import CATALOGUE


def lead(serve: Serve, engine: Engine, clock: FakeClock, scope: str = "admin") -> httpx2.Client:
    """Return what lea's program sends; her key has this scope."""
    app = create_app(Settings(), engine, clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    key = ApiKey.random()
    create_key(engine, clock, key, "lea", [scope], by="test")
    return httpx2.Client(
        base_url=serve(app), headers={"Authorization": f"Bearer {key}"}, timeout=10
    )
