"""Files that people send: what they are is read from their content, what could act is refused, and what is kept is
served as what it was taken for."""

import io
import re
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.pdf_pages import MOST_PAGES, count_pages
from mes.labels.files import check_layout
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.midday.addresses import address, pages
from tests.quality.workshop import snapshot
from tests.security.house import House, Typist
from tests.security.walking import forms_of

PAGE = b"<!doctype html><script>alert(1)</script>"


def bomb_of_pixels(side: int = 50_000) -> bytes:
    """A small PNG that says it is huge."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 99)) + part(b"IEND", b"")


def packed(name: str = "xl/workbook.xml", megabytes: int = 60) -> bytes:
    """A small archive that unpacks to something large."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, b" " * (megabytes << 20))
        file.writestr("../../../tmp/climbed", b"x")
    return out.getvalue()


def moving(kind: str) -> bytes:
    """A picture of a kind that no camera sends."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


#: What is sent where a photo, a drawing, a certificate or a list is asked for, whatever it is called.
BAD = {
    "page.jpg": PAGE,
    "page.pdf": PAGE,
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "load.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "far.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:1/x"/></svg>',
    "entity.svg": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "acts.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
    "huge.png": bomb_of_pixels(),
    "bomb.xlsx": packed(),
    "one.gif": moving("GIF"),
    "one.tiff": moving("TIFF"),
    "program.exe": b"MZ\x90\x00" + bytes(200),
    "empty.jpg": b"",
    "head.jpg": b"\xff\xd8\xff\xe0" + PAGE,
    "both.jpg": b"GIF89a/*" + PAGE,
}
#: What a kept file may be served as; nothing else is opened inside of a browser.
SERVED = {"image/jpeg", "image/png", "image/webp", "image/svg+xml", "application/pdf"}


@pytest.fixture
def house(app: Flask, shop: Shop) -> House:
    """The bakery at midday."""
    return House(app, shop)


@pytest.mark.thorough
def test_no_field_for_files_takes_what_could_act_or_grow(house: House) -> None:
    asked, typist, taken = 0, Typist(), []
    for station, one in house.addresses():
        browser = house.tablet if station else house.desk
        for form in forms_of(one, browser.get(one)):
            fields = [field.name for field in form.inputs if field.kind == "file"]
            for name, content in BAD.items() if fields else ():
                body = form.sent(typist, {field.name: house.good.get(field.name, "RF") for field in form.typed()})
                body |= {field: (io.BytesIO(content), name) for field in fields}
                answer = (house.tablet if station else house.desk).post(form.action, data=body)
                asked += 1
                assert answer.status_code < 500, (form.action, name)
                if answer.status_code in (302, 303) and content:
                    taken.append((form.action, name))
    assert asked > 8 * len(BAD)
    assert taken == []


def test_kept_files_are_served_as_what_they_were_taken_for(house: House) -> None:
    """Inside of a page only pictures and papers, under a policy that runs nothing; the rest is downloaded."""
    kept = [rule for rule in pages(house.app, station=False) if re.search(r"photo|\.jpg|/file|/drawing|/page/", rule)]
    looked_at = 0
    for rule in kept:
        answer = house.desk.get(address(rule, house.known))
        if answer.status_code != 200 or answer.mimetype == "text/html":
            continue
        looked_at += 1
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy or "script-src 'self'" in policy, rule
        inside = not answer.headers.get("Content-Disposition", "inline").startswith("attachment")
        assert not inside or answer.mimetype in SERVED, (rule, answer.mimetype)
        assert b"SecretPhone" not in answer.data, rule
    assert looked_at >= 4


def test_nobody_sees_a_file_without_signing_in_nor_one_that_is_another_persons(app: Flask, house: House) -> None:
    """Files have numbers that can be guessed: each is asked for by its number under somebody else's sign-in."""
    visitor = app.test_client()
    for rule in pages(app, station=False):
        if re.search(r"photo|\.jpg|/file|/drawing|\.pdf|\.csv|\.xlsx|export", rule) and "/scan/test" not in rule:
            assert visitor.get(address(rule, house.known)).status_code in (302, 401, 404), rule
    [file] = house.known["label file"]
    other = Desk(app, house.shop, Role.MANAGER)
    assert other.client.get(f"/printers/jobs/{file}.pdf").status_code == 403
    assert Desk(app, house.shop, Role.MANAGER).client.get(f"/copies/{house.known['copy'][0]}/file").status_code == 403


