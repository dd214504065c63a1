"""The pages of quality at a desk: who may see and do what, and what comes back when something is wrong."""

import io
import re
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.access import Role
from mes.core.work import Work
from mes.quality import queries
from mes.quality.models import Defect, Disposition
from tests.desk import Desk
from tests.factories import make_defect
from tests.quality.workshop import Workshop, snapshot

D = Decimal


@pytest.fixture
def quality(app: Flask, workshop: Workshop) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, workshop.shop, Role.QUALITY)


def rust_on_sheets(workshop: Workshop, **values: object) -> Defect:
    lot = workshop.receive_sheets()
    return workshop.shop.do(lambda work: make_defect(work, lot.code, 3, code="BURR", **values))


def upload(raw: bytes, name: str = "IMG_1.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(raw), name


# Who may do what


PAGES = (
    "/quality/defects",
    "/quality/defects/new",
    "/quality/pareto?since=2026-01-01",
    "/quality/inspections",
    "/quality/standards",
    "/quality/standards/SH",
    "/quality/codes",
)


def test_the_office_sees_every_page_and_an_operator_none(app: Flask, workshop: Workshop) -> None:
    clerk, operator = Desk(app, workshop.shop, Role.MATERIAL), Desk(app, workshop.shop, Role.OPERATOR)
    for address in PAGES:
        assert "<h1>" in clerk.see(address)
        operator.see(address, 403)


@pytest.mark.parametrize("role", [Role.LEADER, Role.MATERIAL, Role.OPERATOR])
def test_only_quality_decides_and_keeps_codes_and_standards(app: Flask, workshop: Workshop, role: Role) -> None:
    defect, desk = rust_on_sheets(workshop), Desk(app, workshop.shop, role)
    for address in (
        f"/quality/defects/{defect.id}/decide",
        "/quality/new-code",
        "/quality/codes/BURR",
        "/quality/new-characteristic/SH",
        f"/quality/characteristics/{workshop.width.id}",
    ):
        desk.see(address, 403)
        desk.press(address, 403)
    assert workshop.defects()[0].disposition is Disposition.OPEN


def test_a_material_handler_does_not_inspect(app: Flask, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    Desk(app, workshop.shop, Role.MATERIAL).see(f"/quality/inspect/incoming/{lot.code}", 403)
    Desk(app, workshop.shop, Role.LEADER).see(f"/quality/inspect/incoming/{lot.code}")


# Defects


def test_a_defect_with_a_photo_is_recorded_and_shown(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert f'value="{lot.code}"' in quality.see(f"/quality/defects/new?of={lot.code}")
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="1,234.5", status=409)
    assert "never had more than 100" in place
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2.5", photo=upload(snapshot()))
    shown = quality.see(place)
    assert "Burr" in shown
    assert "2.5" in shown
    assert "/photo" in shown


def test_the_photo_is_served_as_a_picture_and_nothing_else(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photo=snapshot(), photo_name='x".html')
    answer = quality.client.get(f"/quality/defects/{defect.id}/photo")
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'inline; filename="defect-{defect.id}.jpg"'
    assert answer.data.startswith(b"\xff\xd8")


def test_a_kept_file_of_another_kind_is_handed_over_rather_than_shown(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photo=snapshot())

    def spoil(work: Work) -> None:
        queries.get_photo(work.session, defect.id).kind = "text/html"

    workshop.shop.do(spoil)
    answer = quality.client.get(f"/quality/defects/{defect.id}/photo")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "photo.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.svg"),
        (b"", "empty.jpg"),
    ],
)
def test_a_bad_photo_keeps_what_was_typed_and_says_one_sentence(
    quality: Desk, workshop: Workshop, raw: bytes, name: str
) -> None:
    lot = workshop.receive_sheets()
    shown = quality.press(
        "/quality/defects/new",
        of=lot.code,
        code="BURR",
        quantity="2",
        cause="찍힘",
        photo=upload(raw, name),
        status=422,
    )
    assert f"The file {name} is not a photo that can be read." in shown
    assert "찍힘" in shown
    assert workshop.defects() == []


