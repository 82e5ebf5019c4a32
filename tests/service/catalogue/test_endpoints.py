from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from sqlalchemy import Engine

from models.catalogue import Catalogue, Product
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import Serve
from tests.service.recommend.conftest import Service, StartService, create_key
from tests.small_bundle import small_contents

PATH = "/v1/products"
FRIDGE = Product("fridges/39 ü", "Bosch KGN39VLEB Fridge", {"colour": "white", "image": "x.png"})
PHONE = Product("phone", "Apple iPhone 8", {})


@pytest.fixture
def service(start_service: StartService, engine: Engine) -> Service:
    contents = small_contents([FRIDGE.title, PHONE.title])
    runtime = replace(contents.runtime, catalogue=Catalogue([FRIDGE, PHONE]))
    return start_service(engine, contents=replace(contents, runtime=runtime))


def _get(service: Service, path: str = "", **query: Any) -> httpx2.Response:
    return service.client.get(service.url + PATH + path, headers=service.headers, params=query)


def test_products_are_found_with_their_attributes(service: Service) -> None:
    read = _get(service, query="bosch").json()
    assert read["bundle_id"] == service.ask("x")["bundle_id"]
    assert read["products"][0] == {
        "product_id": FRIDGE.product_id,
        "title": FRIDGE.title,
        "attributes": dict(FRIDGE.attributes),
        "matched_by": "words",
    }


def test_no_opinion_of_the_model_goes_with_them(service: Service) -> None:
    found = _get(service, query="bosch").json()["products"]
    assert set(found[0]) == {"product_id", "title", "attributes", "matched_by"}


def test_an_id_is_found_with_spaces_around_it(service: Service) -> None:
    assert _get(service, query=" phone ", limit=1).json()["products"][0]["matched_by"] == "id"


def test_a_product_is_read_by_its_id_whatever_that_is(service: Service) -> None:
    for written in (quote(FRIDGE.product_id), quote(FRIDGE.product_id, safe="")):
        assert _get(service, f"/{written}").json() == {
            "product_id": FRIDGE.product_id,
            "title": FRIDGE.title,
            "attributes": dict(FRIDGE.attributes),
        }


def test_a_product_that_is_not_in_the_catalogue(service: Service) -> None:
    response = _get(service, "/nothing")
    assert (response.status_code, response.json()["code"]) == (404, "not_in_catalogue")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "missing_field"),
        ({"query": ""}, "value_too_short"),
        ({"query": "x" * 501}, "value_too_long"),
        ({"query": "x", "limit": 0}, "out_of_range"),
        ({"query": "x", "limit": 51}, "out_of_range"),
    ],
)
def test_a_wrong_search_is_refused(service: Service, query: dict[str, Any], code: str) -> None:
    response = _get(service, **query)
    assert response.status_code == 422
    assert response.json()["code"] == code


@pytest.mark.parametrize("scope", ["recommend", "review", "admin"])
def test_who_asks_or_reviews_may_search(service: Service, engine: Engine, scope: str) -> None:
    headers = {"Authorization": f"Bearer {create_key(engine, 'other', scope)}"}
    response = service.client.get(f"{service.url}{PATH}", headers=headers, params={"query": "x"})
    assert response.status_code == 200


def test_nobody_else_may(service: Service) -> None:
    for path in ("?query=x", "/phone"):
        assert service.client.get(service.url + PATH + path).status_code == 401


def test_without_a_bundle_there_is_no_catalogue(
    engine: Engine, serve: Serve, client: httpx2.Client
) -> None:
    url = serve(create_app(Settings(), engine))
    headers = {"Authorization": f"Bearer {create_key(engine)}"}
    for path in ("?query=x", "/phone"):
        response = client.get(url + PATH + path, headers=headers)
        assert (response.status_code, response.json()["code"]) == (503, "no_bundle")
