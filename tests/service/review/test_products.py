"""What a claim says of the products of its task, as the catalogue of today has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import Engine, update

from models.catalogue import Catalogue, Product
from service.app import create_app
from service.clock import database_clock
from service.database.engine import transaction
from service.database.tables import ReviewTaskRow
from service.review import repository
from service.review.tasks import Candidate, NewTask
from service.settings import Settings
from tests.service.conftest import Serve
from tests.service.recommend.conftest import (  # noqa: F401 - fixtures
    Service,
    StartService,
    create_key,
    start_service,
)
from tests.service.review.queues import ask, query_key
from tests.small_bundle import small_contents

PRODUCTS = [
    Product("z", "Bosch Fridge", {"colour": "white"}),
    Product("a", "Sony TV", {}),
    Product("m", "Canon Body", {"weight": "475 g"}),
]


def _start(start_service: StartService, engine: Engine, **settings: Any) -> Service:  # noqa: F811
    contents = small_contents([product.title for product in PRODUCTS])
    runtime = replace(contents.runtime, catalogue=Catalogue(PRODUCTS))
    return start_service(engine, contents=replace(contents, runtime=runtime), **settings)


def _ask(engine: Engine, *product_ids: str) -> None:
    candidates = tuple(
        Candidate(product_id, "as it was called then", 0.9, rank)
        for rank, product_id in enumerate(product_ids, start=1)
    )
    task = NewTask(uuid4(), query_key("fridge"), "shop", "fridge", candidates, "old bundle")
    with transaction(engine) as connection:
        repository.open_tasks(connection, database_clock, [task])


def _post(service: Service, engine: Engine, person: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {create_key(engine, person, 'review')}"}
    response = service.client.post(service.url + path, headers=headers, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def _claim(service: Service, engine: Engine, person: str = "ann") -> Any:
    [task] = _post(service, engine, person, "/v1/reviews/claim", {})["tasks"]
    return task


def test_candidates_come_with_their_attributes_by_id(
    start_service: StartService,  # noqa: F811
    engine: Engine,
) -> None:
    service = _start(start_service, engine)
    _ask(engine, "z", "gone", "a")
    assert _claim(service, engine)["products"] == [
        {"product_id": "a", "title": "Sony TV", "attributes": {}},
        {"product_id": "z", "title": "Bosch Fridge", "attributes": {"colour": "white"}},
    ]


def test_so_do_products_that_opinions_name(
    start_service: StartService,  # noqa: F811
    engine: Engine,
) -> None:
    service = _start(start_service, engine)
    _ask(engine, "z")
    with transaction(engine) as connection:
        connection.execute(update(ReviewTaskRow).values(opinions_wanted=2))
    for person, product_id in (("ben", "z"), ("cleo", "m")):
        task = _claim(service, engine, person)
        assert [one["product_id"] for one in task["products"]] == ["z"]
        verdict = {"answer": "accepted", "product_ids": [product_id]}
        body = {"lease_token": task["lease_token"], **verdict}
        _post(service, engine, person, f"/v1/reviews/{task['id']}/submit", body)
    task = _claim(service, engine)
    assert task["stage"] == "adjudication"
    assert [one["product_id"] for one in task["products"]] == ["m", "z"]


def test_their_order_says_nothing_of_the_model_where_reviews_are_blind(
    start_service: StartService,  # noqa: F811
    engine: Engine,
) -> None:
    service = _start(start_service, engine)
    for best_first in (("z", "a", "m"), ("m", "z", "a")):
        with transaction(engine) as connection:
            connection.exec_driver_sql("truncate review_tasks cascade")
        _ask(engine, *best_first)
        products = _claim(service, engine, best_first[0])["products"]
        assert [one["product_id"] for one in products] == ["a", "m", "z"]


def test_before_a_bundle_was_loaded_nothing_is_known(
    engine: Engine, serve: Serve, client: httpx2.Client
) -> None:
    url = serve(create_app(Settings(), engine))
    ask(engine, database_clock, "fridge")
    headers = {"Authorization": f"Bearer {create_key(engine, 'ann', 'review')}"}
    [task] = client.post(f"{url}/v1/reviews/claim", headers=headers, json={}).json()["tasks"]
    assert task["products"] is None
