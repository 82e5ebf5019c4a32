from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine

from models.bundle.load import load_bundle
from models.bundle.publish import publish
from service import cli
from service.database.tables import Stream
from tests.service.conftest import FakeClock
from tests.service.promise.audits import Deployment
from tests.service.promise.labelled import add, right_or_wrong, traffic
from tests.service.promise.promises import ORDINARY, PHONES, STRICTER
from tests.small_bundle import CREATED_AT, promise_on, small_contents, small_record

Run = Callable[..., str]
SERVED = 0.7  # the threshold of phones


@pytest.fixture
def deployment(
    engine: Engine, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    """Audits of a published bundle, the current one of the settings."""
    contents = small_contents(promises=(ORDINARY, STRICTER))
    directory = publish(tmp_path, contents, created_at=CREATED_AT)
    monkeypatch.setenv("ALC_BUNDLES_DIR", str(tmp_path))
    return Deployment(engine, clock, load_bundle(directory))


@pytest.fixture
def renewable(
    engine: Engine, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    """The same of a bundle that keeps its calibration."""
    record = small_record(2000)
    promises = (promise_on(record, 0.95, 0.9),)
    contents = small_contents(promises=promises, calibration=record)
    directory = publish(tmp_path, contents, created_at=CREATED_AT)
    monkeypatch.setenv("ALC_BUNDLES_DIR", str(tmp_path))
    return Deployment(engine, clock, load_bundle(directory))


@pytest.fixture
def run(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `alc-serve promise` against the test's database; returns what it printed."""
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))

    def run_command(*arguments: str, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["alc-serve", "promise", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run_command


def test_a_promise_is_restored_by_command(run: Run, deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.8, group=None)
    assert run("restore", "--reason", "mended", "--group", "") == (
        "auto_accept, all other queries: from 0.8\n"
    )
    assert run("restore", "--reason", "mended") == "auto_accept, group phones: from 0.7\n"
    assert {one.lifted_by for one in deployment.overrides()} == {"command line"}
    assert deployment.effective().promise == ORDINARY


def test_what_cannot_be_restored_is_an_error_that_says_so(run: Run, deployment: Deployment) -> None:
    assert "Nothing was changed" in run("restore", "--reason", "mended", status=2)
    deployment.break_promise(SERVED)
    assert "has no group 'toasters'" in run(
        "restore", "--reason", "mended", "--group", "toasters", status=2
    )
    assert "Say why" in run("restore", "--reason", " ", status=2)
    run("restore", "--group", PHONES, status=2)  # a usage error of the command line
    assert deployment.overrides()[0].lifted_at is None


def test_thresholds_are_proposed_listed_and_activated_by_command(
    run: Run, renewable: Deployment
) -> None:
    labels = traffic(1500, stream=Stream.CALIBRATION)
    add(renewable.engine, renewable.clock, renewable.bundle.bundle_id, labels)
    printed = run("recalibrate")
    proposal_id, *_ = printed.split()
    assert "precision 0.95  not activated" in printed
    assert "labels: 1500 calibration, 0 audit; left out: none" in printed
    assert "auto_accept, all other queries: from 0." in printed
    assert "automation coverage to expect: " in printed
    assert run("proposals") == printed
    assert "by command line" in run("activate", proposal_id)
    assert "by command line" in run("proposals")
    assert str(renewable.effective().proposal_id) == proposal_id
    assert "was activated before" in run("activate", proposal_id, status=2)


def test_a_proposal_that_promises_nothing_says_so_and_is_activated_only_so(
    run: Run, renewable: Deployment
) -> None:
    labels = [right_or_wrong(True, deciding=0.95) for _ in range(20)]
    add(renewable.engine, renewable.clock, renewable.bundle.bundle_id, labels)
    printed = run("recalibrate")
    proposal_id, *_ = printed.split()
    assert "cannot promise; 0 of 20 accepted labels were wrong, at least" in printed
    assert "would stop auto_accept" in run("activate", proposal_id, status=2)
    run("activate", "--accept-stops", proposal_id)
    assert renewable.effective().promise.threshold is None


def test_without_labels_or_a_proposal_the_commands_say_what_is_missing(
    run: Run, renewable: Deployment
) -> None:
    assert "label some first" in run("recalibrate", status=2)
    assert run("proposals") == ""
    assert "no proposal with this id" in run("activate", str(uuid4()), status=2)


def test_a_target_that_the_bundle_does_not_promise_is_an_error(
    run: Run, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALC_TARGET_PRECISION", "0.9")
    assert "no promise for a target precision of 0.9" in run(
        "restore", "--reason", "mended", status=2
    )
