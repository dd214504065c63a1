"""Labels: how fast and how small many come out, and how surely worn ones are read."""

import random
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from mes.core.config import bundled
from mes.labels import raster, zpl
from mes.labels.content import example
from mes.labels.files import find_layouts
from mes.labels.fonts import face
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.machine import Machine
from mes.labels.pdf import render_pdf
from mes.labels.placing import Placer
from tests.benchmarks import Result
from tests.labels.wear import WEAR, random_code, share_read

#: The label measured: 50 x 30 mm, a QR and five lines of Korean text.
NAME = "lot-50x30"
FASTEST, SMALLEST, SUREST = 800, 1500, 0.99
FASTEST_ZPL = 500
_NOUNS = [
    *("가래떡", "절편", "송편", "인절미", "칼국수", "수제비", "냉면", "우동"),
    *("만두피", "떡국떡", "찹쌀가루", "멥쌀가루", "메밀가루", "전분", "단팥", "콩고물"),
]
_KINDS = [
    *("냉장", "냉동", "실온", "업소용", "소포장", "대용량", "무첨가", "현미"),
    *("흑미", "쑥", "단호박", "국내산", "유기농", "저염", "글루텐프리", "어린이"),
]


def run(quick: bool) -> list[Result]:
    """1 000 lot labels; 200 worn codes for each kind of wear and label (25 when quick)."""
    layouts = find_layouts([bundled("labels")])
    layout = layouts[NAME]
    rows = lots(1000)
    first = seconds(lambda: render_pdf(layout, rows))
    took = min(seconds(lambda: render_pdf(layout, rows)) for _round in range(3))
    floor = min(seconds(lambda: text_only(layout, rows)) for _round in range(3))
    size = len(render_pdf(layout, rows)) / len(rows)
    rolled = seconds(lambda: roll(layout, rows))
    return [
        {
            **speed(
                "1 000 of them as ZPL, words as dots drawn for the first time; ratio to it", len(rows), rolled, floor
            ),
            "limit": f">= {FASTEST_ZPL} labels/s",
            "ok": len(rows) / rolled >= FASTEST_ZPL,
        },
        speed("1 000 lot labels 50x30, QR and Korean text; ratio to the bare text", len(rows), took, floor),
        speed("the same, the first time in a process", len(rows), first, floor),
        {
            "name": "size of each of them",
            "value": round(size),
            "unit": "bytes",
            "ratio": None,
            "limit": f"<= {SMALLEST:,}",
            "ok": size <= SMALLEST,
        },
        *reading(layouts, 25 if quick else 200),
    ]


def lots(count: int) -> list[dict[str, str]]:
    """Lots of many items: sixteen nouns by sixteen kinds, each lot with its own code, quantity and dates."""
    chance = random.Random(2026)
    rows = []
    for number in range(count):
        name = f"{chance.choice(_KINDS)} {chance.choice(_NOUNS)} {chance.choice(_KINDS)}"
        own = {
            "code": random_code(chance),
            "item_name": name,
            "spec": f"{chance.randrange(1, 20)}kg × {chance.randrange(1, 40)}봉지",
            "quantity": f"{chance.randrange(1, 10**5):,}",
            "unit": chance.choice(["봉지", "상자", "개", "포대"]),
            "expiry": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        }
        rows.append(example("lot") | own)
    return rows


def roll(layout: Layout, rows: list[dict[str, str]]) -> bytes:
    """The same labels in a label printer's language, as from a process that has drawn no word yet."""
    raster._line.cache_clear()
    raster._glyph.cache_clear()
    zpl._compressed.cache_clear()
    zpl._ground.cache_clear()
    placer = Placer(layout, "ko")
    width, height = (mm_to_dots(side, placer.dpi) for side in (layout.stock.width, layout.stock.height))
    return zpl.write_zpl(map(placer.place, rows), Machine(width=width, height=height))


def text_only(layout: Layout, rows: list[dict[str, str]]) -> bytes:
    """The floor: the five lines of each label and nothing else, written by the PDF library in its usual way."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    for weight in ("regular", "bold"):
        pdfmetrics.registerFont(face(weight).font)
    out = BytesIO()
    paper = Canvas(out, pagesize=(layout.stock.width * 72 / 25.4, layout.stock.height * 72 / 25.4))
    for row in rows:
        for line, key in enumerate(("item_name", "quantity", "spec", "expiry", "code")):
            paper.setFont("KR-bold" if line % 2 else "KR-regular", 9)
            paper.drawString(4, 72 - line * 13, row[key])
        paper.showPage()
    paper.save()
    return out.getvalue()


def speed(name: str, count: int, took: float, floor: float) -> Result:
    """Labels a second, beside the floor's time."""
    rate = count / took
    return {
        "name": name,
        "value": round(rate),
        "unit": "labels/s",
        "ratio": took / floor,
        "limit": f">= {FASTEST} labels/s",
        "ok": rate >= FASTEST,
    }


def reading(layouts: dict[str, Layout], count: int) -> list[Result]:
    """How many of so many random codes each decoder reads, on the label with the finest code and on a usual one."""
    results: list[Result] = []
    for name in ("lot-30x20", NAME):
        for words, wear in WEAR.items():
            with tempfile.TemporaryDirectory() as folder:
                shares = share_read(layouts[name], wear, count, Path(folder), seed=2026)
            results += [read_share(f"{name} after {words}, {decoder}", share) for decoder, share in shares.items()]
    return results


def read_share(name: str, share: float) -> Result:
    """One decoder's share."""
    return {
        "name": name,
        "value": round(share * 100, 1),
        "unit": "% read",
        "ratio": None,
        "limit": f">= {SUREST:.0%}",
        "ok": share >= SUREST,
    }


def seconds(deed: Callable[[], object]) -> float:
    """Processor time it takes, once: printing is work for one processor, and others may be busy on the machine."""
    started = time.process_time()
    deed()
    return time.process_time() - started
