"""Bills of material and routings from files: a new revision only where something differs, never a loop."""

import json
from decimal import Decimal
from functools import partial

from sqlalchemy import func, select

from mes.core.work import Work
from mes.exchange.exports import LISTS
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.service import import_file, prepare, preview
from mes.items.by_products import by_products_of
from mes.items.models import Bom, Consumption, Item, ItemKind, Revision, Routing
from mes.items.queries import explode, get_item, released_bom, released_routing
from mes.items.service import add_unit, change_item
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.exchange.files import DATA
from tests.exchange.importing import bring, look, refused, why
from tests.factories import make_item, make_partner, make_released_bom, make_work_centre

HEAD = "모품목코드|자품목코드|소요량|단위|로스율(%)|투입공정|투입방식"


def kitchen(shop: Shop) -> None:
    """A cake of flour and water."""

    def deed(work: Work) -> None:
        for code, unit, kind in (("CAKE", "EA", ItemKind.FINISHED), ("FLOUR", "kg", ItemKind.RAW),
                                 ("WATER", "L", ItemKind.RAW), ("BOX", "EA", ItemKind.PACKAGING)):  # fmt: skip
            make_item(work, code=code, unit=unit, kind=kind)

    shop.do(deed)


def lines(shop: Shop, code: str = "CAKE") -> list[tuple[str, Decimal]]:
    """Components and quantities of the BOM in force."""
    with shop.read() as read:
        bom = released_bom(read, get_item(read, code).id)
        return [(line.component.code, line.quantity) for line in bom.lines] if bom else []


def revisions(shop: Shop) -> int:
    """How many BOM revisions there are."""
    with shop.read() as read:
        return read.scalar(select(func.count()).select_from(Bom)) or 0


def test_a_bom_comes_in_as_a_released_revision(shop: Shop) -> None:
    kitchen(shop)
    bring(shop, "boms", HEAD, "CAKE|FLOUR|0.95|kg|1.5|10|스캔", "CAKE|WATER|0.06|L|||자동차감")
    with shop.read() as read:
        bom = released_bom(read, get_item(read, "CAKE").id)
    assert bom is not None
    flour, water = bom.lines
    assert (flour.quantity, flour.scrap_percent, flour.operation) == (Decimal("0.95"), Decimal("1.5"), 10)
    assert water.consumption is Consumption.BACKFLUSH


def test_the_same_bom_again_makes_no_revision_and_a_changed_one_does(shop: Shop) -> None:
    kitchen(shop)
    rows = ["CAKE|FLOUR|0.95|kg||10|스캔", "CAKE|WATER|0.06|L||10|스캔"]
    bring(shop, "boms", HEAD, *rows)
    assert not bring(shop, "boms", HEAD, *rows).does_something
    assert revisions(shop) == 1
    found = bring(shop, "boms", HEAD, "CAKE|FLOUR|0.9|kg||10|스캔", "CAKE|BOX|1|EA||10|스캔")
    assert [row.verdict for row in found.rows] == [Verdict.CHANGED, Verdict.NEW]
    assert [(c.field, c.before, c.after) for c in found.rows[1].changes] == [("component", "WATER", None)]
    assert lines(shop) == [("FLOUR", Decimal("0.9")), ("BOX", Decimal(1))]
    assert revisions(shop) == 2


def test_columns_that_a_file_does_not_have_stay_as_they_are(shop: Shop) -> None:
    kitchen(shop)
    bring(shop, "boms", HEAD, "CAKE|FLOUR|0.95|kg|1.5|10|자동차감")
    bring(shop, "boms", "모품목코드|자품목코드|소요량", "CAKE|FLOUR|0.9")
    with shop.read() as read:
        bom = released_bom(read, get_item(read, "CAKE").id)
    assert bom is not None
    [flour] = bom.lines
    assert (flour.scrap_percent, flour.operation, flour.consumption) == (Decimal("1.5"), 10, Consumption.BACKFLUSH)


