"""Inspection standards: drafts, approval, revisions, and which standard counts for an inspection."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from mes.core.errors import NotFound, ReasonNeeded, Refused, StaleEdit
from mes.core.files import SentFile
from mes.core.schema import downgrade, upgrade
from mes.core.work import Work
from mes.inspection import comparing, rules, standard_queries, standard_rules
from mes.inspection.models import InspectionKind, InspectionStandard, Nature, SampleRule
from mes.inspection.service import (
    CharacteristicData,
    ChoiceData,
    StandardData,
    add_characteristic,
    approve_standard,
    change_characteristic,
    change_standard,
    discard_standard,
    make_standard,
    record_inspection,
    remove_characteristic,
    revise_standard,
    set_photo,
    withdraw_standard,
)
from mes.inspection.standard_data import data_of
from mes.items.models import Item, Revision
from mes.items.rules import NotDraft
from mes.lots.queries import get_lot
from mes.lots.service import receive_lots
from mes.partners.models import Partner, PartnerKind
from mes.statistics.errors import NoSuchSampling
from tests.conftest import Shop
from tests.factories import length_of_ten, make_item, make_partner, make_released_standard
from tests.quality.workshop import Workshop, snapshot

D = Decimal
INCOMING, PATROL, FINAL = InspectionKind.INCOMING, InspectionKind.PATROL, InspectionKind.FINAL
LOOKS = CharacteristicData(
    name="외관",
    nature=Nature.ATTRIBUTE,
    choices=(ChoiceData(name="양호", good=True), ChoiceData(name="긁힘", good=False)),
)


def see(shop: Shop, ident: int) -> InspectionStandard:
    """A revision as it is recorded."""
    with shop.read() as read:
        return standard_queries.get_standard(read, ident)


def drafted(shop: Shop, *rows: CharacteristicData, item: Item | None = None, **values: object) -> InspectionStandard:
    """A draft with these characteristics."""

    def deed(work: Work) -> int:
        given: dict[str, object] = {"kind": INCOMING, **values}
        return make_standard(work, item=item or make_item(work), characteristics=rows, **given).id  # type: ignore[arg-type]

    return see(shop, shop.do(deed))


def refused(shop: Shop, reason: type[Refused], deed: Callable[[Work], object], match: str | None = None) -> None:
    with pytest.raises(reason, match=match):
        shop.do(deed)


# Drafts


def test_a_draft_is_edited_and_counts_for_nothing_before_it_is_approved(shop: Shop) -> None:
    draft = drafted(shop, length_of_ten(name="길이"))
    with shop.read() as read:
        assert standard_queries.standard_for(read, draft.item_id, INCOMING) is None
    shop.do(lambda work: approve_standard(work, draft.id))
    with shop.read() as read:
        found = standard_queries.standard_for(read, draft.item_id, INCOMING)
    assert found is not None
    assert (found.id, found.state, found.approved_by) == (draft.id, Revision.RELEASED, "김대표")


def test_a_second_draft_of_the_same_standard_is_refused(shop: Shop) -> None:
    draft = drafted(shop)
    item = draft.item
    refused(shop, standard_rules.StandardDraftExists, lambda work: make_standard(work, item=item, kind=INCOMING))
    other = shop.do(lambda work: make_standard(work, item=item, kind=FINAL))
    assert (other.kind, other.state) == (FINAL, Revision.DRAFT)


def test_an_approved_standard_is_never_edited(shop: Shop) -> None:
    standard = see(shop, shop.do(lambda work: make_released_standard(work)).id)
    [length] = standard.characteristics
    for deed in (
        lambda work: add_characteristic(work, standard.id, length_of_ten()),
        lambda work: change_characteristic(work, length.id, length_of_ten()),
        lambda work: remove_characteristic(work, length.id),
        lambda work: change_standard(work, standard.id, StandardData()),
        lambda work: set_photo(work, length.id, good=True, sent=SentFile("a.jpg", snapshot((9, 9)))),
        lambda work: approve_standard(work, standard.id),
        lambda work: discard_standard(work, standard.id),
    ):
        refused(shop, NotDraft, deed)
    kept = see(shop, standard.id)
    assert (kept.version, [one.id for one in kept.characteristics]) == (standard.version, [length.id])


def test_two_people_who_edit_one_draft_are_told(shop: Shop) -> None:
    draft = drafted(shop)
    shop.do(lambda work: add_characteristic(work, draft.id, length_of_ten(), version=draft.version))
    refused(
        shop, StaleEdit,
        lambda work: change_standard(work, draft.id, StandardData(sample_size=5), version=draft.version), "김대표",
    )  # fmt: skip
    assert see(shop, draft.id).sample_size == draft.sample_size


def test_the_place_of_a_characteristic_moves_and_the_others_close_up(shop: Shop) -> None:
    draft = drafted(shop, *(length_of_ten(name=name) for name in "ABCD"))
    last = draft.characteristics[3]
    shop.do(lambda work: change_characteristic(work, last.id, data_of(last), position=2))
    rows = see(shop, draft.id).characteristics
    assert [(one.position, one.name) for one in rows] == [(1, "A"), (2, "D"), (3, "B"), (4, "C")]


def test_what_can_neither_pass_nor_fail_is_refused(shop: Shop) -> None:
    draft = drafted(shop, length_of_ten(name="길이"))
    good, bad = LOOKS.choices
    wrong = {
        rules.LimitsReversed: length_of_ten(lower=D(11), upper=D(9), nominal=None),
        rules.NoLimit: length_of_ten(lower=None, upper=None),
        rules.NominalOutside: length_of_ten(nominal=D(11)),
        standard_rules.LimitTooFine: length_of_ten(decimals=1),
        standard_rules.NoGoodChoice: replace(LOOKS, choices=(bad,)),
        standard_rules.NoBadChoice: replace(LOOKS, choices=(good,)),
        standard_rules.ChoiceTwice: replace(LOOKS, choices=(good, replace(good, good=False))),
        standard_rules.CharacteristicTwice: length_of_ten(name="길이"),
    }
    for reason, data in wrong.items():
        refused(shop, reason, lambda work, data=data: add_characteristic(work, draft.id, data))  # type: ignore[misc]
    assert [one.name for one in see(shop, draft.id).characteristics] == ["길이"]


def test_one_open_side_is_allowed(shop: Shop) -> None:
    draft = drafted(shop, length_of_ten(name="강도", upper=None, nominal=None), LOOKS)
    strength, looks = draft.characteristics
    assert [standard_rules.wanted(one) for one in (strength, looks)] == ["≥ 9.95 mm", "양호"]


def test_sampling_that_nobody_could_follow_is_refused(shop: Shop) -> None:
    aql = StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II")
    every = StandardData(sample_rule=SampleRule.EVERY_MINUTES)
    cases: list[tuple[type[Refused], InspectionKind, StandardData]] = [
        (standard_rules.EveryMissing, PATROL, every),
        (standard_rules.AqlMissing, INCOMING, replace(aql, aql=None)),
        (standard_rules.AqlMissing, INCOMING, replace(aql, level=None)),
        (standard_rules.AqlNeedsLots, PATROL, aql),
        (NoSuchSampling, INCOMING, replace(aql, aql="1.1")),
        (standard_rules.GateNeedsFirstPiece, FINAL, StandardData(gate=True)),
    ]
    for reason, kind, data in cases:
        with pytest.raises(reason):
            drafted(shop, kind=kind, data=data)
    drafted(shop, kind=InspectionKind.FIRST, data=StandardData(gate=True))


def test_an_empty_draft_has_nothing_to_approve(shop: Shop) -> None:
    draft = drafted(shop)
    refused(shop, standard_rules.EmptyStandard, lambda work: approve_standard(work, draft.id))
    shop.do(lambda work: discard_standard(work, draft.id))
    assert see(shop, draft.id).state is Revision.OBSOLETE


def test_photos_go_on_with_the_characteristic_and_are_taken_off(shop: Shop) -> None:
    draft = drafted(shop, LOOKS)
    [looks] = draft.characteristics
    shop.do(lambda work: set_photo(work, looks.id, good=False, sent=SentFile("b.jpg", snapshot((20, 10)))))
    shop.do(lambda work: approve_standard(work, draft.id))
    new = shop.do(lambda work: revise_standard(work, draft.id))
    [copy] = see(shop, new.id).characteristics
    assert copy.bad_photo_id == see(shop, draft.id).characteristics[0].bad_photo_id is not None
    shop.do(lambda work: set_photo(work, copy.id, good=False, sent=None))
    assert see(shop, new.id).characteristics[0].bad_photo_id is None


# Revisions


def test_a_new_revision_takes_the_place_after_a_question(shop: Shop) -> None:
    old = shop.do(lambda work: make_released_standard(work, None, length_of_ten(name="길이"), LOOKS))
    draft = shop.do(lambda work: revise_standard(work, old.id, "공차 확대"))
    assert shop.do(lambda work: revise_standard(work, old.id)).id == draft.id, "the draft there is"
    refused(shop, standard_rules.NothingChanged, lambda work: approve_standard(work, draft.id))
    length = see(shop, draft.id).characteristics[0]
    shop.do(lambda work: change_characteristic(work, length.id, replace(data_of(length), name="전장", upper=D("10.1"))))
    refused(shop, standard_rules.ReplacesStandard, lambda work: approve_standard(work, draft.id), "revision 1")
    shop.do(lambda work: approve_standard(work, draft.id, confirmed=True))
    before, after = see(shop, old.id), see(shop, draft.id)
    assert (before.state, after.state, after.revision) == (Revision.OBSOLETE, Revision.RELEASED, 2)
    assert [one.stem_id for one in before.characteristics] == [one.stem_id for one in after.characteristics]
    told = [(one.what, one.before, one.after) for one in comparing.differences(before, after)]
    assert told == [("Characteristic", "길이", "전장"), ("Upper limit", "10.05", "10.1")]


def test_what_is_new_and_what_is_gone_is_told(shop: Shop) -> None:
    one = drafted(shop, length_of_ten(name="길이"), LOOKS)
    data = StandardData(sample_rule=SampleRule.EVERY_MINUTES, every=30, triggers=frozenset({"shift"}))
    changed = replace(LOOKS, choices=(*LOOKS.choices, ChoiceData(name="찍힘", good=False)))
    shop.do(lambda work: approve_standard(work, one.id))
    new = drafted(shop, changed, length_of_ten(name="폭"), item=one.item, data=data)
    told = comparing.differences(see(shop, one.id), new)
    assert [(row.kind, row.what, row.before, row.after) for row in told] == [
        ("changed", "Which pieces", "A fixed number of pieces", "Every so many minutes"),
        ("changed", "After every", "-", "30"),
        ("changed", "Also due at", "-", "Change of shift"),
        ("changed", "Answers", "양호 (good), 긁힘 (bad)", "양호 (good), 긁힘 (bad), 찍힘 (bad)"),
        ("new", "Characteristic", "", "폭"),
        ("gone", "Characteristic", "길이", ""),
    ]


def test_a_standard_is_taken_out_of_force_with_a_reason(shop: Shop) -> None:
    standard = shop.do(lambda work: make_released_standard(work))
    refused(shop, ReasonNeeded, lambda work: withdraw_standard(work, standard.id, " "))
    shop.do(lambda work: withdraw_standard(work, standard.id, "단종"))
    refused(shop, standard_rules.NotInForce, lambda work: withdraw_standard(work, standard.id, "단종"))
    refused(shop, NotFound, lambda work: withdraw_standard(work, 999999999, "단종"))
    again = shop.do(lambda work: revise_standard(work, standard.id))
    shop.do(lambda work: approve_standard(work, again.id))
    assert see(shop, again.id).revision == 2


# Which one counts


def test_the_suppliers_own_standard_goes_before_the_general_one(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work))
    mill: Partner = shop.do(lambda work: make_partner(work))
    other: Partner = shop.do(lambda work: make_partner(work))
    general = shop.do(lambda work: make_released_standard(work, item))
    own = shop.do(lambda work: make_released_standard(work, item, partner=mill))

    def counts(supplier: Partner | None) -> int:
        [lot] = shop.do(lambda work: receive_lots(work, item=item, quantities=[D(5)], supplier=supplier))
        with shop.read() as read:
            found = standard_queries.standard_of(read, INCOMING, get_lot(read, lot.code), None)
        assert found is not None
        return found.id

    assert [counts(one) for one in (mill, other, None)] == [own.id, general.id, general.id]


def test_a_standard_of_an_operation_goes_before_the_general_one(workshop: Workshop) -> None:
    shop = workshop.shop
    own = shop.do(lambda work: make_released_standard(work, workshop.plate, kind=PATROL, operation=20))
    job = workshop.pressing()
    after = workshop.see_job(workshop.order().jobs[1])
    with shop.read() as read:
        pressing = standard_queries.standard_of(read, PATROL, None, workshop.see_job(job))
        deburring = standard_queries.standard_of(read, PATROL, None, after)
        kinds = standard_queries.kinds_of(read, None, after)
    assert pressing is not None
    assert deburring is not None
    assert (pressing.id, deburring.id) == (workshop.pitch.standard_id, own.id)
    assert kinds == {InspectionKind.FIRST, PATROL, FINAL}


def test_a_scope_that_cannot_be_is_refused(workshop: Workshop) -> None:
    shop, plate = workshop.shop, workshop.plate
    customer = shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER))
    for reason, values in (
        (standard_rules.OperationUnknown, {"kind": PATROL, "operation": 30}),
        (standard_rules.OperationOfALot, {"kind": INCOMING, "operation": 10}),
        (standard_rules.PartnerOfAnotherKind, {"kind": INCOMING, "partner": customer}),
    ):
        with pytest.raises(reason):
            drafted(shop, item=plate, **values)


def test_an_inspection_keeps_the_revision_that_was_in_force(workshop: Workshop) -> None:
    shop, lot = workshop.shop, workshop.receive_sheets()
    readings = {workshop.thickness.id: D(2), workshop.width.id: D(100)}
    done = shop.do(lambda work: record_inspection(work, kind=INCOMING, lot_code=lot.code, readings=readings))
    assert done.standard_id == workshop.thickness.standard_id


# Before there were revisions


def test_a_plant_that_measured_before_standards_had_revisions_keeps_its_readings(workshop: Workshop) -> None:
    shop = workshop.shop
    lot = workshop.receive_sheets()
    readings = {workshop.thickness.id: D("2.01"), workshop.width.id: D(100)}
    shop.do(lambda work: record_inspection(work, kind=INCOMING, lot_code=lot.code, readings=readings))
    downgrade(shop.database, "0007")
    with shop.database.engine.begin() as connection:
        found = connection.execute(text("SELECT characteristic_id, value, name FROM readings ORDER BY id")).all()
        assert [(row[0], row[2]) for row in found] == [(workshop.thickness.id, "두께"), (workshop.width.id, "폭")]
        connection.execute(text("UPDATE characteristics SET active = false WHERE name = '폭'"))
    upgrade(shop.database)
    with shop.read() as read:
        standards = standard_queries.standards_of(read, workshop.sheet.id)
        told = {(one.revision, one.state): [row.name for row in one.characteristics] for one in standards}
        assert told == {(2, Revision.RELEASED): ["두께"], (1, Revision.OBSOLETE): ["폭"]}
        assert [row.stem_id for one in standards for row in one.characteristics] == [
            workshop.thickness.id, workshop.width.id,
        ]  # fmt: skip
        kept = read.execute(text("SELECT standard_id, verdict FROM inspections")).one()
        assert tuple(kept) == (standards[0].id, "pass")
        assert read.execute(text("SELECT value FROM readings ORDER BY id")).scalars().all() == [2010000, 100000000]
