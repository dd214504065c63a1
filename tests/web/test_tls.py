"""https of the plant's own: who vouches for whom, for how long, and how a tablet learns to believe it."""

import ipaddress
import json
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection
from threading import BoundedSemaphore

import pytest
from cryptography import x509
from flask import Flask, request

from mes.core.access import Role
from mes.core.config import Settings
from mes.web.app import create_app
from mes.web.doorstep import AWAY, Doorstep
from mes.web.install_views import DEVICES, FILE
from mes.web.server import pages_at
from mes.web.tls import CertificateUnreadable, certificates, fingerprint, own_names
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.desk import Desk
from tests.web.commands import program, unused_port

NOW = datetime(2026, 1, 5, tzinfo=UTC)
NAMES = ["localhost", "127.0.0.1", "192.168.0.10", "plant-pc.local"]


def leaf(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.crt").read_bytes())


def names_of(certificate: x509.Certificate) -> set[str]:
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in said}


def test_the_plant_vouches_for_its_own_machine_for_less_than_a_year(tmp_path: Path) -> None:
    made = certificates(tmp_path, NOW, NAMES)
    assert made.renewed
    certificate = leaf(tmp_path)
    assert names_of(certificate) == set(NAMES)
    assert certificate.not_valid_after_utc - NOW < timedelta(days=366)
    for secret in ("ca.key", "server.key"):
        assert (tmp_path / secret).stat().st_mode & 0o077 == 0, "keys are for the program alone"
    assert len(fingerprint(made.authority).split(":")) == 32


def test_a_certificate_stays_until_it_ends_soon_or_the_machine_has_another_address(tmp_path: Path) -> None:
    certificates(tmp_path, NOW, NAMES)
    authority, first = (tmp_path / "ca.crt").read_bytes(), leaf(tmp_path).serial_number
    assert not certificates(tmp_path, NOW + timedelta(days=250), NAMES).renewed
    assert leaf(tmp_path).serial_number == first
    assert certificates(tmp_path, NOW + timedelta(days=310), NAMES).renewed
    assert certificates(tmp_path, NOW + timedelta(days=311), [*NAMES, "192.168.0.77"]).renewed
    assert "192.168.0.77" in names_of(leaf(tmp_path))
    assert (tmp_path / "ca.crt").read_bytes() == authority, "tablets trust it already"


def test_a_key_left_of_another_certificate_is_noticed(tmp_path: Path) -> None:
    certificates(tmp_path, NOW, NAMES)
    old = (tmp_path / "server.key").read_bytes()
    certificates(tmp_path, NOW + timedelta(days=310), NAMES)
    (tmp_path / "server.key").write_bytes(old)
    assert certificates(tmp_path, NOW + timedelta(days=310), NAMES).renewed


def test_a_stolen_authority_opens_no_bank(tmp_path: Path) -> None:
    certificates(tmp_path, NOW, [*NAMES, "bank.example.com", "198.51.100.7"])
    assert names_of(leaf(tmp_path)) == set(NAMES), "it may not say that"
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.crt").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    strange = ipaddress.ip_address("198.51.100.7")
    assert not any(isinstance(one, x509.IPAddress) and strange in one.value for one in limits)  # type: ignore[operator]
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 0)


def test_a_damaged_authority_is_named(tmp_path: Path) -> None:
    certificates(tmp_path, NOW, NAMES)
    for file in ("ca.crt", "ca.key", "server.crt"):
        kept = (tmp_path / file).read_bytes()
        (tmp_path / file).write_text("something else", "utf-8")
        with pytest.raises(CertificateUnreadable, match=file):
            certificates(tmp_path, NOW, NAMES)
        (tmp_path / file).write_bytes(kept)


def test_this_machine_knows_its_own_names() -> None:
    found = own_names()
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()} <= set(found)


class Silent(BaseHTTPRequestHandler):
    """The https pages next door, for tests: says back what it was asked."""

    def do_GET(self) -> None:
        said = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "session=secret")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def doorstep(tmp_path: Path) -> Doorstep:
    """A doorstep before pages that run."""
    made = certificates(tmp_path, datetime.now(UTC))
    pages = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(made.certificate, made.key)
    pages.socket = trust.wrap_socket(pages.socket, server_side=True)
    pages.daemon_threads = True
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    return Doorstep("127.0.0.1", 0, pages.server_address[1], made.authority, "en").open()