def test_a_draft_stays_a_draft_when_asked_for(shop: Shop) -> None:
    kitchen(shop)
    bring(shop, "boms", HEAD, "CAKE|FLOUR|0.95|kg|||", release=False)
    with shop.read() as read:
        assert read.scalars(select(Bom.state)).all() == [Revision.DRAFT]


def test_quantities_are_brought_to_the_items_own_unit(shop: Shop) -> None:
    kitchen(shop)
    shop.do(lambda work: add_unit(work, "FLOUR", "포", Decimal(20)))
    bring(shop, "boms", HEAD, "CAKE|FLOUR|950|g|||", "CAKE|WATER|60|mL|||", "CAKE|BOX|1|개|||")
    assert lines(shop) == [("FLOUR", Decimal("0.95")), ("WATER", Decimal("0.06")), ("BOX", Decimal(1))]
    bring(shop, "boms", HEAD, "CAKE|FLOUR|0.05|포|||")
    assert lines(shop) == [("FLOUR", Decimal(1))]


def test_what_cannot_be_is_refused_row_by_row(shop: Shop) -> None:
    kitchen(shop)
    rows = refused(
        shop, "boms", HEAD + "|부산물", "CAKE|FLOUR|1|상자||||", "CAKE|WATER|1.0000001|L||||", "CAKE|SUGAR|1|kg||||",
        "CAKE|BOX|0|EA||||", "CAKE|CAKE|1|EA||||", "|FLOUR|1|kg||||", "BOX|BOX|1|EA||||Y", "BOX|FLOUR|0.01|g||||",
    )  # fmt: skip
    assert why(rows) == [
        ("D2", "UnitDiffers"), ("C3", "NumberTooFine"), ("B4", "NotKnown"), ("C5", "NumberIsZero"),
        ("B6", "OwnComponent"), ("B7", "ParentUnknown"), ("B8", "OwnByProduct"),
    ]  # fmt: skip
    assert rows[2].reason is not None
    assert rows[2].reason.sentence == "There is no item SUGAR."
    assert revisions(shop) == 0


def also(shop: Shop, code: str = "CAKE") -> list[tuple[str, Decimal, int | None]]:
    """By-products of the BOM in force."""
    with shop.read() as read:
        bom = released_bom(read, get_item(read, code).id)
        rows = by_products_of(read, bom.id) if bom else []
        return [(row.item.code, row.quantity, row.operation) for row in rows]


def test_by_products_come_with_the_list_and_go_out_with_it(shop: Shop) -> None:
    kitchen(shop)
    found = bring(shop, "boms", HEAD + "|부산물", "CAKE|FLOUR|0.95|kg||||", "CAKE|WATER|60|mL||20||Y")
    assert [row.verdict for row in found.rows] == [Verdict.NEW, Verdict.NEW]
    assert lines(shop) == [("FLOUR", Decimal("0.95"))]
    assert also(shop) == [("WATER", Decimal("0.06"), 20)]
    with shop.read() as read:
        assert [total.item.code for total in explode(read, get_item(read, "CAKE").id, Decimal(1)).totals] == ["FLOUR"]
        listed = LISTS["boms"]
        assert listed.fields[-1] == "by_product"
        assert [(row[2], row[-1]) for row in listed.rows(read)] == [("FLOUR", "N"), ("WATER", "Y")]


def test_by_products_change_the_revision_and_stay_when_a_file_does_not_speak_of_them(shop: Shop) -> None:
    kitchen(shop)
    head = HEAD + "|부산물"
    bring(shop, "boms", head, "CAKE|FLOUR|1|kg||||", "CAKE|WATER|1|L||||Y", "CAKE|BOX|1|EA||||Y")
    assert not bring(
        shop, "boms", head, "CAKE|FLOUR|1|kg||||", "CAKE|WATER|1|L||||Y", "CAKE|BOX|1|EA||||Y"
    ).does_something
    bring(shop, "boms", HEAD, "CAKE|FLOUR|2|kg|||")
    assert [code for code, _much, _at in also(shop)] == ["WATER", "BOX"]
    found = bring(shop, "boms", head, "CAKE|FLOUR|2|kg||||", "CAKE|WATER|3|L||||Y")
    assert [row.verdict for row in found.rows] == [Verdict.SAME, Verdict.CHANGED]
    assert also(shop) == [("WATER", Decimal(3), None)]
    found = bring(shop, "boms", head, "CAKE|FLOUR|2|kg||||")
    assert [(c.field, c.before) for c in found.rows[0].changes] == [("by_product", "WATER")]
    assert also(shop) == []
    assert revisions(shop) == 4


