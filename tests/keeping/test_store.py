"""Copies in a store that speaks S3: a small one of our own on this machine, that keeps what it gets."""

import builtins
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from mes.core.config import Settings
from mes.keeping import service
from mes.keeping.copying import Copying
from mes.keeping.rules import CopyBroken
from mes.keeping.standing import kept
from mes.keeping.store import Store, StoreNotSet, StoreProgramMissing, StoreRefuses
from tests.conftest import Shop


class Shelf(ThreadingHTTPServer):
    """Keeps what is put there, under its path; who has no key is refused."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keeper)
        self.kept: dict[str, bytes] = {}
        #: What happens to each content on its way into the store.
        self.spoil = bytes


class _Keeper(BaseHTTPRequestHandler):
    server: Shelf

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Length", len(content)),
            ("ETag", '"e"'),
            ("Last-Modified", "Mon, 05 Jan 2026 00:00:00 GMT"),
        ):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if "Credential=key/" not in self.headers.get("Authorization", ""):
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
            return
        self.server.kept[self.path] = self.server.spoil(content)
        self._answer(200)

    def do_GET(self) -> None:
        found = self.server.kept.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert "delete" in self.path
        keys = re.findall("<Key>(.*?)</Key>", asked)
        for key in keys:
            self.server.kept.pop(f"{self.path.partition('?')[0]}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def log_message(self, *_words: object) -> None:
        """Quietly."""


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """A store on this machine."""
    server = Shelf()
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(shelf: Shelf, tmp_path: Path) -> Settings:
    where = f"http://127.0.0.1:{shelf.server_address[1]}"
    return Settings(data_dir=tmp_path / "data", s3_endpoint=where, s3_key="key", s3_secret="secret")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    file = tmp_path / "mes-20260105-093000.zip"
    file.write_bytes(b"a copy of the plant")
    return file


def test_a_copy_goes_to_the_store_each_night_and_is_read_again_there(
    shop: Shop, shelf: Shelf, settings: Settings, tmp_path: Path
) -> None:
    url = shop.database.engine.url.render_as_string(hide_password=False)
    settings = Settings(**{**settings.__dict__, "database_url": url})
    shop.do(lambda work: service.add_place(work, "s3://plant-copies/line", 1))
    keeper = Copying(shop.database, settings, lambda: shop.now)
    keeper.look()
    with shop.read() as read:
        [_here, there] = kept(read, shop.now)
    assert there.failed is None
    assert there.good is not None
    [(path, content)] = shelf.kept.items()
    assert path == f"/plant-copies/line/{there.good.file}"
    assert content == (keeper.folder / there.good.file).read_bytes()


def test_what_the_rule_keeps_no_longer_goes_from_the_store_too(shelf: Shelf, settings: Settings, copy: Path) -> None:
    store = Store("s3://plant-copies", settings)
    store.put(copy)
    assert list(shelf.kept) == [f"/plant-copies/{copy.name}"]
    assert store.throw_away(copy.name)
    assert shelf.kept == {}
    shelf.shutdown()
    shelf.server_close()
    assert not store.throw_away(copy.name), "a store that is away keeps its own"


def test_a_store_that_keeps_something_else_is_found_out(shelf: Shelf, settings: Settings, copy: Path) -> None:
    shelf.spoil = lambda content: content[:-1] + b"!"  # type: ignore[assignment]
    with pytest.raises(CopyBroken):
        Store("s3://plant-copies", settings).put(copy)


def test_a_store_that_refuses_the_key_or_is_away_is_said(shelf: Shelf, settings: Settings, copy: Path) -> None:
    with pytest.raises(StoreRefuses) as refused:
        Store("s3://plant-copies", Settings(**{**settings.__dict__, "s3_key": "stranger"})).put(copy)
    assert "s3://plant-copies" in str(refused.value)


def test_a_store_needs_its_address_its_key_and_its_program(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreNotSet):
        Store("s3://plant-copies", Settings())
    known = builtins.__import__

    def lacking(name: str, *more: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return known(name, *more)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(StoreProgramMissing):
        Store("s3://plant-copies", settings)
