"""A running service with a small real bundle and a key for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from models.bundle.bundle import BundleContents
from models.bundle.publish import publish
from models.thresholds import Promise
from service.access import service as access
from service.access.tokens import ApiKey
from service.app import create_app
from service.clock import database_clock
from service.settings import Settings
from tests.service.conftest import Serve
from tests.small_bundle import CREATED_AT, small_contents, small_promise


@dataclass(frozen=True)
class Service:
    """A running service and a caller of it."""

    app: FastAPI
    url: str
    client: httpx2.Client
    headers: dict[str, str]
    path: str = field(default="/v1/recommendations")

    def post(self, body: Any = None, **options: Any) -> httpx2.Response:
        if body is not None:
            options["json"] = body
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.post(self.url + self.path, headers=headers, **options)

    def ask(self, *texts: str, **fields: Any) -> dict[str, Any]:
        response = self.post({"queries": [{"text": text} for text in texts], **fields})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


StartService = Callable[..., Service]


def create_key(engine: Engine, name: str = "shop", scope: str = "recommend") -> str:
    key = ApiKey.random()
    access.create_key(engine, database_clock, key, name, [scope], by="test")
    return str(key)


@pytest.fixture
def start_service(serve: Serve, tmp_path: Path) -> Iterator[StartService]:
    """Start services, which draw no samples unless told to; each has its own client."""
    with httpx2.Client(timeout=20) as client:

        def start(
            engine: Engine,
            promise: Promise | None = None,
            contents: BundleContents | None = None,
            **settings: Any,
        ) -> Service:
            promises = (promise or small_promise(),)
            bundles_dir = tmp_path / "bundles"
            contents = replace(contents or small_contents(), promises=promises)
            publish(bundles_dir, contents, created_at=CREATED_AT)
            given = {"audit_share": 0.0, **settings}
            app = create_app(Settings(bundles_dir=bundles_dir, **given), engine)
            app.state.service.bundles.load()
            headers = {"Authorization": f"Bearer {create_key(engine)}"}
            return Service(app, serve(app), client, headers)

        yield start


@pytest.fixture
def service(start_service: StartService, engine: Engine) -> Service:
    return start_service(engine)
