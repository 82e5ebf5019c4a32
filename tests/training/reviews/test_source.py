from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.reviews.server import Told, serving
from training.reviews.source import opened

ROWS = b'{"query": "neff"}\n'


def fetched(url: str, key: str | None = "alc_key", timeout: float = 10) -> bytes:
    with opened(url, key, timeout) as export:
        assert export.sha256 == hashlib.sha256(export.path.read_bytes()).hexdigest()
        assert export.name == url
        return export.path.read_bytes()


def test_a_file_is_named_by_its_last_part_and_known_by_its_digest(tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    file.write_bytes(ROWS)

    with opened(str(file), "alc_key", 10) as export:
        assert (export.path, export.name) == (file, "export.jsonl")
        assert export.sha256 == hashlib.sha256(ROWS).hexdigest()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"cannot read .*export.jsonl: No such file"),
        opened(str(tmp_path / "export.jsonl"), None, 10),
    ):
        pass


def test_a_url_is_read_with_the_key_and_leaves_nothing_behind() -> None:
    told = Told(content=ROWS)
    with serving(told) as url, opened(f"{url}/v1/reviews/export", "alc_key", 10) as export:
        assert export.path.read_bytes() == ROWS
        assert export.path.suffix == ".jsonl"

    assert told.asked == [("/v1/reviews/export", "Bearer alc_key")]
    assert not export.path.parent.exists()


def test_without_a_key_none_is_sent() -> None:
    told = Told(content=ROWS)
    with serving(told) as url:
        fetched(url, None)

    assert told.asked == [("/", None)]


@pytest.mark.parametrize("named", ["jsonl", "csv", "parquet"])
def test_the_format_is_the_one_that_the_url_asks_for(named: str) -> None:
    with serving(Told()) as url, opened(f"{url}/export?format={named}", None, 10) as export:
        assert export.path.suffix == f".{named}"


def test_tasks_for_label_studio_are_refused_before_anything_is_asked() -> None:
    told = Told()
    with serving(told) as url, pytest.raises(DataError, match="format is 'label-studio'; ask for"):
        fetched(f"{url}/export?format=label-studio")

    assert told.asked == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("alc_key", "ALC_REVIEWS_KEY is no key with the scope admin"),
        (None, "ALC_REVIEWS_KEY is not set; set it to a key with the scope admin"),
    ],
)
def test_a_key_that_is_not_enough_is_told(key: str | None, said: str) -> None:
    problem = json.dumps({"detail": "The scope admin is needed."}).encode()
    with serving(Told(403, problem)) as url, pytest.raises(DataError) as raised:
        fetched(url, key)

    assert str(raised.value) == f"{url} answers 403: The scope admin is needed. {said}"


def test_an_error_without_a_problem_is_told_by_its_status() -> None:
    with (
        serving(Told(502, b"<html>")) as url,
        pytest.raises(DataError, match=r"answers 502: Bad Gateway$"),
    ):
        fetched(url)


def test_the_key_does_not_follow_a_redirect() -> None:
    told = Told()
    with serving(told) as elsewhere:
        moved = Told(302, headers={"Location": f"{elsewhere}/export"})
        with serving(moved) as url, pytest.raises(DataError, match=f"leads .{elsewhere}/export"):
            fetched(url)

    assert told.asked == []


@pytest.mark.parametrize(
    "told", [Told(content=ROWS, announced=1_000), Told(content=ROWS, chunked=True)]
)
def test_an_export_that_breaks_off_is_not_taken_for_a_whole_one(told: Told) -> None:
    with serving(told) as url, pytest.raises(DataError, match="broke off before its end"):
        fetched(url)


def test_a_server_that_sends_nothing_is_given_up() -> None:
    with (
        serving(Told(silent=threading.Event())) as url,
        pytest.raises(DataError, match=r"sent nothing for 0.2 seconds; .*reviews.timeout_seconds"),
    ):
        fetched(url, timeout=0.2)


def test_a_server_that_is_not_there_is_told() -> None:
    with serving(Told()) as url:
        pass
    with pytest.raises(DataError, match=f"^{url} cannot be reached: .*Connection refused"):
        fetched(url)


def test_a_password_in_the_url_is_refused_and_not_shown() -> None:
    with pytest.raises(DataError, match="ALC_REVIEWS_KEY") as raised:
        fetched("http://ann:secret@127.0.0.1/export")

    assert "secret" not in str(raised.value)
