from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from models.bundle.bundle import BundleContents
from models.bundle.publish import publish
from tests.service.recommend.conftest import Service
from tests.small_bundle import CREATED_AT, remembering, small_contents
from tests.small_decider import deciding

PATH = "/v1/bundles/current"
REMEMBERED = {"iphone silver": 0, "oled tv": 6}


def described(service: Service) -> Any:
    return service.client.get(service.url + PATH, headers=service.headers).json()


def serve_next(service: Service, directory: Path, contents: BundleContents) -> None:
    """Publish another bundle and let it answer."""
    publish(directory / "bundles", contents, created_at=CREATED_AT + timedelta(days=1))
    service.app.state.service.bundles.load()


def test_the_current_bundle_is_described(service: Service) -> None:
    read = described(service)
    assert read["bundle_id"] == service.ask("x")["bundle_id"]
    assert read["created_at"] == "2026-01-02T03:04:05Z"
    assert (read["products"], read["dimension"], read["encoder"]) == (8, 64, "ngram")
    assert (read["index"]["kind"], read["index"]["recall_at_10"]) == ("flat", 1.0)
    assert read["promise"] == read["promises"][0]
    assert read["promise"]["threshold"] == 0.9


def test_it_says_whether_training_queries_are_mixed_into_the_score(
    service: Service, tmp_path: Path
) -> None:
    assert described(service)["memory"] is None
    serve_next(service, tmp_path, remembering(small_contents(), REMEMBERED))
    assert described(service)["memory"] == {
        "queries": 2,
        "formula": "vote",
        "weight": 0.5,
        "neighbours": 1,
        "temperature": 0.05,
    }


def test_it_says_what_thresholds_are_compared_with(service: Service, tmp_path: Path) -> None:
    read = described(service)
    assert (read["decides_by"], read["decider"]) == ("score", None)
    serve_next(service, tmp_path, deciding(small_contents(), candidates=6))
    read = described(service)
    assert (read["decides_by"], read["decider"]) == ("probability", {"candidates": 6, "trees": 5})


def test_it_needs_a_key(service: Service) -> None:
    assert service.client.get(service.url + PATH).status_code == 401
