"""The commands on the database of the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine
from typer.testing import CliRunner

from service.cli import app
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import answer
from tests.service.review.queues import ask


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_url: URL) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["reviews", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_an_export_is_a_file_that_goes_on_where_the_last_one_ended(
    engine: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    answer(engine, clock, "first", "p1")
    out = tmp_path / "verdicts.jsonl"
    *_, cursor = _run("export", "--out", str(out)).split()
    assert [json.loads(line)["query"] for line in out.read_text().splitlines()] == ["first"]
    answer(engine, clock, "second", "p1")
    _run("export", "--out", str(out), "--after", cursor)
    assert [json.loads(line)["query"] for line in out.read_text().splitlines()] == ["second"]
    assert [path.name for path in tmp_path.iterdir()] == ["verdicts.jsonl"]


def test_every_option_chooses(engine: Engine, clock: FakeClock, tmp_path: Path) -> None:
    answer(engine, clock, "first", "p1", person="ann")
    out = tmp_path / "out"
    pairs = ["--format", "csv", "--rows", "pairs", "--stream", "review"]

    def written(*options: str) -> str:
        _run("export", "--out", str(out), *options)
        return out.read_text()

    assert '"ann"' not in written()
    assert '"ann"' in written("--persons")
    assert written("--since", "2027-01-01") == ""
    assert written("--state", "open") == ""
    assert written("--bundle-id", "another") == ""
    assert written(*pairs).startswith("query_id,query,product_id")


def test_tasks_for_label_studio_follow_the_setting(
    engine: Engine, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(engine, clock, "bosch kgn39")
    out = tmp_path / "tasks.json"

    def predicted(*options: str) -> bool:
        _run("export", "--format", "label-studio", "--out", str(out), *options)
        (task,) = json.loads(out.read_text())
        return "predictions" in task

    assert not predicted()
    assert predicted("--predictions")
    monkeypatch.setenv("ALC_BLIND_REVIEW", "false")
    assert predicted()
    assert not predicted("--no-predictions")


def test_the_labelling_configuration_is_a_file(tmp_path: Path) -> None:
    out = tmp_path / "config.xml"
    _run("label-studio-config", "--out", str(out))
    assert out.read_text().startswith("<View>")
