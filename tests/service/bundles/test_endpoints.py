from __future__ import annotations

from tests.service.recommend.conftest import Service

PATH = "/v1/bundles/current"


def test_the_current_bundle_is_described(service: Service) -> None:
    read = service.client.get(service.url + PATH, headers=service.headers).json()
    assert read["bundle_id"] == service.ask("x")["bundle_id"]
    assert read["created_at"] == "2026-01-02T03:04:05Z"
    assert (read["products"], read["dimension"], read["encoder"]) == (8, 64, "ngram")
    assert (read["index"]["kind"], read["index"]["recall_at_10"]) == ("flat", 1.0)
    assert read["promise"] == read["promises"][0]
    assert read["promise"]["threshold"] == 0.9


def test_it_needs_a_key(service: Service) -> None:
    assert service.client.get(service.url + PATH).status_code == 401
