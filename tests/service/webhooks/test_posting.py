"""One POST against servers that behave well, badly, and not at all."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.errors import WebhookUrlRefused
from service.webhooks import posting
from service.webhooks.posting import Answer, BadAnswer
from tests.service.webhooks.receivers import receiving

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))  # localhost may be both
BODY = b'{"type": "test"}'


def _post(url: str, seconds: float = 5.0) -> Answer:
    return asyncio.run(posting.post(url, {"webhook-id": "msg_1"}, BODY, LOOPBACK, seconds))


@contextmanager
def _answering(*parts: bytes, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server of one connection that sends these bytes, whatever it is asked."""

    def serve(listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
            with (
                connection
                if context is None
                else context.wrap_socket(connection, server_side=True) as stream
            ):
                stream.recv(65_536)
                for part in parts:
                    stream.sendall(part)
        except OSError:
            pass  # the sender went away, which some of these tests are about

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        scheme = "http" if context is None else "https"
        yield f"{scheme}://localhost:{listener.getsockname()[1]}/"
        thread.join()


def test_path_query_body_and_headers_arrive() -> None:
    with receiving((202, {"Retry-After": "7"})) as receiver:
        answer = _post(f"{receiver.url}/deep?token=a%20b&c")
    assert (answer.status, answer.headers["retry-after"]) == (202, "7")
    (received,) = receiver.got
    assert (received.path, received.body) == ("/hook/deep?token=a%20b&c", BODY)
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "msg_1"
    assert headers["host"] == receiver.url.removeprefix("http://").removesuffix("/hook")


def test_interim_answers_are_waited_through() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    with _answering(hints, b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        assert _post(url).status == 204


def test_an_answer_may_come_in_pieces_and_its_body_is_not_read() -> None:
    with _answering(b"HTTP/1.1 2", b"00 OK\r\na: b", b"\r\n\r\n", b"x" * 1_000_000) as url:
        assert _post(url).status == 200


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "closed the connection"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: " + b"b" * 100_000, "too long"),
    ],
)
def test_what_is_no_answer_is_an_error(sent: bytes, message: str) -> None:
    with _answering(sent) as url, pytest.raises(BadAnswer, match=message):
        _post(url)


def test_a_name_is_checked_by_where_it_leads() -> None:
    with pytest.raises(WebhookUrlRefused, match="not a public address"):
        asyncio.run(posting.post("http://localhost:9/", {}, BODY, (), 5.0))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost with its key, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(path), "-out", str(path) + ".crt"]
    subprocess.run(command, check=True, capture_output=True)
    with path.open("ab") as file:
        file.write(Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def _fresh_trust() -> Iterator[None]:
    posting._tls.cache_clear()
    yield
    posting._tls.cache_clear()


def _server(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.usefixtures("_fresh_trust")
def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with _answering(context=_server(certificate)) as url, pytest.raises(ssl.SSLError):
        _post(url)


@pytest.mark.usefixtures("_fresh_trust")
def test_the_certificate_must_be_trusted_and_of_the_name_not_of_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    answer = b"HTTP/1.1 200 OK\r\n\r\n"
    with _answering(answer, context=_server(certificate)) as url:
        assert _post(url).status == 200
    with _answering(answer, context=_server(certificate)) as url, pytest.raises(ssl.SSLError):
        _post(url.replace("localhost", "127.0.0.1"))
