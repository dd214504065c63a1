"""Whoever sends slowly keeps nobody waiting, and half a form is never recorded."""

from collections.abc import Iterable
from io import BytesIO
from threading import Event
from time import sleep
from typing import Any

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

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


@pytest.mark.parametrize("how", ["chunked", "Chunked", "identity, CHUNKED", "gzip"])
def test_a_body_without_a_length_ends_where_it_ends_and_is_waited_for_outside(how: str) -> None:
    more: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": how, "CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    on_their_way: list[int] = []

    class Arriving(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            on_their_way.append(app.bodies.inside.total())
            return super().read(size)

    app = Patience(served, 2)
    more["wsgi.input"] = Arriving(b"abc")
    assert ask(app, b"", **more) == (200, "3")
    assert set(on_their_way) == {1}, "it holds none of the few places at which pages are made"


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
    assert app.bodies.come("192.0.2.1")
    assert ask(app, b"abc")[0] == 503
    assert app.bodies.come("192.0.2.2"), "others are let in"
    app.bodies.go("192.0.2.1")
    assert ask(app, b"abc") == (200, "3")
    assert list(app.bodies.inside) == ["192.0.2.2"]


def test_behind_a_proxy_each_caller_has_places_of_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_OF_ONE", 1)
    behind, direct = Patience(served, 2, proxies=1), Patience(served, 2)
    for app in (behind, direct):
        app.bodies.come("192.0.2.1")
    assert ask(behind, b"abc", HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.9") == (200, "3")
    assert ask(behind, b"abc", HTTP_X_FORWARDED_FOR="198.51.100.9, 192.0.2.1")[0] == 503, (
        "the last one is the proxy's word"
    )
    assert ask(direct, b"abc", HTTP_X_FORWARDED_FOR="198.51.100.9")[0] == 503, "nobody in front says who calls"


class Silent:
    """A connection over which nothing comes any more, until it is closed."""

    def __init__(self) -> None:
        self.closed = Event()

    def read(self, _size: int) -> bytes:
        self.closed.wait(10)
        return b""


def test_who_sends_nothing_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.02)
    app, silent = Patience(served, 2), Silent()
    status, said = ask(app, b"", announced=1000, **{"wsgi.input": silent})
    assert status == 408
    assert "Nothing was recorded" in said
    assert not app.bodies.inside, "the next one has the place"
    silent.closed.set()


def test_a_body_in_pieces_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.2)
    pieces = iter([b"ab", b"c"])

    class Slow:
        def read(self, _size: int) -> bytes:
            sleep(0.15)
            return next(pieces)

    assert ask(Patience(served, 2), b"", announced=3, **{"wsgi.input": Slow()}) == (200, "3")


def long_answer(parts: int, closed: list[int]) -> Any:
    def answer(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/zip")])
        return ClosingIterator((b"x" * 1000 for _ in range(parts)), [lambda: closed.append(1)])

    return answer


def test_an_answer_that_fits_into_memory_holds_no_thread_until_it_is_read() -> None:
    closed: list[int] = []
    app = Patience(long_answer(1000, closed), 2)
    given = app(EnvironBuilder().get_environ(), lambda *_said: None)  # type: ignore[arg-type]
    assert isinstance(given, list)
    assert len(given[0]) == 1_000_000
    assert closed, "the file behind it is closed already"


def test_of_answers_too_long_for_that_only_so_many_are_fetched_at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    app = Patience(long_answer(3000, closed), 2)
    first, *others = (app(EnvironBuilder().get_environ(), lambda *_said: None) for _ in range(4))  # type: ignore[arg-type]
    assert not closed
    assert ask(app, b"") == (200, "x" * 3_000_000), "another address is served"
    status, said = Client(app).get("/").status_code, Client(app).get("/").text
    assert status == 503
    assert "large files" in said
    assert sum(map(len, first)) == 3_000_000
    first.close()  # type: ignore[attr-defined]
    first.close()  # type: ignore[attr-defined]
    assert Client(app).get("/").status_code == 200
    del others
    assert not app.long.inside, "who left holds no place"


def test_an_address_that_sends_too_much_is_told_so_in_its_language() -> None:
    app = Patience(served, 2)
    for _ in range(patience.MOST_OF_ONE):
        app.bodies.come("192.0.2.1")
    assert "동시에" in ask(app, b"abc", HTTP_ACCEPT_LANGUAGE="ko-KR,ko;q=0.9")[1]
    assert "at one time" in ask(app, b"abc", HTTP_ACCEPT_LANGUAGE="xx")[1]


def test_what_is_said_before_the_application_carries_the_same_rules_for_browsers() -> None:
    environ = EnvironBuilder(method="POST", data=b"abc").get_environ() | {"CONTENT_LENGTH": "5"}
    _parts, status, headers = run_wsgi_app(Patience(served, 2), environ, buffered=True)
    assert status.startswith("408")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
