from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import URL, Engine

from models.bundle.publish import publish
from service.app import create_app
from service.database.engine import open_engine
from service.settings import Settings
from tests.service.conftest import Serve
from tests.small_bundle import CREATED_AT, small_contents


def _app(bundles_dir: Path, engine: Engine) -> FastAPI:
    publish(bundles_dir, small_contents(), created_at=CREATED_AT)
    app = create_app(Settings(bundles_dir=bundles_dir), engine)
    app.state.service.bundles.load()
    return app


def test_a_service_with_bundle_and_database_is_ready(
    serve: Serve, client: httpx2.Client, engine: Engine, tmp_path: Path
) -> None:
    url = serve(_app(tmp_path, engine))
    assert client.get(f"{url}/readyz").json() == {"status": "ready"}


def test_without_a_bundle_it_is_not(serve: Serve, client: httpx2.Client, engine: Engine) -> None:
    url = serve(create_app(Settings(), engine))
    response = client.get(f"{url}/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "not_ready")
    assert [error["code"] for error in response.json()["errors"]] == ["no_bundle"]


def test_without_its_database_it_is_alive_but_not_ready(
    serve: Serve,
    client: httpx2.Client,
    tmp_path: Path,
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    url = serve(_app(tmp_path, engine))
    assert client.get(f"{url}/readyz").status_code == 200
    stop()
    response = client.get(f"{url}/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "not_ready")
    assert [error["code"] for error in response.json()["errors"]] == ["database_unavailable"]
    assert client.get(f"{url}/livez").status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/healthz"])
def test_being_alive_needs_nothing(
    serve: Serve, client: httpx2.Client, engine: Engine, path: str
) -> None:
    url = serve(create_app(Settings(), engine))
    assert client.get(url + path).json() == {"status": "alive"}


def test_a_database_that_is_silent_counts_as_away(serve: Serve, client: httpx2.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        database = URL.create("postgresql+psycopg", host="127.0.0.1", port=port)
        engine = open_engine(database, pool_size=1, timeout_seconds=1)
        url = serve(create_app(Settings(), engine))
        failed = [error["code"] for error in client.get(f"{url}/readyz").json()["errors"]]
        assert failed == ["no_bundle", "database_unavailable"]
        engine.dispose()
