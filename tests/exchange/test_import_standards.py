"""Inspection standards from a file: one row for each characteristic."""

import io
import re
from decimal import Decimal

from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.exchange.exports import get_list
from mes.exchange.kinds import KINDS
from mes.inspection import standard_queries
from mes.inspection.models import InspectionKind, InspectionStandard, Nature, SampleRule
from mes.inspection.service import make_standard
from mes.items.queries import get_item
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.importing import bring, csv, look, refused, why
from tests.factories import make_item, make_partner, make_released_routing

D = Decimal
HEADINGS = "품목코드|검사구분|공정순서|거래처|샘플링방식|시료수|AQL|검사수준|검사항목|단위|하한|상한|합격답|불합격답"
BOLT = "BT|수입|||AQL||1.0|II|길이|mm|9.9|10.1||"
LOOKS = "BT|수입|||||||외관||||양호 = OK|긁힘 / 찍힘"


def plant(shop: Shop) -> None:
    """Bolts from a mill, and plates with a routing."""

    def deed(work: Work) -> None:
        make_item(work, code="BT")
        make_released_routing(work, make_item(work, code="PL"))
        make_partner(work, code="MILL")
        make_partner(work, PartnerKind.CUSTOMER, code="MART")

    shop.do(deed)


def in_force(shop: Shop, kind: InspectionKind = InspectionKind.INCOMING) -> InspectionStandard:
    """The standard of bolts as it is in force."""
    with shop.read() as read:
        found = standard_queries.standard_for(read, get_item(read, "BT").id, kind)
    assert found is not None
    return found


def test_rows_of_one_item_and_kind_are_one_standard_in_force(shop: Shop) -> None:
    plant(shop)
    seen = bring(shop, "standards", HEADINGS, BOLT, LOOKS)
    assert [row.verdict for row in seen.rows] == ["new", "new"]
    standard = in_force(shop)
    assert (standard.sample_rule, standard.aql, standard.level) == (SampleRule.AQL, "1.0", "II")
    length, looks = standard.characteristics
    assert (length.lower, length.upper, length.unit) == (D("9.9"), D("10.1"), "mm")
    assert looks.nature is Nature.ATTRIBUTE
    assert [(one.name, one.name_en, one.good) for one in looks.choices] == [
        ("양호", "OK", True), ("긁힘", None, False), ("찍힘", None, False),
    ]  # fmt: skip


def test_the_same_file_again_changes_nothing_and_a_changed_limit_makes_a_revision(shop: Shop) -> None:
    plant(shop)
    bring(shop, "standards", HEADINGS, BOLT, LOOKS)
    assert {row.verdict for row in look(shop, "standards", HEADINGS, BOLT, LOOKS).rows} == {"same"}
    first = in_force(shop)
    seen = bring(shop, "standards", HEADINGS, BOLT.replace("10.1", "10.2"))
    [row] = seen.rows
    assert row.verdict == "changed"
    assert {change.field for change in row.changes} == {"upper", "characteristic"}
    second = in_force(shop)
    assert (second.revision, len(second.characteristics)) == (2, 1)
    assert second.characteristics[0].stem_id == first.characteristics[0].stem_id


def test_rows_of_one_standard_that_say_different_things_of_all_of_it_are_refused(shop: Shop) -> None:
    """A list that went out tells the AQL in each row: one that is changed in a later row alone is not lost."""
    plant(shop)
    length = BOLT.replace("길이", "폭")
    [row] = refused(shop, "standards", HEADINGS, BOLT, length.replace("1.0|II", "0.65|II"))
    assert why([row]) == [("G3", "StandardSaysBoth")]
    assert row.reason is not None
    assert "1.0" in row.reason.sentence
    assert "0.65" in row.reason.sentence
    assert why(refused(shop, "standards", HEADINGS, LOOKS, BOLT))[0][1] == "StandardSaysBoth"
    bring(shop, "standards", HEADINGS, BOLT, LOOKS)
    same = look(shop, "standards", HEADINGS, BOLT, length)
    assert [one.verdict for one in same.rows] == ["same", "new"]


def test_what_goes_out_comes_back_unchanged(shop: Shop) -> None:
    plant(shop)
    bring(
        shop,
        "standards",
        HEADINGS,
        BOLT,
        LOOKS,
        "PL|순회|10||고정|3|||외경|mm|1|2||",
        "BT|수입||MILL|전수||||폭|mm|1|||",
    )
    listed = get_list("standards")
    with shop.read() as read:
        rows = ["|".join("" if cell is None else str(cell) for cell in row) for row in listed.rows(read)]
    assert len(rows) == 4
    assert {row.verdict for row in look(shop, "standards", "|".join(listed.headings()), *rows).rows} == {"same"}


def test_each_row_that_cannot_be_is_refused_with_its_reason(shop: Shop) -> None:
    plant(shop)
    rows = refused(
        shop, "standards", HEADINGS,
        "NOPE|수입|||||||길이|mm|1|2||",
        "BT|최종|||||||길이|mm|3|2||",
        "BT|출하|||AQL||1.0||길이|mm|1|2||",
        "BT|순회|30||||||길이|mm|1|2||",
        "BT|자주||MILL|||||길이|mm|1|2||",
        "BT|수입|||||||외관||||양호|",
        "BT|중물|||||||길이|mm|1|2||",
        "BT|중물|||||||길이|mm|1|2||",
        "BT|종물||NOBODY|||||길이|mm|1|2||",
        "BT|아무|||||||길이|mm|1|2||",
    )  # fmt: skip
    assert why(rows) == [
        ("A2", "NotKnown"), ("K3", "LimitsReversed"), ("H4", "AqlMissing"), ("C5", "OperationUnknown"),
        ("D6", "PartnerOfAnotherKind"), ("N7", "NoBadChoice"), ("I9", "RowTwice"), ("D10", "NotKnown"),
        ("B11", "NotAChoice"),
    ]  # fmt: skip


def test_a_draft_that_somebody_works_on_is_not_overwritten(shop: Shop) -> None:
    plant(shop)
    shop.do(lambda work: make_standard(work, item=get_item(work.session, "BT"), kind=InspectionKind.INCOMING))
    assert why(refused(shop, "standards", HEADINGS, BOLT)) == [("A2", "StandardDraftExists")]


def test_a_file_can_leave_drafts_for_somebody_to_approve(shop: Shop) -> None:
    plant(shop)
    bring(shop, "standards", HEADINGS, BOLT, release=False)
    with shop.read() as read:
        assert standard_queries.standard_for(read, get_item(read, "BT").id, InspectionKind.INCOMING) is None
        [draft] = standard_queries.standards_of(read, get_item(read, "BT").id)
    assert draft.state == "draft"


def test_quality_imports_its_own_lists_and_the_plants_words_and_nothing_else(app: Flask, shop: Shop) -> None:
    plant(shop)
    quality = Desk(app, shop, Role.QUALITY)
    page = quality.see("/import")
    offered = re.findall(r"<select[^>]*name=\"kind\".*?</select>", page, re.DOTALL)[0]
    assert [kind for kind in KINDS if f'value="{kind}"' in offered] == [
        "defect_codes",
        "gauges",
        "standards",
        "words",
        "readings",
    ]
    place = quality.press("/import", kind="standards", file=(io.BytesIO(csv(HEADINGS, BOLT)), "standards.csv"))
    quality.see(place)
    partners = csv("거래처코드|거래처명|구분", "A|B|고객")
    quality.press("/import", 403, kind="", file=(io.BytesIO(partners), "partners.csv"))
    Desk(app, shop, Role.MATERIAL).see("/import", 403)
