from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.service.conftest import FakeClock
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import ORDINARY, STRICTER, bundle_of
from tests.service.recommend.conftest import service, start_service

__all__ = ["service", "start_service"]


@pytest.fixture
def deployment(engine: Engine, clock: FakeClock) -> Deployment:
    return Deployment(engine, clock, bundle_of(ORDINARY, STRICTER))
