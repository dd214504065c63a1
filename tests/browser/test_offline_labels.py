"""Labels of suppliers without a network: the tablet reads them as the server does, and finds the lots that it keeps."""

import random
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from mes.core.errors import Refused
from mes.core.gs1 import GS, check_digit
from mes.core.numbering import with_check
from mes.core.scanning import read_scan
from mes.items.service import change_item
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.orders.models import Job
from mes.scan.service import resolve
from mes.scan.teaching import teach
from tests.browser.conftest import Live
from tests.browser.gaps import Gap, late, working

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GTIN = "08801234567893"
READ = """async (texts) => {
  const { readingsOf } = await import("/static/js/worker/gs1.js");
  const told = (one) => ["code", "gtin", "lot", "serial", "sscc"].map((name) => one[name] ?? "");
  return texts.map((text) => readingsOf(text).map(told));
}"""


def numbered(dice: random.Random, many: int) -> str:
    """Digits that end in their check digit."""
    body = "".join(dice.choice("0123456789") for _ in range(many - 1))
    return body + check_digit(body)


def labels(dice: random.Random) -> Iterator[str]:
    """Labels as they are met: with and without separators, in brackets, as addresses, bare, ours, and damaged."""
    for _label in range(60):
        gtin = numbered(dice, dice.choice([8, 12, 13, 14])).zfill(14)
        lot = "".join(dice.choice("ABCLT0172-./") for _ in range(dice.randint(1, 21)))
        day = f"{dice.randint(0, 99):02}{dice.randint(1, 13):02}{dice.randint(0, 32):02}"
        rest = [("10", lot), ("17", day), ("21", "S1"), ("37", "12"), ("3103", "001250"), ("240", "XY"), ("15", day)]
        dice.shuffle(rest)
        parts = [("01", gtin), *rest[: dice.randint(0, 4)]]
        yield dice.choice(["", "]C1", "]d2", "]Q3", "]e0", GS]) + GS.join(ai + value for ai, value in parts)
        yield "".join(ai + value for ai, value in parts)
        yield "".join(f"({ai}){value}" for ai, value in parts)
        yield dice.choice(["{GS}", "<GS>", "|", "~", "^]"]).join(ai + value for ai, value in parts)
        short = gtin.lstrip("0") if dice.random() < 0.5 else gtin
        yield f"https://id.gs1.org/01/{short}/10/{quote(lot, safe='')}?17={day}"
        ours = with_check(f"L2601{dice.randint(10, 28)}-{dice.randint(1, 9999):04}")
        yield dice.choice([ours, ours.lower(), f"{ours}.2", ours.replace("-", ""), f"https://m/l/{ours}", f"]Q1{ours}"])
        yield dice.choice(
            [numbered(dice, 18), "00" + numbered(dice, 18), gtin, gtin.lstrip("0"), "50%off", f"http://x/{lot}"]
        )


def test_a_tablet_reads_a_label_as_the_server_reads_it(gap: Gap) -> None:
    gap.open("/station")
    texts = list(labels(random.Random(20260105)))
    seen = dict(zip(texts, gap.page.evaluate(READ, texts), strict=True))
    for text in texts:
        try:
            wanted = [
                [r.code, r.gtin or "", r.lot or "", r.serial or "", r.sscc or ""] for r in read_scan(text).readings
            ]
        except Refused:
            wanted = []
        assert [list(one) for one in dict.fromkeys(map(tuple, seen[text]))] == wanted, text


def delivered(live: Live, supplier_lot: str) -> Lot:
    """Flour under a lot number of its mill."""
    floor = live.floor
    [lot] = live.shop.do(
        lambda work: receive_lots(
            work, item=floor.flour, quantities=[Decimal(50)], supplier=floor.mill, supplier_lot=supplier_lot,
            location=floor.floor, confirmed=True,
        )
    )  # fmt: skip
    return lot


def taken(gap: Gap) -> list[str]:
    """The lots that the tablet took by itself."""
    return [one["took"]["lot"] for one in gap.waiting() if one.get("took")]


#: One sack's label in all its dresses.
DRESSES = [
    f"]C101{GTIN}10MILL-7{GS}17280131",
    f"{GS}01{GTIN}17280131{GS}10MILL-7",
    f"01{GTIN}10MILL-7{{GS}}17280131",
    f"(01){GTIN}(10)MILL-7",
    f"https://id.gs1.org/01/{GTIN}/10/MILL-7?17=280131",
    f"https://mill.example/shop/01/{GTIN.lstrip('0')}/10/MILL-7",
    "RF;MILL-7;50",
]


def test_a_suppliers_label_finds_its_lot_without_a_network(live: Live, gap: Gap, job: Job) -> None:
    floor = live.floor
    live.shop.do(lambda work: change_item(work, "RF", gtin=GTIN.lstrip("0")))
    live.shop.do(
        lambda work: teach(
            work, supplier_id=floor.mill.id, name="밀가루 포대", example="RF;A-1;25", delimiter=";", item_at="1",
            lot_at="2", quantity_at="3",
        )
    )  # fmt: skip
    lot = delivered(live, "MILL-7")
    working(live, gap, job, 20)
    for label in DRESSES:
        for one in gap.waiting():  # the sack is put back, and its label read in another dress
            assert gap.send(ask="withdraw", key=one["key"])
        gap.told(label)
        assert taken(gap) == [lot.code], label
        with live.shop.read() as read:
            assert resolve(read, label).only.code == lot.code, label
    gap.mend()
    assert [one.refusal for one in late(live)] == [None] * len(late(live))
    with live.shop.read() as read:
        assert read.get_one(Lot, lot.id).on_hand < lot.on_hand


def test_a_number_of_several_lots_and_a_lot_that_is_not_here_are_refused_in_plain_words(
    live: Live, gap: Gap, job: Job
) -> None:
    live.shop.do(lambda work: change_item(work, "RF", gtin=GTIN))
    delivered(live, "MILL-8")
    delivered(live, "MILL-8")
    working(live, gap, job, 20)
    for label, said in ((f"(01){GTIN}(10)MILL-8", "여러 개"), (f"(01){GTIN}(10)GONE-1", "코드")):
        gap.page.evaluate("document.querySelector('#flashes').replaceChildren()")
        gap.told(label)
        expect(gap.page.locator("#flashes .refusal")).to_contain_text(said)
    assert gap.waiting() == []
