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
EMOJI = ("딸기잼 🍓 sốt cà chua 🍅 냉동 ❄️ 요리사 👩‍🍳 세트 " * 8)[:200]
#: As long as item codes become in practice: every label that shows the code shows all of it.
LONG_ITEM = "AG-6100-CH-0001-LEFT-REAR-BRACKET-V2"
#: Facts that a layout never cuts; everything else may be a name of any length.
FACTS = frozenset(
    [
        *("code", "scan", "quantity", "unit", "made_on", "received_on", "expiry"),
        *("item_code", "status", "blocked"),
        *("due", "start", "installed_on", "expires", "reprint", "priority"),
        *("gtin", "sscc", "link", "made6", "expiry6", "lot_no", "serial_no"),
        *("part_no", "part_scan", "day", "steps_left"),
        *(f"{key}{place}" for key in ("code", "job") for place in range(1, 19)),
    ]
)
#: What people who buy food must be told: whole, or there is no label.
OF_FOOD = frozenset(["allergens", "ingredients", "net_content", "storage", "origin", "licence"])


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


#: Words of our own, not typed by anybody: no pictograph gets into them.
OURS = frozenset(["role", "number", "kind", "bom_revision", "routing_revision", "packs", "boxes", "count"])


def with_names(content: str, name: str, language: str = "ko") -> dict[str, str]:
    """An example in which every name is the given one."""
    ours = FACTS | OURS if name == EMOJI else FACTS
    ours |= OF_FOOD if content == "food" else frozenset()
    return {key: text if key in ours else name for key, text in example(content, language).items()}


def rows_for(content: str) -> list[tuple[str, dict[str, str]]]:
    """What every layout of a content must print well: (language, row)."""
    rows = [
        ("ko", example(content)),
        ("en", example(content, "en")),
        ("ko", with_names(content, HANGUL)),
        ("en", with_names(content, VIETNAMESE, "en")),
        ("ko", with_names(content, EMOJI)),
    ]
    return [*rows, ("ko", raw_lot())] if content == "lot" else rows
