"""The pages of quality at a desk: who may see and do what, and what comes back when something is wrong."""

import io
import re
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.access import Role
from mes.core.files import SentFile
from mes.core.work import Work
from mes.items.service import set_picture
from mes.quality import catalogue
from mes.quality.finding import Mark
from mes.quality.models import Defect, Disposition
from tests.desk import Desk
from tests.factories import make_defect, make_defect_cause
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
    assert lot.code in Desk(app, workshop.shop, Role.LEADER).see(f"/quality/inspect/incoming/{lot.code}")


# Defects


def test_a_defect_with_a_photo_is_recorded_and_shown(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert f'value="{lot.code}"' in quality.see(f"/quality/defects/new?of={lot.code}")
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="1,234.5", status=409)
    assert "never had more than 100" in place
    place = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2.5", photos=upload(snapshot()))
    shown = quality.see(place)
    assert "Burr" in shown
    assert "2.5" in shown
    assert "/photo" in shown


def test_the_photo_is_served_as_a_picture_and_nothing_else(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photos=[SentFile('x".html', snapshot())])
    answer = quality.client.get(f"/quality/defects/{defect.id}/photo")
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'inline; filename="defect-{defect.id}.jpg"'
    assert answer.data.startswith(b"\xff\xd8")


def test_a_kept_file_of_another_kind_is_handed_over_rather_than_shown(quality: Desk, workshop: Workshop) -> None:
    defect = rust_on_sheets(workshop, photos=[SentFile("a.jpg", snapshot())])

    def spoil(work: Work) -> None:
        catalogue.get_photo(work.session, defect.id).kind = "text/html"

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
        photos=upload(raw, name),
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
    shown = quality.press("/quality/defects/new", of=lot.code, code="BURR", quantity="2", photos=big, status=422)
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
        rust_on_sheets(workshop, photos=[SentFile("a.jpg", snapshot((50, 50)))])
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


# Faces, places, causes


def test_the_form_takes_several_photos_cause_mould_and_a_mark(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    workshop.shop.do(lambda work: make_defect_cause(work, code="WORN", name="금형 마모", name_en="Worn tool"))
    place = quality.press(
        "/quality/defects/new",
        of=lot.code,
        code="BURR",
        quantity="2",
        cause_code="WORN",
        tool="m-7",
        cavity="2",
        photos=[upload(snapshot((30, 30))), upload(snapshot((40, 30)))],
    )
    shown = quality.see(place)
    assert "Worn tool" in shown
    assert "M-7 · cavity 2" in shown
    assert shown.count('class="evidence"') == 2
    [row] = workshop.defects()
    assert [place in quality.see(f"/quality/defects?tool={tool}") for tool in ("m-7", "m-8")] == [True, False]
    assert quality.client.get(f"/quality/defects/{row.id}/photo?n=2").content_type == "image/jpeg"
    assert quality.client.get(f"/quality/defects/{row.id}/photo?n=x").status_code == 200


def test_marks_are_shown_over_the_picture_of_the_part(quality: Desk, workshop: Workshop) -> None:
    assert "No marks here" in quality.see("/quality/marks")
    workshop.shop.do(lambda work: set_picture(work, "SH", "part.jpg", snapshot((60, 40))))
    row = rust_on_sheets(workshop, mark=Mark(100, 900))
    assert 'd="M100 900h.01"' in quality.see("/quality/marks")
    assert 'd="M100 900h.01"' in quality.see(f"/quality/defects/{row.id}")


def test_sorting_is_counted_before_the_rest_is_decided(quality: Desk, workshop: Workshop) -> None:
    row = rust_on_sheets(workshop)
    quality.press(f"/quality/defects/{row.id}/decide", decision="sort", reason="선별")
    assert f"/quality/defects/{row.id}/sorted" in quality.see(f"/quality/defects/{row.id}")
    assert quality.press(f"/quality/defects/{row.id}/sorted", good="2").endswith("/decide")
    assert "are left" in quality.see(f"/quality/defects/{row.id}/decide")
    quality.press(f"/quality/defects/{row.id}/decide", decision="scrap", reason="불량", take_out="y")
    assert "were good" in quality.see(f"/quality/defects/{row.id}")


def test_reworked_pieces_and_an_approver_are_named_on_the_page(quality: Desk, workshop: Workshop) -> None:
    apart, whole, accepted = (rust_on_sheets(workshop) for _time in range(3))
    quality.press(f"/quality/defects/{apart.id}/decide", decision="rework", reason="재가공", apart="y")
    assert "Lot of its own" in quality.see(f"/quality/defects/{apart.id}")
    quality.press(f"/quality/defects/{whole.id}/decide", decision="rework", reason="재가공")
    assert "keeps its identity" in quality.see(f"/quality/defects/{whole.id}")
    assert "needs the name" in quality.press(
        f"/quality/defects/{accepted.id}/decide", decision="concession", reason="외관", status=409
    )
    quality.press(f"/quality/defects/{accepted.id}/decide", decision="concession", reason="외관", approved_by="이과장")
    assert "이과장" in quality.see(f"/quality/defects/{accepted.id}")


def test_a_type_has_a_picture_and_a_cause_is_kept(quality: Desk, workshop: Workshop) -> None:
    quality.press("/quality/code-picture/BURR", photo=upload(snapshot((60, 60))))
    assert "/quality/code-picture/BURR/photo.jpg" in quality.see("/quality/codes")
    assert quality.client.get("/quality/code-picture/BURR/photo.jpg").content_type == "image/jpeg"
    quality.press("/quality/new-cause", code="SET", name="조건 설정", name_en="Setting")
    quality.press("/quality/causes/SET", name="조건 설정 오류", name_en="Wrong setting", active="y")
    assert "Wrong setting" in quality.see("/quality/codes")
    rust_on_sheets(workshop, cause_code="SET")
    assert "cannot be removed" in quality.press("/quality/remove-cause/SET", status=409)
    assert "cannot be removed" in quality.press("/quality/remove-code/BURR", status=409)
    quality.press("/quality/remove-code/DIM")
    assert "DIM is removed." in quality.see("/quality/codes")
    assert "DIM" not in quality.see("/quality/codes")