def test_a_photo_that_is_too_large_is_refused_in_a_sentence(
    quality: Desk, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mes.core.files.MOST_BYTES", 1000)
    lot = workshop.receive_sheets()
    big = upload(b"\xff\xd8" + b"0" * 1000)
    shown = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2", photo=big, status=422)
    assert "is too large" in shown


def test_bad_entries_come_back_at_their_fields(quality: Desk) -> None:
    shown = quality.press("/quality/defects/new", of="", code="NOPE", quantity="viele", status=422)
    assert "viele is not a number." in shown
    shown = quality.press("/quality/defects/new", of="L260105-0000X", code="BURR", quantity="1", status=404)
    assert "There is no lot or job L260105-0000X." in shown
    quality.press("/quality/defects/new", of="<script>", code="BURR", quantity="-1", status=422)
    quality.press("/quality/defects/new", of="A" * 200, code="BURR", quantity="1e30", status=422)


def test_a_decision_is_made_once_with_its_reason(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop)
    address = f"/quality/defects/{defect.id}/decide"
    assert "Take the pieces out" in quality.see(address)
    quality.press(address, 422, decision="scrap", reason="")
    place = quality.press(address, decision="scrap", reason="녹 심함", take_out="y")
    assert "녹 심함" in quality.see(place)
    lot = workshop.defects()[0].lot_id
    with workshop.shop.read() as read:
        assert read.get_one(Defect, defect.id).disposition is Disposition.SCRAP
        assert lot is not None
    quality.press(address, 422, decision="rework", reason="다시")  # nothing may be chosen any more


def test_filters_live_in_the_address_and_unreadable_ones_choose_nothing(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop)
    day = defect.day.isoformat()
    row = f"/quality/defects/{defect.id}"
    assert row in quality.see(f"/quality/defects?since={day}&until={day}&code=BURR&item=SH&machine=-&disposition=open")
    for address in (
        "since=2030-01-01",
        "code=CRACK",
        "item=PL",
        "machine=PR-1",
        "disposition=scrap",
        "unit=EA",
        "lot=L1",
    ):
        assert row not in quality.see(f"/quality/defects?{address}")
    for address in ("since=yesterday", "since=0001-01-01", "disposition=nonsense", "after=garbage"):
        assert row in quality.see(f"/quality/defects?{address}")


def test_the_pareto_opens_with_30_days_in_its_address(quality: Desk, workshop: Workshop) -> None:
    rust_on_sheets(workshop)
    answer = quality.client.get("/quality/pareto?by=item")
    assert answer.location == "/quality/pareto?by=item&since=2025-12-07"
    shown = quality.see(answer.location)
    links = re.findall(r'href="(/quality/defects\?[^"]+)"', shown)
    assert links
    assert "item=SH" in links[0]
    quality.see(links[0].replace("&amp;", "&"))


def test_a_page_of_the_list_takes_the_same_few_statements_at_any_length(quality: Desk, workshop: Workshop) -> None:
    def statements() -> int:
        seen: list[str] = []
        listen = lambda _c, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731
        event.listen(workshop.shop.database.engine, "before_cursor_execute", listen)
        quality.see("/quality/defects")
        event.remove(workshop.shop.database.engine, "before_cursor_execute", listen)
        return len(seen)

    rust_on_sheets(workshop)
    few = statements()
    for _ in range(5):
        rust_on_sheets(workshop, photo=snapshot((50, 50)))
    assert statements() == few


# Codes and standards


def test_a_code_is_entered_changed_and_taken_out_of_use(quality: Desk, workshop: Workshop) -> None:
    quality.press("/quality/new-code", code="RUST", name="녹", name_vi="Gỉ sét", group="외관")
    assert "Gỉ sét" in quality.see("/quality/codes")
    shown = quality.press("/quality/new-code", 409, code="rust", name="또")
    assert "differs from the existing RUST" in shown
    quality.press("/quality/codes/RUST", name="녹 발생", version="1")
    quality.see("/quality/codes")
    assert "RUST" not in quality.see("/quality/defects/new")
    shown = quality.press("/quality/codes/RUST", 409, name="다른 이름", version="1")
    assert "while you were editing it" in shown
    assert "다른 이름" in shown


# Inspections


def test_words_of_fixed_lists_follow_the_reader(app: Flask, workshop: Workshop) -> None:
    desk = Desk(app, workshop.shop, Role.QUALITY)
    assert "Pass" in desk.see("/quality/inspections")
    with desk.client.session_transaction() as kept:
        kept["language"] = "ko"
    assert "합격" in desk.see("/quality/inspections")
    with desk.client.session_transaction() as kept:
        kept["language"] = "en"
    assert "합격" not in desk.see("/quality/inspections")


# What a failed lot says
