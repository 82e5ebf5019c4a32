"""Where an export comes from: a file, or the service itself over HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit

from models.errors import DataError
from training.data.files import reading

KEY_VARIABLE = "ALC_REVIEWS_KEY"
FORMATS = ("jsonl", "csv", "parquet")
_BYTES_AT_ONCE = 1 << 16
_LONGEST_PROBLEM = 10_000  # bytes of an error's answer that are read
_UNAUTHORISED = (401, 403)


@dataclass(frozen=True, slots=True)
class Opened:
    """An export on this machine: the name of its rows in messages, and the digest of its bytes."""

    path: Path
    name: str
    sha256: str


@contextmanager
def opened(source: str, key: str | None, timeout: float) -> Iterator[Opened]:
    """Yield a file, or what a URL sends as a file that is gone afterwards.

    The key is sent to URLs only. Raise DataError when the source cannot be read whole.
    """
    if not is_url(source):
        path = Path(source)
        yield Opened(path, path.name, _sha256(path))
        return
    with tempfile.TemporaryDirectory(prefix="alc-reviews-") as directory:
        path = Path(directory) / f"export.{_format(source)}"
        _fetch(source, key, timeout, path)
        yield Opened(path, source, _sha256(path))


def is_url(source: str) -> bool:
    """Return whether a source is read over HTTP."""
    return source.lower().startswith(("http://", "https://"))


def _sha256(path: Path) -> str:
    with reading(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _format(url: str) -> str:
    parts = urlsplit(url)
    if parts.username is not None:
        raise DataError(
            f"{parts.scheme}://{parts.hostname}: a URL of reviews must not hold a user or password,"
            f" as bundles keep it; set {KEY_VARIABLE}"
        )
    named = parse_qs(parts.query).get("format", ["jsonl"])[-1]
    if named not in FORMATS:
        raise DataError(f"{url}: format is {named!r}; ask for one of {', '.join(FORMATS)}")
    return named


class _NoRedirects(request.HTTPRedirectHandler):
    """Follows none: the key is for the host that was named."""

    def redirect_request(self, *_: object) -> None:
        return None


def _fetch(url: str, key: str | None, timeout: float, path: Path) -> None:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    try:
        opener = request.build_opener(_NoRedirects)
        asked = request.Request(url, headers=headers)  # noqa: S310 - is_url has seen its scheme
        with opener.open(asked, timeout=timeout) as answer, path.open("wb") as file:
            _copy(answer, file)
    except HTTPError as error:
        with error:
            raise DataError(_refused(url, error, given=key is not None)) from error
    except TimeoutError as error:
        raise DataError(
            f"{url} sent nothing for {timeout:g} seconds; try again, or set"
            " reviews.timeout_seconds higher"
        ) from error
    except (http.client.HTTPException, ConnectionError, _TooShort) as error:
        raise DataError(f"{url} broke off before its end ({error}); try again") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(f"{url} cannot be reached: {reason}") from error


class _TooShort(Exception):
    """Less came than was announced; http.client says nothing of that."""


def _copy(answer: http.client.HTTPResponse, file: IO[bytes]) -> None:
    announced, came = answer.headers.get("Content-Length"), 0
    while part := answer.read(_BYTES_AT_ONCE):
        came += len(part)
        file.write(part)
    if announced is not None and came < int(announced):
        raise _TooShort(f"{came} of {announced} bytes")


def _refused(url: str, error: HTTPError, *, given: bool) -> str:
    said = f"{url} answers {error.code}: {_problem(error).rstrip('.')}"
    if error.code in _UNAUTHORISED:
        key = "is no" if given else "is not set; set it to a"
        return f"{said}. {KEY_VARIABLE} {key} key with the scope admin"
    if 300 <= error.code < 400:
        return f"{said}. Name where it leads ({error.headers.get('Location')}) instead"
    return said


def _problem(error: HTTPError) -> str:
    """Return what the service says of an error, else what its status means."""
    try:
        detail = json.loads(error.read(_LONGEST_PROBLEM))["detail"]
    except (ValueError, KeyError, TypeError, OSError, http.client.HTTPException):
        return str(error.reason)
    return str(detail)