def test_what_comes_out_may_go_into_what_it_comes_from(shop: Shop) -> None:
    kitchen(shop)
    head = HEAD + "|부산물"
    bring(shop, "boms", head, "CAKE|FLOUR|1|kg||||", "FLOUR|WATER|1|L||||", "FLOUR|CAKE|1|EA||||Y")
    assert also(shop, "FLOUR") == [("CAKE", Decimal(1), None)]


def test_the_same_component_on_two_rows_is_refused_naming_both(shop: Shop) -> None:
    kitchen(shop)
    rows = refused(shop, "boms", HEAD, "CAKE|FLOUR|1|kg|||", "CAKE|FLOUR|2|kg|||")
    assert [row.reason.code for row in rows if row.reason] == ["ComponentTwice"]
    assert rows[0].number == 3


def test_a_loop_is_refused_naming_it_also_when_half_of_it_is_recorded(shop: Shop) -> None:
    def deed(work: Work) -> None:
        _a, b, c = (make_item(work, code=code) for code in "ABC")
        make_released_bom(work, b, (c, 1))

    shop.do(deed)
    rows = refused(shop, "boms", "모품목코드|자품목코드|소요량", "A|B|1", "C|A|2")
    assert [row.reason.sentence for row in rows if row.reason] == [
        "The BOM goes round in a circle: A > B > C > A.",
        "The BOM goes round in a circle: A > B > C > A.",
    ]


def test_missing_items_are_entered_on_the_way_when_asked_for(shop: Shop) -> None:
    found = bring(
        shop, "boms", "모품목코드|자품목코드|자품목명|소요량|단위", "A|B|반쪽|2|EA", "B|C|강판|0.5|kg",
        create_missing=True,
    )  # fmt: skip
    assert found.missing == ["A", "B", "C"]
    with shop.read() as read:
        kinds = {item.code: (item.kind, item.unit, item.name) for item in read.scalars(select(Item))}
    assert kinds["B"] == (ItemKind.SEMI, "EA", "반쪽")
    assert kinds["C"] == (ItemKind.RAW, "kg", "강판")


def _import_bom(work: Work, name: str, data: bytes) -> object:
    return import_file(work, "boms", name, data, options=Options(create_missing=True))


def test_a_published_multi_level_bom_gives_its_published_total(shop: Shop) -> None:
    folder = DATA / "gitplm"
    for name in ("ASY-001-0000", "ASY-002-0001", "ASY-012-0012", "PCA-019-0000"):
        data = (folder / f"{name}.csv").read_bytes()
        shop.do(partial(_import_bom, name=f"{name}.csv", data=data))
    published = json.loads((folder / "expected_explosion.json").read_text())
    with shop.read() as read:
        top = get_item(read, published["top"])
        totals = {total.item.code: total.quantity for total in explode(read, top.id, Decimal(1)).totals}
        assert get_item(read, "ASY-002-0001").kind is ItemKind.SEMI
    assert totals == {code: Decimal(str(quantity)) for code, quantity in published["published_all"].items()}


def test_an_amount_in_words_is_refused_with_its_row(shop: Shop) -> None:
    data = (DATA / "inventree" / "inventree_bom_data.csv").read_bytes()
    with shop.read() as read:
        found = preview(read, prepare("boms", "bom.csv", data, options=Options(create_missing=True)))
    assert [(row.number, str(row.reason.sentence)) for row in found.refused if row.reason] == [
        (4, "“quart” is not a number.")
    ]