def test_a_pdf_of_a_thousand_pages_is_shown_by_its_first_ones() -> None:
    import pypdfium2 as pdfium

    with pdfium.PdfDocument.new() as document:
        for _page in range(MOST_PAGES + 5):
            document.new_page(10, 10)
        out = io.BytesIO()
        document.save(out)
    assert count_pages(out.getvalue()) == MOST_PAGES


def test_what_is_sent_is_measured_while_it_comes(app: Flask, shop: Shop) -> None:
    """Neither a body of 60 MB nor 10 000 fields are kept in memory."""
    boss = Desk(app, shop, *Role)
    once = {"once": "large-body-1"}
    said = {"CONTENT_LENGTH": str(60 << 20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    large = boss.client.post("/import", environ_overrides=said)
    assert large.status_code == 413
    assert "50 MB" in large.text or "50&nbsp;MB" in large.text
    assert boss.client.post("/new/partner", data={**once, "name": "x" * (5 << 20)}).status_code == 413
    many = "&".join(f"f{number}=1" for number in range(200_000))
    answer = boss.client.post("/new/partner", data=many, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 413, 422)


@pytest.mark.parametrize(
    "text",
    ["{code.__class__}", "{{ 7*7 }}", "{code!r}", "{0}", "%(code)s", "{code:>99999999}", "{config[SECRET_KEY]}"],
)
def test_a_layout_of_the_plants_own_names_data_and_calls_nothing(tmp_path: Path, text: str) -> None:
    head = 'content = "lot"\nname = "own"\ntitle = "Own"\nstock = ["60x40"]\nkeys = ["code"]\n'
    field = '[[field]]\ntext = "{}"\nx = 1\ny = {}\nw = 50\nh = 8\nsize = 9\n'
    path = tmp_path / "own.toml"
    path.write_text(head + field.format("{code}", 1), "utf-8")
    assert check_layout(path) == []
    path.write_text(head + field.format("{code}", 1) + field.format(text, 12), "utf-8")
    as_it_stands = text == "%(code)s"  # no gap of ours
    assert bool(check_layout(path)) is not as_it_stands


@pytest.mark.parametrize("logo", ["../secret.key", "/etc/passwd", "..\\\\secret.key", "http://127.0.0.1:1/x.png"])
def test_the_logo_of_a_layout_lies_beside_it(tmp_path: Path, logo: str) -> None:

    folder = tmp_path / "labels"
    folder.mkdir()
    (folder.parent / "secret.key").write_bytes(snapshot((20, 20)))
    path = folder / "own.toml"
    path.write_text(
        'content = "lot"\nname = "own"\ntitle = "Own"\nstock = ["60x40"]\nkeys = ["code"]\n'
        f'[[logo]]\nfile = "{logo}"\nx = 1\ny = 1\nw = 20\nh = 20\n',
        "utf-8",
    )
    assert check_layout(path)


def test_a_name_of_a_file_is_a_word_and_no_path(app: Flask, shop: Shop) -> None:
    boss = Desk(app, shop, *Role)
    shop.do(lambda work: make_person(work, Role.ADMIN))
    for turn, name in enumerate(("../../etc/x.csv", "C:\\x\\y.csv", "a\r\nX: 1.csv", "<b>.csv", "x" * 400 + ".csv")):
        sent = {"once": f"named-{turn:04d}", "kind": "items", "file": (io.BytesIO(b"code,name\nA,a\n"), name)}
        answer = boss.client.post("/import", data=sent)
        assert answer.status_code in (303, 422, 409), name
        assert "<b>" not in answer.text
        assert not any("\n" in value for _name, value in answer.headers)
