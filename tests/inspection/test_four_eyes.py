"""Four eyes on inspection standards: a setting of the plant, since a small one has a single person for quality."""

import pytest

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.inspection import standard_rules
from mes.inspection.models import InspectionKind, InspectionStandard
from mes.inspection.service import StandardData, approve_standard, change_standard, make_standard
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.factories import length_of_ten, make_item


def quality(name: str) -> Actor:
    return Actor(name, frozenset({Role.QUALITY}))


def written(work: Work) -> InspectionStandard:
    return make_standard(work, item=make_item(work), kind=InspectionKind.INCOMING, characteristics=[length_of_ten()])


def approve(shop: Shop, ident: int, by: str) -> InspectionStandard:
    return shop.do(lambda work: approve_standard(work, ident, confirmed=True), actor=quality(by))


def test_where_the_plant_wants_four_eyes_nobody_approves_what_he_wrote(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장", four_eyes=True))
    draft = shop.do(written, actor=quality("김품질"))
    with pytest.raises(standard_rules.ApprovedByItsAuthor, match="written by 김품질"):
        approve(shop, draft.id, "김품질")
    shop.do(lambda work: change_standard(work, draft.id, StandardData(sample_size=5)), actor=quality("이품질"))
    with pytest.raises(standard_rules.ApprovedByItsAuthor, match="written by 이품질"):
        approve(shop, draft.id, "이품질")
    assert approve(shop, draft.id, "박부장").approved_by == "박부장"


def test_what_is_written_and_approved_in_one_act_is_seen_too(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장", four_eyes=True))
    with pytest.raises(standard_rules.ApprovedByItsAuthor):
        shop.do(lambda work: approve_standard(work, written(work).id, confirmed=True), actor=quality("김품질"))


def test_where_one_person_is_quality_he_approves_what_he_wrote(shop: Shop) -> None:
    draft = shop.do(written, actor=quality("김품질"))
    assert approve(shop, draft.id, "김품질").approved_by == "김품질"
