"""Pages of a list: the statement of a first page is put together once, and never taken for that of another list."""

import base64

from sqlalchemy import func, select

from mes.certificates.models import Certificate
from mes.core.paging import keyset
from mes.partners.models import Partner
from tests.conftest import Shop
from tests.factories import make_partner

NAMES = select(Partner.name)
PARTNERS = select(Partner)


def write(shop: Shop, **names: str) -> None:
    shop.do(lambda work: [make_partner(work, code=code, name=name) for code, name in names.items()])


def test_one_query_is_paged_in_whichever_order_is_asked_for(shop: Shop) -> None:
    write(shop, A="Zoe", B="Amy", C="Max")
    with shop.read() as read:
        for _ in range(2):
            by_name = keyset(read, NAMES, Partner.name, whole_rows=True)
            by_code = keyset(read, NAMES, Partner.code, whole_rows=True)
            back = keyset(read, NAMES, Partner.code, whole_rows=True, newest_first=True)
            by_length = keyset(read, NAMES, func.length(Partner.name), Partner.name, whole_rows=True)
            assert [row.name for row in by_name.rows] == ["Amy", "Max", "Zoe"]
            assert [row.name for row in by_code.rows] == ["Zoe", "Amy", "Max"]
            assert [row.name for row in back.rows] == ["Max", "Amy", "Zoe"]
            assert [row.name for row in by_length.rows] == ["Amy", "Max", "Zoe"]


def test_a_page_has_as_many_rows_as_asked_for_each_time(shop: Shop) -> None:
    write(shop, A="A", B="B", C="C")
    with shop.read() as read:
        two = keyset(read, NAMES, Partner.code, size=2, whole_rows=True)
        one = keyset(read, NAMES, Partner.code, size=1, whole_rows=True)
        rest = keyset(read, NAMES, Partner.code, after=one.next, whole_rows=True)
    assert [[row.name for row in page.rows] for page in (two, one, rest)] == [["A", "B"], ["A"], ["B", "C"]]
    assert rest.next is None
    assert two.first
    assert not rest.first


def test_rows_of_things_have_the_things_themselves(shop: Shop) -> None:
    shop.do(lambda work: make_partner(work, code="A"))
    with shop.read() as read:
        whole = keyset(read, PARTNERS, Partner.code, whole_rows=True)
        things = keyset(read, PARTNERS, Partner.code)
        assert [row[0].code for row in whole.rows] == ["A"]
        assert [thing.code for thing in things.rows] == ["A"]


def test_an_address_that_names_a_moment_before_all_years_begins_at_the_first_page(shop: Shop) -> None:
    early = base64.urlsafe_b64encode(b'[{"t": "0001-01-01T00:00:00+23:59"}, 1]').decode()
    with shop.read() as read:
        asked = select(Certificate)
        page = keyset(read, asked, Certificate.at, Certificate.id, after=early, newest_first=True)
    assert page.first