def ask(doorstep: Doorstep, method: str, path: str, host: str = "plant-pc:8080") -> tuple[int, str, str]:
    """Status, where it leads, and the text."""
    with closing(HTTPConnection("127.0.0.1", doorstep.server_address[1], timeout=10)) as call:
        call.putrequest(method, path, skip_host=True)
        call.putheader("Host", host)
        call.endheaders()
        answer = call.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read().decode()


def test_the_plain_address_sends_everybody_on_to_https(doorstep: Doorstep) -> None:
    secure = doorstep.secure_port
    assert ask(doorstep, "GET", "/s/L260105-0001K?x=1")[:2] == (308, f"https://plant-pc:{secure}/s/L260105-0001K?x=1")
    assert ask(doorstep, "POST", "/station/scan")[:2] == (308, f"https://plant-pc:{secure}/station/scan")
    assert ask(doorstep, "GET", "//elsewhere.example/x")[1] == f"https://plant-pc:{secure}/elsewhere.example/x"
    assert ask(doorstep, "GET", "/", host="evil\\.example/@x")[1].startswith("https://127.0.0.1:")
    assert ask(doorstep, "GET", "/", host="[fd00::2]:8080")[1] == f"https://[fd00::2]:{secure}/"
    assert ask(doorstep, "GET", "/installed")[0] == 308


def test_a_program_with_a_token_is_told_of_https_and_not_sent_on(doorstep: Doorstep) -> None:
    for method, path in (("GET", "/api/v1/lots"), ("POST", "/api/v1/receipts"), ("POST", "/epcis/capture")):
        status, location, text = ask(doorstep, method, path)
        assert (status, location) == (403, "")
        assert "https only" in text


def test_what_a_tablet_needs_before_it_trusts_is_handed_out(doorstep: Doorstep) -> None:
    status, _location, text = ask(doorstep, "GET", "/install?language=ko")
    asked = json.loads(text)
    assert (status, asked["path"]) == (200, "/install?language=ko")
    with closing(HTTPConnection("127.0.0.1", doorstep.server_address[1], timeout=10)) as call:
        call.request("GET", "/static/css/app.css", headers={"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer x"})
        answer = call.getresponse()
        handed_on = json.loads(answer.read())["headers"]
    assert "Authorization" not in handed_on
    assert "X-Forwarded-For" not in handed_on
    assert answer.getheader("Set-Cookie") is None, "no session is made over plain http"


def test_a_strange_address_or_host_is_answered_like_any_other(doorstep: Doorstep) -> None:
    secure = doorstep.secure_port
    assert ask(doorstep, "GET", "/", host="[::1")[1] == f"https://127.0.0.1:{secure}/"
    assert ask(doorstep, "GET", "http://[/install")[0] == 308
    assert ask(doorstep, "GET", "//[x")[0] == 308


