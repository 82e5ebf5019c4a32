from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from service.logs import configure_logging


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root, configuration = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configuration)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_log_is_one_json_object_a_line_with_the_request_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("info")
    with bound_contextvars(request_id="r1"):
        structlog.get_logger("ours").info("happened", number=3)
    (line,) = _lines(capsys)
    assert (line["event"], line["number"], line["request_id"]) == ("happened", 3, "r1")
    assert (line["level"], line["logger"]) == ("info", "ours")


def test_libraries_write_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info")
    logging.getLogger("theirs").warning("careful, %s", "you")
    (line,) = _lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("careful, you", "warning", "theirs")


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info")
    try:
        _ = 1 / len(())
    except ZeroDivisionError:
        structlog.get_logger("ours").exception("failed")
    (line,) = _lines(capsys)
    assert "ZeroDivisionError" in json.dumps(line["exception"])


@pytest.mark.parametrize(("level", "expected"), [("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_decides_what_is_written(
    capsys: pytest.CaptureFixture[str], level: str, expected: int
) -> None:
    configure_logging(level)
    logging.getLogger("theirs").info("a")
    structlog.get_logger("ours").warning("b")
    assert len(_lines(capsys)) == expected
