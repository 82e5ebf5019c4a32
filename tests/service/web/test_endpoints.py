from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_sign_in_link
from service.access.tokens import csrf_token
from service.app import create_app
from service.settings import Settings
from service.web.endpoints import PAGE_LEASE_SECONDS, lease_seconds
from tests.service.conftest import FakeClock, running

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def url(shared_engine: Engine) -> Iterator[str]:
    with running(create_app(Settings(), shared_engine, FakeClock())) as url:
        yield url


@pytest.fixture
def nobody(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url) as client:
        yield client


@pytest.fixture
def ann(engine: Engine, nobody: httpx2.Client) -> httpx2.Client:
    return _sign_in(engine, nobody, "ann & co", "review")


def test_the_first_page_leads_to_the_work_or_to_the_documentation(
    engine: Engine, nobody: httpx2.Client
) -> None:
    assert nobody.get("/").headers["location"] == "/docs"
    ann = _sign_in(engine, nobody, "ann", "review")
    assert ann.get("/").headers["location"] == "/review"


def test_who_is_not_signed_in_signs_in_and_comes_back(nobody: httpx2.Client) -> None:
    response = nobody.get("/review")
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/review"


def test_the_page_carries_the_csrf_token_and_the_lease(ann: httpx2.Client) -> None:
    page = ann.get("/review").text
    assert f'name="csrf-token" content="{csrf_token(ann.cookies["alc_session"])}"' in page
    assert f'name="lease-seconds" content="{PAGE_LEASE_SECONDS}"' in page


def test_names_are_escaped(ann: httpx2.Client) -> None:
    assert "ann &amp; co" in ann.get("/review").text


def test_nothing_foreign_may_run_on_the_page(ann: httpx2.Client) -> None:
    response = ann.get("/review")
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in "".join(_files(response.text))
    assert " style=" not in response.text
    assert "<script>" not in response.text


def test_every_file_of_the_page_is_there_and_may_be_kept(ann: httpx2.Client) -> None:
    files = [one for one in _files(ann.get("/review").text) if one.startswith("/static/")]
    assert len(files) == 4
    for path in files:
        response = ann.get(path)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]


def test_an_unknown_file_is_not_found(ann: httpx2.Client) -> None:
    (script,) = [path for path in _files(ann.get("/review").text) if path.endswith("review.js")]
    response = ann.get(script.replace("review.js", "..%2fendpoints.py"))
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        (Settings(), PAGE_LEASE_SECONDS),
        (Settings(lease_max_seconds=60), 60),
        (Settings(lease_min_seconds=300), 300),
    ],
)
def test_the_page_leases_within_the_limits(settings: Settings, seconds: int) -> None:
    assert lease_seconds(settings) == seconds


def test_pictures_come_from_nowhere_unless_hosts_are_named(
    engine: Engine, ann: httpx2.Client
) -> None:
    assert "img-src" not in ann.get("/review").headers["content-security-policy"]
    settings = Settings(picture_hosts=("cdn.example",), picture_attribute="photo")
    response = _page_of(engine, settings)
    assert "img-src 'self' https://cdn.example" in response.headers["content-security-policy"]
    assert 'name="picture-hosts" content="cdn.example"' in response.text
    assert 'name="picture-attribute" content="photo"' in response.text


@pytest.mark.parametrize("several", [True, False])
def test_several_products_are_offered_where_they_are_taken(engine: Engine, several: bool) -> None:
    page = _page_of(engine, Settings(several_products=several)).text
    said = "yes" if several else "no"
    assert f'name="several-products" content="{said}"' in page
    assert ("several are right" in page) is several


@pytest.mark.parametrize("blind", [True, False])
def test_the_page_promises_an_order_only_where_there_is_one(engine: Engine, blind: bool) -> None:
    page = _page_of(engine, Settings(blind_review=blind)).text
    assert ("best first" in page) is not blind


def _page_of(engine: Engine, settings: Settings) -> httpx2.Response:
    app = create_app(settings, engine, FakeClock())
    with running(app) as url, httpx2.Client(base_url=url) as client:
        return _sign_in(engine, client, "ann", "review").get("/review")


def _sign_in(engine: Engine, client: httpx2.Client, name: str, scope: str) -> httpx2.Client:
    token = create_sign_in_link(engine, FakeClock(), name, [scope], HOUR, by="test")
    assert client.post(f"/sign-in/{token}").status_code == 303
    return client


def _files(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)
