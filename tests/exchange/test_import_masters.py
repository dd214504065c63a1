"""Lists of things with codes, as a plant brings them: every row gets a verdict, and the file goes in whole or not."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from mes.core.access import Role
from mes.core.events import Event
from mes.core.i18n import speaking
from mes.equipment.models import Machine, WorkCentre
from mes.equipment.service import change_location, end_downtime
from mes.exchange.exports import get_list
from mes.exchange.kinds import KINDS, get_kind
from mes.exchange.models import Upload, Verdict
from mes.exchange.rules import KindUnclear, KindUnknown, RowsRefused
from mes.exchange.service import import_file, prepare
from mes.items.models import Item, ItemKind, SampleFrom, Tracking
from mes.items.queries import get_item
from mes.lots.service import receive_lots
from mes.partners.models import Partner
from mes.people.models import Person
from mes.people.queries import get_person, list_skills
from tests.conftest import Shop
from tests.exchange.files import workbook
from tests.exchange.importing import bring, csv, look, refused, why
from tests.factories import (
    make_by_product,
    make_downtime,
    make_item,
    make_item_unit,
    make_location,
    make_machine,
    make_person,
    make_work_centre,
)

HEAD = "품목코드|품명|단위|구분|추적|소비기한(일)|안전재고|수입검사|바코드(GTIN)"


def test_new_items_are_entered_as_the_file_says(shop: Shop) -> None:
    bring(
        shop,
        "items",
        f"{HEAD}|단가(원)",
        "00123|쌀가루|kg|원자재|로트|365|1,200.5|Y|8800000000114|2,350.5",
        "1E5|박스|EA|포장재|없음|||||",
    )
    with shop.read() as read:
        rice, box = get_item(read, "00123"), get_item(read, "1E5")
    assert (rice.name, rice.unit, rice.kind, rice.shelf_life_days) == ("쌀가루", "kg", ItemKind.RAW, 365)
    assert (rice.safety_stock, rice.inspect_incoming, rice.gtin) == (Decimal("1200.5"), True, "8800000000114")
    assert (rice.unit_cost, box.unit_cost) == (Decimal("2350.5"), None)
    assert (box.kind, box.tracking, box.active, box.version) == (ItemKind.PACKAGING, Tracking.NONE, True, 1)


def test_how_long_samples_are_kept_comes_in_and_goes_out(shop: Shop) -> None:
    bring(
        shop,
        "items",
        "품목코드|품명|보관품 보관일수(일)|보관품 기산일",
        "A|가|730|소비기한",
        "B|나|365|제조일",
        "C|다||",
    )
    with shop.read() as read:
        kept = [(one.sample_days, one.sample_from) for one in (get_item(read, code) for code in "ABC")]
        with speaking("ko"):
            first, *_others = get_list("items").rows(read)
            named = get_list("items").headings()
    assert kept == [(730, SampleFrom.USE_BY), (365, SampleFrom.MADE), (None, None)]
    told = dict(zip(named, first, strict=True))
    assert (told["보관품보관일수"], told["보관품기산일"]) == (730, "소비기한")


def test_one_event_tells_of_a_whole_file_and_names_it(shop: Shop) -> None:
    bring(shop, "items", "품목코드|품명", "A|가", "B|나")
    with shop.read() as read:
        told = [event for event in read.scalars(select(Event)) if event.verb == "exchange.import"]
        assert not read.scalar(select(func.count()).select_from(Event).where(Event.thing == "items"))
        upload = read.scalars(select(Upload)).one()
    [event] = told
    assert event.thing_id == upload.id
    assert upload.imported_at == shop.now
    assert '"file":"items.csv"' in str(event.after)
    assert '"new":2' in str(event.after)
    assert "sha256" in str(event.after)


def test_a_changed_row_changes_its_columns_and_leaves_its_own_event(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", name="옛 이름", unit="kg", spec="20 kg 포"))
    found = bring(shop, "items", "품목코드|품명|규격|단위", "A|새 이름||kg")
    [row] = found.rows
    assert row.verdict is Verdict.CHANGED
    assert [(change.field, change.before, change.after) for change in row.changes] == [("name", "옛 이름", "새 이름")]
    with shop.read() as read:
        item = get_item(read, "A")
        [event] = [e for e in read.scalars(select(Event)) if e.verb == "items.change"]
    assert (item.name, item.spec, item.version) == ("새 이름", "20 kg 포", 2), "a blank cell changes nothing"
    assert ("옛 이름" in str(event.before), "새 이름" in str(event.after)) == (True, True)


def test_the_same_file_again_does_nothing(shop: Shop) -> None:
    rows = (HEAD, "A|가|kg|원자재|로트|10|1|Y|", "B|나|EA|완제품|시리얼||||")
    bring(shop, "items", *rows)
    again = bring(shop, "items", *rows)
    assert again.counts == {Verdict.NEW: 0, Verdict.CHANGED: 0, Verdict.SAME: 2, Verdict.REFUSED: 0}
    assert not again.does_something


def test_one_refused_row_keeps_the_whole_file_out_and_every_reason_is_told(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE-1"))
    rows = refused(
        shop, "items", HEAD, "OK|좋은 행||||||||", "BAD|나쁜 행||없는구분||||||", "|이름뿐||||||||", "X||||||||",
        "rice-1|소문자||||||||", "OK|두 번||||||||", "ok|비슷||||||||", "G|바코드|||||||8800000000115",
        "N|음수||||-5||||", "Q|글자|||||많이||",
    )  # fmt: skip
    assert why(rows) == [
        ("D3", "NotAChoice"), ("A4", "CellIsMissing"), ("B5", "CellIsMissing"), ("A6", "SimilarCode"),
        ("A7", "RowTwice"), ("A8", "CodesTooSimilar"), ("I9", "BadGtin"), ("F10", "NumberIsNegative"),
        ("G11", "NotANumber"),
    ]  # fmt: skip
    with shop.read() as read:
        assert read.scalar(select(func.count()).select_from(Item)) == 1
        assert not read.scalar(select(func.count()).select_from(Upload))


def test_a_refusal_names_the_row_of_the_sheet_and_says_what_to_do(shop: Shop) -> None:
    data = workbook([["품목 대장"], [], ["품목코드", "품명", "안전재고"], ["A", "가", "열 개"]])
    with pytest.raises(RowsRefused) as no:
        shop.do(lambda work: import_file(work, "items", "items.xlsx", data))
    [row] = no.value.preview.refused
    assert (row.number, row.cell) == (4, "C4")
    assert str(row.reason).startswith("“열 개” is not a number. Write digits only")
    assert no.value.sentence == "1 rows of items.xlsx cannot be imported, so nothing was imported."


def test_unit_and_tracking_stay_once_a_lot_is_there(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, code="A", unit="kg"))
    bring(shop, "items", "품목코드|품명|단위", "A|가|g")
    bring(shop, "items", "품목코드|품명|단위", "A|가|kg")
    shop.do(lambda work: receive_lots(work, item=item, quantities=[Decimal(5)]))
    assert why(refused(shop, "items", "품목코드|품명|단위", "A|가|g")) == [("C2", "UnitInUse")]


def test_a_by_product_stays_tracked_by_lot_and_another_unit_does_not_become_the_own_one(shop: Shop) -> None:
    row = shop.do(make_by_product)
    with shop.read() as read:
        code = read.get_one(Item, row.item_id).code
    assert why(refused(shop, "items", "code|name|tracking", f"{code}|가|serial")) == [("C2", "UnitInUse")]
    shop.do(lambda work: make_item_unit(work, get_item(work.session, code), unit="BOX"))
    assert why(refused(shop, "items", "code|name|unit", f"{code}|가|BOX")) == [("C2", "SameUnit")]
    bring(shop, "items", "code|name|unit", f"{code}|가|kg")


def test_many_rows_are_compared_with_everything_in_one_go(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="P-1", name="1번"))
    rows = [f"P-{n}|{n}번" for n in range(2500)]
    found = bring(shop, "items", "품목코드|품명", *rows)
    assert (found.counts[Verdict.NEW], found.counts[Verdict.SAME]) == (2499, 1)
    assert len(found.shown()) == 200
    assert why(refused(shop, "items", "품목코드|품명", *rows, "p-7|비슷"))[0] == ("A2502", "CodesTooSimilar")
    with shop.read() as read:
        assert read.scalar(select(func.count()).select_from(Item)) == 2500


def test_refused_rows_far_down_are_shown_too(shop: Shop) -> None:
    rows = [f"P-{n}|{n}번" for n in range(300)]
    found = look(shop, "items", "품목코드|품명", *rows, "|끝")
    assert len(found.shown()) == 201
    assert found.shown()[-1].number == 302


def test_machines_and_places_get_the_code_for_their_label(shop: Shop) -> None:
    bring(shop, "locations", "위치코드|위치명|구분", "S-1|창고|창고", "Q-1|격리|격리")
    bring(shop, "work_centres", "작업장코드|작업장명|위치", "WC-1|포장실|S-1")
    bring(shop, "machines", "설비코드|설비명|작업장", "M-1|포장기|WC-1", "M-2|검출기|WC-1")
    with shop.read() as read:
        tags = list(read.scalars(select(Machine.tag).order_by(Machine.code)))
        centre = read.scalars(select(WorkCentre)).one()
    assert tags[0].startswith("M0001")
    assert tags[1].startswith("M0002")
    assert centre.location_id
    found = look(shop, "work_centres", "작업장코드|작업장명|위치", "WC-1|포장실|Q-1")
    assert [(c.before, c.after) for c in found.rows[0].changes] == [("S-1", "Q-1")], "places by their codes"


def test_a_machine_at_an_unknown_or_closed_place_is_refused(shop: Shop) -> None:
    shop.do(lambda work: make_location(work, code="S-9"))
    shop.do(lambda work: change_location(work, "S-9", active=False))
    shop.do(lambda work: make_work_centre(work, code="WC-1"))
    assert why(refused(shop, "machines", "code|name|work centre", "M|x|WC-9", "N|y|")) == [
        ("C2", "NotKnown"),
        ("C3", "CellIsMissing"),
    ]
    assert why(refused(shop, "work_centres", "code|name|location", "W|x|S-9")) == [("C2", "NoLongerUsed")]


def test_a_file_moves_no_machine_away_from_its_open_stop(shop: Shop) -> None:
    shop.do(lambda work: make_work_centre(work, code="WC-1"))
    machine = shop.do(lambda work: make_machine(work, code="M-1"))
    stop = shop.do(lambda work: make_downtime(work, machine))
    assert why(refused(shop, "machines", "code|name|work centre", "M-1|x|WC-1")) == [("C2", "AlreadyStopped")]
    shop.do(lambda work: end_downtime(work, stop.id))
    bring(shop, "machines", "code|name|work centre", "M-1|x|WC-1")


def test_a_partner_may_be_several_things(shop: Shop) -> None:
    bring(shop, "partners", "거래처코드|거래처명|거래처구분|전화번호", "C-1|견본식품|고객, 공급처|02-000-0001")
    with shop.read() as read:
        partner = read.scalars(select(Partner)).one()
    assert partner.kinds == {"customer", "supplier"}
    assert partner.phone == "02-000-0001"


def test_a_partners_gln_comes_with_the_list_and_a_wrong_one_is_named(shop: Shop) -> None:
    head = "거래처코드|거래처명|거래처구분|GLN"
    bring(shop, "partners", head, "C-1|견본식품|고객|880 0000 000107", "C-2|견본상사|고객|")
    with shop.read() as read:
        assert list(read.scalars(select(Partner.gln).order_by(Partner.code))) == ["8800000000107", None]
    assert why(refused(shop, "partners", head, "C-3|견본|고객|8800000000108")) == [("D2", "BadGln")]


def test_people_get_a_badge_and_no_password(shop: Shop) -> None:
    head = "사번|성명|역할|언어|보유기능|아이디|비밀번호"
    found = bring(shop, "people", head, "F1|김영숙|작업자, 반장|한국어|배합, 증자|Kim|1234")
    assert found.ignored == ["비밀번호"]
    with shop.read() as read:
        person = get_person(read, "F1")
        skills = [skill.name for skill in list_skills(read, person.id)]
    assert person.roles == {Role.OPERATOR, Role.LEADER}
    assert person.login == "kim"
    assert person.badge.startswith("B")
    assert person.password_hash is None
    assert person.pin_hash is None
    assert skills == ["배합", "증자"]
    again = bring(shop, "people", head, "F1|김영숙|반장|영어|배합|kim|")
    assert [change.field for change in again.rows[0].changes] == ["roles", "language", "skills"]
    with shop.read() as read:
        assert [skill.name for skill in list_skills(read, person.id)] == ["배합"]
        assert get_person(read, "F1").language == "en"


def test_skills_that_a_list_names_again_keep_the_day_until_which_they_hold(shop: Shop) -> None:
    skills = [("용접", date(2026, 2, 1)), ("크레인", date(2026, 6, 30))]
    shop.do(lambda work: make_person(work, code="F1", name="김", skills=skills))
    bring(shop, "people", "사번|성명|보유기능", "F1|김|용접, 프레스")
    with shop.read() as read:
        known = list_skills(read, get_person(read, "F1").id)
    assert {skill.name: skill.until for skill in known} == {"용접": date(2026, 2, 1), "프레스": None}


def test_numbers_of_days_that_no_desk_takes_are_refused(shop: Shop) -> None:
    rows = refused(shop, "items", "품목코드|품명|소비기한(일)", "A|가|36501", "B|나|99999999999", "C|다|36500")
    assert why(rows) == [("C2", "NumberAboveMost"), ("C3", "NumberAboveMost")]
    assert "at most 36,500" in str(rows[0].reason)


def test_a_person_whom_the_use_case_refuses_after_all_is_named_by_the_row(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.ADMIN, code="F1", name="김", login="boss"))
    rows = refused(shop, "people", "code|name|roles", "F0|x|operator", "F1|김|operator")
    assert [(row.number, row.code) for row in rows] == [(3, "F1")]
    assert why(rows) == [("", "LastAdministrator")]


def test_a_login_belongs_to_one_person(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="F0", login="kim"))
    rows = refused(shop, "people", "code|name|login", "F1|x|Kim", "F2|y|lee", "F3|z|lee")
    assert why(rows) == [("C2", "LoginTaken"), ("C4", "RowTwice")]
    with shop.read() as read:
        assert len(list(read.scalars(select(Person)))) == 1


def test_codes_of_defects_and_stops_come_in_several_languages(shop: Shop) -> None:
    bring(shop, "defect_codes", "불량코드|불량명|영문명|베트남어|구분", "D-1|갈라짐|Cracked|Bị nứt|외관")
    bring(shop, "stop_reasons", "비가동코드|비가동사유|영문명|계획여부", "S-1|품목교체|Changeover|Y")
    assert look(shop, "stop_reasons", "비가동코드|비가동사유|계획여부", "S-1|품목교체|N").counts[Verdict.CHANGED] == 1


def test_the_kind_is_seen_from_the_headings_and_the_files_name() -> None:
    table = csv("불량코드|불량명|구분", "D-1|갈라짐|외관")
    assert prepare(None, "목록.csv", table).kind.name == "defect_codes"
    assert prepare(None, "위치.csv", csv("코드|이름", "A|가")).kind.name == "locations"
    with pytest.raises(KindUnclear):
        prepare(None, "x.csv", csv("무엇|어디", "A|가"))


def test_a_kind_is_known_by_its_name() -> None:
    assert get_kind("Opening-Lots") is KINDS["opening_lots"]
    with pytest.raises(KindUnknown) as no:
        get_kind("invoices")
    assert "items, customer_parts, boms" in str(no.value.advice)
