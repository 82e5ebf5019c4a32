"""From the queue of a running service to the next model: answers, export, `alc-train fit`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.bundle.reviews import ReviewSource
from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.database.tables import Stream
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.exchange.labels import answer, draw
from tests.training.commands.customer import Ended, Tables, write_tables
from training import cli

DECIDER = ("folds=2", "rounds=4", "fewest_queries=20")
NEW = "a neff oven that nobody has trained on"


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return write_tables(tmp_path)


@pytest.fixture
def url(engine: Engine, clock: FakeClock) -> Iterator[str]:
    with running(create_app(Settings(), engine, clock)) as url:
        yield url


@pytest.fixture
def key(engine: Engine, clock: FakeClock) -> ApiKey:
    key = ApiKey.random()
    create_key(engine, clock, key, "owner", ["admin"], by="test")
    return key


def fit(
    tables: Tables,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Ended:
    """Run `alc-train fit --reviews` on the customer's tables."""
    decider = ["--decider", *(word for one in DECIDER for word in ("--set", f"decider.{one}"))]
    arguments = ["alc-train", "fit", *tables.arguments, *decider, "--reviews", source]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = capsys.readouterr()
    return Ended(int(ended.value.code or 0), printed.out, printed.err)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_answers_of_the_queue_train_the_next_model_and_random_ones_do_not(
    form: str,
    url: str,
    key: ApiKey,
    engine: Engine,
    clock: FakeClock,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(engine, clock, NEW, "p1", "p2")
    answer(engine, clock, "hand made garden gnome")
    draw(engine, clock, answer(engine, clock, "drawn for an audit", "p1"), Stream.AUDIT)
    draw(engine, clock, answer(engine, clock, "drawn to calibrate", "p2"), Stream.CALIBRATION)
    answer(engine, clock, "hard to say", unsure=True)
    monkeypatch.setenv("ALC_REVIEWS_KEY", str(key))
    source = f"{url}/v1/reviews/export?format={form}"

    ended = fit(tables, source, monkeypatch, capsys)

    assert ended.status == 0, ended.err
    report = tables.bundle().manifest.reviews
    assert report
    [found] = report.sources
    assert found == ReviewSource(
        source=source,
        sha256=found.sha256,
        used={"no right product": 1, "right product": 1},
        refused={"audit": 1, "calibration": 1},
        left_out={"unsure": 1},
    )
    assert "2 of 5 labels are learnt from" in ended.err


def test_pairs_of_the_stream_review_are_read_as_well(
    url: str,
    key: ApiKey,
    engine: Engine,
    clock: FakeClock,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(engine, clock, NEW, "p1", "p2")
    answer(engine, clock, "hand made garden gnome")
    monkeypatch.setenv("ALC_REVIEWS_KEY", str(key))
    source = f"{url}/v1/reviews/export?format=csv&rows=pairs&stream=review"

    assert fit(tables, source, monkeypatch, capsys).status == 0

    report = tables.bundle().manifest.reviews
    assert report
    assert report.total("used") == {"right product": 1, "no right product": 1}


def test_without_the_key_of_an_admin_it_is_told_what_to_set(
    url: str,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("ALC_REVIEWS_KEY", raising=False)

    ended = fit(tables, f"{url}/v1/reviews/export", monkeypatch, capsys)

    assert ended.status == 2
    assert "answers 401: " in ended.err
    assert "ALC_REVIEWS_KEY is not set; set it to a key with the scope admin" in ended.err
    assert not tables.bundles.exists()
