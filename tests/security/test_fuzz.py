"""Files and scans that no machine of ours made: each is read, or refused in a sentence.

``MES_FUZZ=5000`` tries so many of each.
"""

import csv
import io
import json
import os
import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mes.core.errors import Refused
from mes.epcis.capturing import read_document
from mes.exchange.kinds import KINDS
from mes.exchange.reading import read_table
from mes.exchange.service import prepare, preview
from mes.exchange.sheets import example
from mes.scan.service import resolve
from tests.conftest import MORNING, Shop
from tests.security.naughty import ALL
from tests.security.visitors import midday_of

TRIES = int(os.environ.get("MES_FUZZ", "25"))
TRIED = settings(
    max_examples=TRIES, derandomize=TRIES < 1000, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
#: What scanners and labels put together.
PIECES = (
    "]d2", "]C1", "]Q3", "\x1d", "01", "10", "21", "(01)", "08800000000091", "A", "https://x/", "/01/", "/10/", "?17=",
    "%", "MES:", "L", "한", "\x1e", "\x04", " ", "-",
)  # fmt: skip
#: The words of a document of events.
WORDS = (
    "@context", "type", "schemaVersion", "creationDate", "epcisBody", "eventList", "eventTime", "epcList", "action",
    "eventTimeZoneOffset", "bizStep", "quantityList", "epcClass", "ilmd", "eventID",
)  # fmt: skip
#: Texts of every kind, and what scanners put before and between them.
TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(ALL),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)
CELLS = st.one_of(
    TEXTS, st.sampled_from(["", "RF", "kg", "원자재", "1E5", "2026-02-30", "45000", "1,5", "-1", "#REF!"])
)


def said(deed: Callable[[], object]) -> object:
    """What came of it: an answer, or the sentence of a refusal. Anything else that is raised is a fault."""
    try:
        return deed()
    except Refused as refused:
        return str(refused).strip()


def test_every_scan_means_something_or_is_refused_in_a_sentence(shop: Shop) -> None:
    known = [str(code) for codes in midday_of(shop).known.values() for code in codes]

    @TRIED
    @given(st.one_of(TEXTS, st.tuples(st.sampled_from(known), TEXTS).map("".join)))
    def scan(text: str) -> None:
        with shop.read() as read:
            assert said(lambda: resolve(read, text)) not in (None, "")

    scan()


@pytest.mark.parametrize("kind", [*KINDS])
def test_every_file_is_judged_row_by_row_or_refused_in_a_sentence(shop: Shop, kind: str) -> None:
    midday_of(shop)
    sound = example(kind)
    head = list(read_table("x.xlsx", sound, kind=kind).headings)

    @settings(TRIED, max_examples=max(TRIES // 10, 3))
    @given(st.lists(st.lists(CELLS, max_size=14), max_size=6), st.integers(0, 2**32), st.booleans())
    def read_file(rows: list[list[str]], seed: int, torn: bool) -> None:
        data = csv_of([head, *rows]) if seed % 2 else sound
        sent = damaged(data, seed) if torn else data
        with shop.read() as read:
            judged = said(lambda: preview(read, prepare(kind, "x.csv", sent), MORNING.date()))
        assert judged not in (None, "")

    read_file()


def csv_of(rows: list[list[str]]) -> bytes:
    """Rows as a plant's office saves them."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def damaged(data: bytes, seed: int) -> bytes:
    """The same file with a few bits turned."""
    turned, dice = bytearray(data), random.Random(seed)
    for _turn in range(5):
        turned[dice.randrange(len(turned))] ^= 1 << dice.randrange(8)
    return bytes(turned)


def test_every_document_of_a_partner_is_read_or_refused_in_a_sentence() -> None:
    leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
    shapes = st.recursive(
        leaves,
        lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inside),
        max_leaves=20,
    )

    @TRIED
    @given(shapes, st.binary(max_size=40), st.booleans())
    def capture(document: object, noise: bytes, single: bool) -> None:
        whole = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": document}
        for content in (json.dumps(document).encode(), json.dumps(whole).encode(), noise):
            found = said(partial(read_document, content, MORNING, single=single))
            assert found not in (None, "")

    capture()
