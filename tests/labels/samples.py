"""Layouts and rows for the label tests."""

from pathlib import Path

from mes.core.config import bundled
from mes.labels.content import example
from mes.labels.files import find_layouts
from mes.labels.layout import Layout

FOLDER: Path = bundled("labels")
LAYOUTS: dict[str, Layout] = find_layouts([FOLDER])
HANGUL = ("국내산햅쌀로만든수제떡볶이떡 냉장보관 대용량 업소용 밀봉포장 " * 8)[:200]
VIETNAMESE = ("Bánh gạo tươi ĐẶC BIỆT Ẩm thực Nguyễn Thị Hương đóng gói thùng lớn dùng cho nhà hàng " * 4)[:200]
#: As long as item codes become in practice: every label that shows the code shows all of it.
LONG_ITEM = "AG-6100-CH-0001-LEFT-REAR-BRACKET-V2"
#: Facts that a layout never cuts; everything else may be a name of any length.
FACTS = frozenset(
    [
        *("code", "quantity", "unit", "made_on", "received_on", "expiry"),
        *("item_code", "status", "blocked"),
        *("due", "start", "installed_on", "expires", "reprint", "priority"),
    ]
)


def raw_lot() -> dict[str, str]:
    """A lot received from a supplier, its label printed again."""
    return example("lot") | {
        "code": "L260103-0007U",
        "item_name": "멥쌀가루 20kg",
        "quantity": "12,480.5",
        "unit": "kg",
        "made_on": "",
        "received_on": "2026-01-03",
        "work_order": "",
        "operation": "",
        "machine": "",
        "made_by": "",
        "reprint": "2",
        "item_code": LONG_ITEM,
        "status": "검사대기",
        "blocked": "검사대기",
    }


def with_names(content: str, name: str, language: str = "ko") -> dict[str, str]:
    """An example in which every name is the given one."""
    return {key: text if key in FACTS else name for key, text in example(content, language).items()}


def rows_for(content: str) -> list[tuple[str, dict[str, str]]]:
    """What every layout of a content must print well: (language, row)."""
    rows = [
        ("ko", example(content)),
        ("en", example(content, "en")),
        ("ko", with_names(content, HANGUL)),
        ("en", with_names(content, VIETNAMESE, "en")),
    ]
    return [*rows, ("ko", raw_lot())] if content == "lot" else rows
