"""What crosses the plant's Wi-Fi is packed where that helps."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.config import bundled

PACKED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()


@pytest.mark.parametrize("address", ["/login", "/static/css/app.css", "/static/js/scan.js", "/api/v1/openapi.json"])
def test_pages_styles_scripts_and_data_are_packed(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address, buffered=True), client.get(address, headers=PACKED, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 2
    unpacked = gzip.decompress(packed.data)
    assert len(unpacked) == pytest.approx(len(plain.data), abs=300)  # a page carries keys of its own
    if address.startswith("/static"):
        assert unpacked == plain.data


@pytest.mark.parametrize("asked", ["identity", "gzip;q=0", "br", ""])
def test_who_cannot_unpack_gets_it_as_it_is(client: FlaskClient, asked: str) -> None:
    answer = client.get("/static/css/app.css", headers={"Accept-Encoding": asked}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (bundled("templates").parent / "mes/static/css/app.css").read_bytes()


def test_what_is_small_or_packed_already_and_a_part_of_a_file_stay_as_they_are(client: FlaskClient) -> None:
    fonts = sorted((bundled("templates").parent / "mes/static/vendor/fonts").iterdir())
    assert (
        "Content-Encoding"
        not in client.get(f"/static/vendor/fonts/{fonts[0].name}", headers=PACKED, buffered=True).headers
    )
    assert "Content-Encoding" not in client.get("/healthz", headers=PACKED, buffered=True).headers
    part = client.get("/static/css/app.css", headers=PACKED | {"Range": "bytes=0-99"}, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 100)
    assert client.head("/static/css/app.css", headers=PACKED, buffered=True).data == b""


def test_a_file_that_the_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/css/app.css", headers=PACKED, buffered=True)
    again = client.get("/static/css/app.css", headers=PACKED | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
