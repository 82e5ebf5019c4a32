"""What a bundle with a decider answers, through the running service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select

from models.bundle.bundle import BundleContents
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from service.bundles.holder import ServedBundle
from service.database.engine import transaction
from service.database.tables import Answer, DecisionRow, ReviewTaskRow
from service.metrics import create_metrics
from service.recommend.jobs import Job, Part
from service.recommend.matching import match_parts
from service.recommend.schemas import RecommendationsRead
from service.review.tasks import Candidate
from tests.service.conftest import FakeClock
from tests.service.recommend.conftest import Service, StartService, create_key
from tests.service.recommend.decisions import answer_task
from tests.service.recommend.jobs import UNCERTAIN, unmatched_job
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_promise
from tests.small_decider import CANDIDATES, deciding, gtin

PROMISE = small_promise(threshold=0.8)
FOREIGN = {"gtin": "4099999999999"}


@lru_cache(maxsize=1)
def contents() -> BundleContents:
    return deciding(small_contents(promises=(PROMISE,)))


@pytest.fixture
def service(start_service: StartService, engine: Engine) -> Service:
    return start_service(engine, PROMISE, contents())


def ask(service: Service, text: str, attributes: Mapping[str, str], **fields: Any) -> Any:
    body = {"queries": [{"text": text, "attributes": dict(attributes)}], **fields}
    [result] = service.post(body).json()["results"]
    return result


def products(result: Any) -> list[dict[str, Any]]:
    return [*result["auto_accepted"], *result["manual_review"]]


def stored(engine: Engine, table: type[Any]) -> Any:
    with transaction(engine) as connection:
        return connection.execute(select(table.__table__)).one()


def test_the_product_with_the_gtin_is_accepted_before_the_one_with_the_words(
    service: Service,
) -> None:
    [of_text] = ask(service, TITLES[0], {})["auto_accepted"]
    result = ask(service, TITLES[0], {"EAN": gtin(1)})
    [of_gtin] = result["auto_accepted"]
    assert (of_text["product_id"], of_gtin["product_id"]) == ("p0", "p1")
    assert (of_gtin["rank"], result["manual_review"][0]["product_id"]) == (1, "p0")
    assert of_gtin["score"] < result["manual_review"][0]["score"]
    assert of_gtin["probability"] > 0.8 > result["manual_review"][0]["probability"]


def test_an_equal_text_with_another_gtin_is_left_to_a_person(service: Service) -> None:
    result = ask(service, TITLES[0], FOREIGN)
    assert result["decision"] == "manual_review"
    best = result["manual_review"][0]
    assert (best["product_id"], best["score"]) == ("p0", 1.0)
    assert best["probability"] < 0.8


def test_the_same_query_is_accepted_where_the_score_decides(
    start_service: StartService, engine: Engine
) -> None:
    runtime = replace(contents().runtime, decider=None)
    service = start_service(engine, PROMISE, replace(contents(), runtime=runtime))
    result = ask(service, TITLES[0], FOREIGN, explain=True)
    assert result["decision"] == "auto_accept"
    assert {product["probability"] for product in products(result)} == {None}
    assert all(product["reasons"] is None for product in products(result))


def test_only_the_candidates_of_the_decider_have_a_probability(service: Service) -> None:
    answer = service.ask(TITLES[0], k=8)
    RecommendationsRead.model_validate_json(orjson.dumps(answer))
    found = products(answer["results"][0])
    judged = [product["probability"] for product in found[:CANDIDATES]]
    expected = contents().runtime.candidates([TITLES[0]], 8).probabilities
    assert expected is not None
    assert judged == pytest.approx(expected[0, :CANDIDATES].tolist(), abs=1e-6)
    assert judged == [round(one, 6) for one in judged] == sorted(judged, reverse=True)
    assert [product["probability"] for product in found[CANDIDATES:]] == [None] * 4
    assert [product["rank"] for product in found] == list(range(1, 9))


def test_the_decider_judges_its_candidates_however_few_are_asked_for(service: Service) -> None:
    attributes = {"gtin": gtin(1)}
    one = ask(service, "iphone 8 silver", attributes, k=1)
    all_of_them = ask(service, "iphone 8 silver", attributes, k=8)
    assert [product["product_id"] for product in products(one)] == ["p1"]
    assert products(one) == products(all_of_them)[:1]


def test_the_probability_is_stored_with_decision_and_task(service: Service, engine: Engine) -> None:
    best = ask(service, TITLES[0], FOREIGN, k=8)["manual_review"][0]
    row = stored(engine, DecisionRow)
    assert (row.product_id, row.score) == ("p0", 1.0)
    assert row.probability == best["probability"]
    task = stored(engine, ReviewTaskRow)
    assert task.candidates[0]["probability"] == best["probability"]
    assert task.candidates[-1]["probability"] is None
    assert all("reasons" not in candidate for candidate in task.candidates)


def test_a_reviewer_who_is_not_blind_gets_the_probabilities(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine, PROMISE, contents(), blind_review=False)
    asked = ask(service, TITLES[0], FOREIGN, k=8)["manual_review"]
    headers = {"Authorization": f"Bearer {create_key(engine, 'ann', 'review')}"}
    claimed = service.client.post(f"{service.url}/v1/reviews/claim", json={}, headers=headers)
    [task] = claimed.json()["tasks"]
    shown = [candidate["probability"] for candidate in task["candidates"]]
    assert shown == [product["probability"] for product in asked]


def test_a_product_that_a_person_named_has_no_probability(
    service: Service, engine: Engine, clock: FakeClock
) -> None:
    ask(service, UNCERTAIN, {}, k=1)
    answer_task(engine, clock, Answer.ACCEPTED, ("p5", "p0"))
    named, proposed = ask(service, UNCERTAIN, {}, k=1, explain=True)["auto_accepted"]
    assert (named["product_id"], named["probability"], named["reasons"]) == ("p5", None, None)
    assert proposed["product_id"] == "p0"
    assert proposed["probability"] is not None
    assert proposed["reasons"]


def test_reasons_come_only_where_they_are_asked_for(service: Service) -> None:
    plain = ask(service, TITLES[0], {"gtin": gtin(1)}, k=8)
    explained = ask(service, TITLES[0], {"gtin": gtin(1)}, k=8, explain=True)
    assert all(product["reasons"] is None for product in products(plain))
    reasons = [product.pop("reasons") for product in products(explained)]
    assert all(reasons[:CANDIDATES])
    assert reasons[CANDIDATES:] == [None] * 4
    assert products(explained) == [
        {name: value for name, value in product.items() if name != "reasons"}
        for product in products(plain)
    ]


def test_reasons_say_why_the_strongest_first(service: Service) -> None:
    first, second, *_ = products(ask(service, TITLES[0], {"gtin": gtin(1)}, explain=True))
    strongest = first["reasons"][0]
    assert strongest["feature"] == "identifier_agrees"
    assert strongest["text"] == "the GTIN, ISBN or part number is the same"
    assert strongest["contribution"] > 0
    for product in (first, second):
        sizes = [abs(reason["contribution"]) for reason in product["reasons"]]
        assert sizes == sorted(sizes, reverse=True)
    [against] = [one for one in second["reasons"] if one["feature"] == "identifier_agrees"]
    assert against["text"] == "the GTIN, ISBN or part number differs"
    assert against["contribution"] < 0


def test_reasons_add_up_to_the_log_odds(service: Service) -> None:
    """These trees use four signals, as many as are given; the rest is the same for all pairs."""
    rests = []
    for attributes in ({"gtin": gtin(1)}, FOREIGN, {}):
        for product in products(ask(service, TITLES[0], attributes, k=CANDIDATES, explain=True)):
            odds = log(product["probability"] / (1 - product["probability"]))
            rests.append(odds - sum(one["contribution"] for one in product["reasons"]))
    assert len(rests) == 3 * CANDIDATES
    assert rests == pytest.approx([rests[0]] * len(rests), abs=0.004)


def test_too_many_queries_to_explain_are_refused(service: Service) -> None:
    queries = [{"text": title} for title in TITLES * 2]
    explained = service.post({"queries": queries, "explain": True})
    assert explained.status_code == 200
    assert all(products(one)[0]["reasons"] for one in explained.json()["results"])
    refused = service.post({"queries": [*queries, {"text": "x"}], "explain": True})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "too_many_explained")
    assert problem["errors"][0]["pointer"] == "/explain"
    assert "At most 16 queries" in problem["detail"]
    assert service.post({"queries": [*queries, {"text": "x"}]}).status_code == 200


def test_the_decider_is_measured_beside_encoding_and_search(service: Service) -> None:
    value = service.app.state.service.metrics.registry.get_sample_value
    service.ask(*TITLES)
    assert value("alc_decide_duration_seconds_count") == 1
    assert value("alc_explain_duration_seconds_count") == 0
    assert value("alc_candidate_probability_count") == len(TITLES)
    service.ask(TITLES[0], explain=True)
    assert value("alc_decide_duration_seconds_count") == 2
    assert value("alc_explain_duration_seconds_count") == 1
    assert value("alc_candidate_probability_sum") > 0.8 * len(TITLES)


def test_without_a_decider_nothing_of_it_is_measured(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine)
    service.ask(TITLES[0], explain=True)
    value = service.app.state.service.metrics.registry.get_sample_value
    for name in ("decide_duration_seconds", "explain_duration_seconds", "candidate_probability"):
        assert value(f"alc_{name}_count") == 0
    assert value("alc_candidate_score_count") == 1


@pytest.fixture
def served(tmp_path: Path) -> ServedBundle:
    bundle = load_bundle(publish(tmp_path, contents(), created_at=CREATED_AT))
    return ServedBundle(bundle, PROMISE, loaded_at=0.0)


def test_requests_that_ask_for_other_things_share_a_micro_batch(served: ServedBundle) -> None:
    texts = (TITLES[0], UNCERTAIN, TITLES[5])
    asked = [(1, False), (8, True), (3, False), (8, False)]
    together = [_job(served, texts, k, explain) for k, explain in asked]
    match_parts([Part(job, 0, len(texts)) for job in together], create_metrics())
    for job, (k, explain) in zip(together, asked, strict=True):
        alone = _job(served, texts, k, explain)
        match_parts([Part(alone, 0, len(texts))], create_metrics())
        assert job.matches == alone.matches
        found = [one for match in job.matches.values() for one in match.candidates[:CANDIDATES]]
        assert all(_explained(candidate) is explain for candidate in found)


def _job(served: ServedBundle, texts: tuple[str, ...], k: int, explain: bool) -> Job:
    return replace(unmatched_job(*texts, k=k), served=served, explain=explain, matches={})


def _explained(candidate: Candidate) -> bool:
    return candidate.reasons is not None
