from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_sign_in_link
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.dashboard.boards import NOW, bundle_in

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def url(shared_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory: Path = tmp_path_factory.mktemp("served")
    bundle_in(directory)
    app = create_app(Settings(bundles_dir=directory / "bundles"), shared_engine, FakeClock(NOW))
    app.state.service.bundles.load()
    with running(app) as url:
        yield url


@pytest.fixture
def nobody(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url) as client:
        yield client


def sign_in(engine: Engine, client: httpx2.Client, scope: str = "review") -> httpx2.Client:
    link = create_sign_in_link(engine, FakeClock(NOW), "ann & co", [scope], HOUR, by="test")
    assert client.post(f"/sign-in/{link}").status_code == 303
    return client


def test_who_is_not_signed_in_signs_in_and_comes_back(
    engine: Engine, nobody: httpx2.Client
) -> None:
    response = nobody.get("/dashboard")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/sign-in?next=/dashboard")


@pytest.mark.parametrize(("scope", "status"), [("review", 200), ("admin", 200), ("recommend", 403)])
def test_who_may_read_it(engine: Engine, nobody: httpx2.Client, scope: str, status: int) -> None:
    assert sign_in(engine, nobody, scope).get("/dashboard").status_code == status


def test_nothing_foreign_and_no_script_is_on_the_page(
    engine: Engine, nobody: httpx2.Client
) -> None:
    response = sign_in(engine, nobody).get("/dashboard")
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "ann &amp; co" in response.text
    for forbidden in ("<script", "<style", " style=", "http:", "https:"):
        assert forbidden not in response.text
    files = re.findall(r'(?:src|href)="(/static[^"]+)"', response.text)
    assert len(files) == 3
    assert {nobody.get(file).status_code for file in files} == {200}


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_period_can_be_chosen(engine: Engine, nobody: httpx2.Client, period: str) -> None:
    page = sign_in(engine, nobody).get("/dashboard", params={"period": period}).text
    assert f'href="/dashboard?period={period}" aria-current="page"' in page
    assert page.count("aria-current") == 1


def test_an_unknown_period_is_refused(engine: Engine, nobody: httpx2.Client) -> None:
    response = sign_in(engine, nobody).get("/dashboard", params={"period": "century"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "period"


def test_the_review_page_leads_to_it_and_it_leads_back(
    engine: Engine, nobody: httpx2.Client
) -> None:
    ann = sign_in(engine, nobody)
    assert 'href="/dashboard"' in ann.get("/review").text
    assert 'href="/review"' in ann.get("/dashboard").text
