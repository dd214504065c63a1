"""Whoever sends slowly keeps nobody waiting, and half a form is never recorded."""

from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from mes.web import patience
from mes.web.patience import Patience


def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    return Response(f"{len(body)}")(environ, start_response)


def ask(app: Any, body: bytes, announced: int | None = None, **more: Any) -> tuple[int, str]:
    environ = EnvironBuilder(method="POST", data=body, environ_base={"REMOTE_ADDR": "192.0.2.1"}).get_environ()
    environ["CONTENT_LENGTH"] = str(len(body) if announced is None else announced)
    environ |= more
    parts, status, _headers = run_wsgi_app(app, environ, buffered=True)
    return int(status.split()[0]), b"".join(parts).decode()


def test_a_whole_body_arrives_whole() -> None:
    app = Patience(served, 2)
    assert ask(app, b"x" * 200_000) == (200, "200000")
    assert ask(app, b"x" * 3_000_000) == (200, "3000000"), "on the disk meanwhile"
    assert Client(app).get("/").status_code == 200


def test_a_body_that_breaks_off_is_no_entry() -> None:
    status, said = ask(Patience(served, 2), b"once=abc&good=12", announced=17)
    assert status == 408
    assert "Nothing was recorded" in said


def test_a_body_without_a_length_ends_where_it_ends() -> None:
    more: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert ask(Patience(served, 2), b"abc", **more) == (200, "3")


def test_what_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return Response("refused", 413)(environ, start_response)

    monkeypatch.setattr(patience, "MOST_BYTES", 10)
    assert ask(Patience(unread, 2), b"x" * 11) == (413, "refused")
    more: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert ask(Patience(served, 2), b"x" * 11, **more)[0] == 408


def test_a_trickle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 40))
    monkeypatch.setattr("mes.web.patience.time.monotonic", lambda: float(next(clock)))
    assert ask(Patience(served, 2), b"x" * 100)[0] == 408


def test_one_address_has_only_so_many_bodies_on_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_OF_ONE", 1)
    app = Patience(served, 2)
    assert app._come("192.0.2.1")
    assert ask(app, b"abc")[0] == 503
    assert app._come("192.0.2.2"), "others are let in"
    app._go("192.0.2.1")
    assert ask(app, b"abc") == (200, "3")
    assert list(app._waiting) == ["192.0.2.2"]
