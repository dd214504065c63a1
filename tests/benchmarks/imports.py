"""A list of 100 000 items as a workbook: parsed, checked, stored, in one transaction."""

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime

from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.work import Work, act
from mes.exchange.service import import_prepared, prepare, preview
from mes.exchange.sheets import as_xlsx
from mes.items.models import Item
from tests.benchmarks import Result
from tests.benchmarks._scratch import SYSTEMS, empty_database, scratch, systems

LIMIT = 6.0
NOW = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
HEADINGS = (
    "품목코드",
    "품명",
    "영문명",
    "규격",
    "구분",
    "단위",
    "추적",
    "소비기한(일)",
    "안전재고",
    "박스입수",
    "수입검사",
)
KINDS = ("원자재", "부자재", "반제품", "완제품", "포장재")
UNITS = ("EA", "kg", "m")


def run(quick: bool) -> list[Result]:
    """Import the list into an empty plant on each database, and once more unchanged."""
    count = 10_000 if quick else 100_000
    data = _workbook(count)
    raw = _seconds_of(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())
    found: list[Result] = []
    with scratch(), speaking("en", "Asia/Seoul"):
        for system in systems():
            with empty_database(system, f"imports_{system}") as database:
                found += _measure(system, database, data, count, raw)
    return found


def _measure(system: str, database: Database, data: bytes, count: int, raw: float) -> list[Result]:
    def deed(work: Work) -> int:
        return len(import_prepared(work, prepare("items", "items.xlsx", data)).preview.rows)

    limit = LIMIT * count / 100_000
    stored = _seconds_of(lambda: act(database, SYSTEM, deed, source="import", now=NOW))
    with database.read() as read:
        assert read.scalar(select(func.count()).select_from(Item)) == count
        again = _seconds_of(lambda: preview(read, prepare("items", "items.xlsx", data)))
    name = SYSTEMS[system]
    return [
        _result(f"{count:,} items from XLSX: parsed, checked, stored, {name}", stored, raw, limit),
        _result(f"the same list again, nothing changed, {name}", again, raw, limit),
    ]


def _result(name: str, seconds: float, raw: float, limit: float) -> Result:
    """The ratio is to reading the same cells with the bare spreadsheet reader."""
    return {
        "name": name, "value": seconds, "unit": "s", "ratio": seconds / raw, "limit": f"<= {limit:g} s",
        "ok": seconds <= limit,
    }  # fmt: skip


def _seconds_of(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _workbook(count: int) -> bytes:
    rows = (
        (f"P-{n:06d}", f"부품 {n}", f"Part {n}", f"{n % 97} x {n % 89} mm", KINDS[n % 5], UNITS[n % 3], "로트",
         365 if n % 3 else None, n % 50 * 10, None, "Y" if n % 7 == 0 else "N")
        for n in range(count)
    )  # fmt: skip
    return as_xlsx([("품목", HEADINGS, rows)])