def test_who_sends_a_letter_now_and_then_does_not_stay(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mes.web.doorstep.LONGEST_VISIT", 0.5)
    with closing(create_connection(doorstep.server_address[:2], 5)) as slow:  # type: ignore[arg-type]
        slow.sendall(b"GET / HTTP/1.1\r\nX: ")
        begun = time.monotonic()
        with suppress(OSError):  # the other end is closed
            while time.monotonic() - begun < 5:
                slow.sendall(b"a")
                time.sleep(0.1)
        assert time.monotonic() - begun < 3


def test_a_crowd_at_the_doorstep_is_let_in_one_after_the_other(doorstep: Doorstep) -> None:
    doorstep.room = BoundedSemaphore(2)
    address: tuple[str, int] = ("127.0.0.1", doorstep.server_address[1])
    crowd = [create_connection(address, 5) for _one in range(5)]
    try:
        time.sleep(0.3)
        sent_away = 0
        for one in crowd:
            one.settimeout(0.3)
            with suppress(TimeoutError):
                sent_away += one.recv(1) == b""
        assert sent_away == 3
    finally:
        for one in crowd:
            one.close()
    for _try in range(50):
        with suppress(OSError, HTTPException):
            assert ask(doorstep, "GET", "/x")[0] == 308
            return
        time.sleep(0.1)
    raise AssertionError("nobody is let in any more")


def test_a_visit_that_finds_no_thread_for_its_clock_leaves_its_room(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_more(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    doorstep.room = BoundedSemaphore(1)
    with monkeypatch.context() as many:
        many.setattr(threading.Timer, "start", no_more)
        with closing(create_connection(("127.0.0.1", doorstep.server_address[1]), 5)) as visit:
            assert visit.recv(1) == b"", "he is told to come again"
    assert doorstep.room.acquire(timeout=5)
    doorstep.room.release()
    assert ask(doorstep, "GET", "/x")[0] == 308
    assert "can't start new thread" in capsys.readouterr().err


def test_while_the_pages_start_the_plain_address_says_so(tmp_path: Path) -> None:
    made = certificates(tmp_path, datetime.now(UTC))
    alone = Doorstep("127.0.0.1", 0, unused_port(), made.authority, "en").open()
    assert ask(alone, "GET", "/install")[::2] == (503, AWAY)


@pytest.mark.thorough
@pytest.mark.long
def test_pages_are_served_over_https_that_a_device_can_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_database(tmp_path / "mes.db", migrate)
    plain, secure = unused_port(), unused_port()
    monkeypatch.setenv("MES_TLS_PORT", str(secure))
    with program(tmp_path, plain, "serve", "--tls") as served:
        served.wait_until_it_answers()  # over plain http, handed on by the doorstep
        with closing(HTTPConnection("127.0.0.1", plain, timeout=10)) as kept:
            kept.request("GET", f"/install/{FILE}")
            trust = ssl.create_default_context(cadata=kept.getresponse().read().decode())
        with closing(HTTPSConnection("localhost", secure, timeout=10, context=trust)) as browser:
            browser.request("GET", "/setup")
            answer = browser.getresponse()
            assert answer.status == 200
            assert "; Secure;" in f"{answer.getheader('Set-Cookie')};"
            answer.read()
        code, out, err = served.end()
    assert (code, err) == (0, "")
    assert f"https://127.0.0.1:{secure}/" in out
    assert fingerprint(tmp_path / "tls" / "ca.crt") in out


def test_pages_are_named_where_they_are_served() -> None:
    plain, secure = Settings(), Settings(tls=True, tls_port=8443)
    assert list(pages_at(plain, "127.0.0.1", 8080)) == ["http://127.0.0.1:8080/"]
    assert list(pages_at(secure, "127.0.0.1", 8080)) == ["https://127.0.0.1:8443/"]


def test_the_guide_shows_the_own_device_first_and_says_when_there_is_nothing_to_trust(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.ADMIN)
    assert "mes serve --tls" in desk.see("/install")
    desk.see(f"/install/{FILE}", 404)
    made = certificates(app.config["SETTINGS"].tls_dir, shop.now, NAMES)
    before, app.config["SETTINGS"] = (
        app.config["SETTINGS"],
        Settings(data_dir=app.config["SETTINGS"].data_dir, tls=True),
    )
    try:
        for device, sign in (("iPad or iPhone", "iPad"), ("Windows PC or tablet", "Windows NT 10.0")):
            text = app.test_client().get("/install?language=en", headers={"User-Agent": f"Mozilla/5.0 ({sign})"}).text
            assert text.index(device) == min(text.index(one.word) for one in DEVICES)
            assert fingerprint(made.authority) in text
        assert "인증서" in app.test_client().get("/install?language=ko").text
        answer = app.test_client().get(f"/install/{FILE}")
        assert answer.data == made.authority.read_bytes()
        assert answer.content_type == "application/x-x509-ca-cert"
    finally:
        app.config["SETTINGS"] = before


def test_who_calls_is_believed_of_the_proxies_in_front_only(tmp_path: Path) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "mes.plant.example"}
    for proxies, expected in ((0, "http://localhost/"), (1, "https://mes.plant.example/")):
        app = create_app(Settings(data_dir=tmp_path, secret_key="x", proxies=proxies))
        with app.test_client() as browser:
            browser.get("/healthz", headers=told)
            assert request.host_url == expected
