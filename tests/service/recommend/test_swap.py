from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from models.bundle.publish import publish
from models.bundle.store import set_current
from tests.service.recommend.conftest import StartService
from tests.service.recommend.jobs import CERTAIN
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_promise

SWAPS = 20


def test_every_answer_is_of_one_bundle_while_bundles_are_swapped(
    start_service: StartService, engine: Engine, tmp_path: Path
) -> None:
    """The two bundles list their products in opposite orders, so a mixture would show."""
    service = start_service(engine)
    forwards = service.ask(CERTAIN)["bundle_id"]
    contents = small_contents(TITLES[::-1], promises=(small_promise(threshold=0.8),))
    bundles_dir = tmp_path / "bundles"
    backwards = publish(bundles_dir, contents, created_at=CREATED_AT + timedelta(days=1)).name
    expected = {forwards: ("p0", 0.9), backwards: (f"p{len(TITLES) - 1}", 0.8)}
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(lambda: [service.ask(CERTAIN) for _ in range(40)]) for _ in range(4)]
        for bundle_id in [forwards, backwards] * (SWAPS // 2):
            set_current(bundles_dir, bundle_id)
            service.app.state.service.bundles.load()
        seen = [answer for future in answers for answer in future.result()]
    for answer in seen:
        product = answer["results"][0]["auto_accepted"][0]["product_id"]
        assert (product, answer["promise"]["threshold"]) == expected[answer["bundle_id"]]
    assert {answer["bundle_id"] for answer in seen} == {forwards, backwards}