STEPS = "품목코드|공정순서|공정코드|공정명|작업장|준비시간(분)|사이클타임(초)|외주여부|외주처|검사|작업지침"


def workshop(shop: Shop) -> None:
    """A shaft, a workshop, and somebody who hardens outside."""

    def deed(work: Work) -> None:
        make_item(work, code="SHAFT")
        make_work_centre(work, code="WC-1")
        make_work_centre(work, code="WC-OUT")
        make_partner(work, PartnerKind.SUBCONTRACTOR, code="S-1")
        make_partner(work, PartnerKind.SUPPLIER, code="V-1")

    shop.do(deed)


def test_a_routing_comes_in_with_its_outsourced_step(shop: Shop) -> None:
    workshop(shop)
    rows = [
        "SHAFT|20|HEAT|열처리|WC-OUT|0|0|Y|S-1|Y|HRC 58-62",
        "SHAFT|10|TURN|선삭|WC-1|30|420|N||N|",
    ]
    bring(shop, "routings", STEPS, *rows)
    with shop.read() as read:
        routing = released_routing(read, get_item(read, "SHAFT").id)
    assert routing is not None
    turn, heat = routing.operations
    assert (turn.sequence, turn.name, turn.cycle_seconds) == (10, "선삭", Decimal(420))
    assert (heat.outsourced, heat.subcontractor and heat.subcontractor.code, heat.inspected) == (True, "S-1", True)
    assert not bring(shop, "routings", STEPS, *rows).does_something


def test_a_changed_step_makes_a_new_routing_and_the_rest_stays(shop: Shop) -> None:
    workshop(shop)
    bring(shop, "routings", STEPS, "SHAFT|10|TURN|선삭|WC-1|30|420|N||Y|지침", "SHAFT|20|GRIND|연삭|WC-1|||N||N|")
    found = bring(shop, "routings", "품목코드|공정순서|공정명|작업장", "SHAFT|10|황삭|WC-1")
    assert [(c.field, c.before, c.after) for c in found.rows[0].changes] == [
        ("operation_name", "선삭", "황삭"),
        ("sequence", "20", None),
    ]
    with shop.read() as read:
        routing = released_routing(read, get_item(read, "SHAFT").id)
        assert read.scalar(select(func.count()).select_from(Routing)) == 2
    assert routing is not None
    [step] = routing.operations
    assert (step.name, step.instruction, step.inspected) == ("황삭", "지침", True)


def test_steps_that_cannot_be_are_refused(shop: Shop) -> None:
    workshop(shop)
    rows = refused(
        shop, "routings", STEPS, "SHAFT|10|A|가|WC-1||||||", "SHAFT|10|B|나|WC-1||||||", "SHAFT|20|C|다|WC-9||||||",
        "SHAFT|30|D|라|WC-OUT|||Y|V-1||", "SHAFT|40|E|마|WC-OUT|||Y|S-9||", "SHAFT|50|F|바|WC-OUT|||Y|||",
        "NONE|10|G|사|WC-1||||||", "SHAFT|99999|H|아|WC-1||||||",
    )  # fmt: skip
    assert why(rows) == [
        ("B3", "RowTwice"), ("E4", "NotKnown"), ("I5", "PartnerIsNot"), ("I6", "NotKnown"),
        ("I7", "SubcontractorMissing"), ("A8", "NotKnown"), ("B9", "SequenceImpossible"),
    ]  # fmt: skip


def test_an_item_that_gets_parts_is_no_raw_material_any_more(shop: Shop) -> None:
    kitchen(shop)
    shop.do(lambda work: change_item(work, "CAKE", kind=ItemKind.RAW))
    assert look(shop, "boms", HEAD, "CAKE|FLOUR|1|kg|||").counts[Verdict.NEW] == 1
    bring(shop, "boms", HEAD, "CAKE|FLOUR|1|kg|||", create_missing=True)
    with shop.read() as read:
        assert get_item(read, "CAKE").kind is ItemKind.SEMI
