"""What a label can be about, and the data each kind of label may show.

Whoever prints hands over texts as they shall be read, in the label's language: ``{"quantity": "1,200"}``. A key
left out counts as empty. Every key has an example, used for previews and to try a layout.
"""

from collections.abc import Mapping

from mes.labels.content_goods import GOODS_CONTENTS, STEPS

#: Examples per content and key: Korean, English.
CONTENTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "lot": {
        "code": ("L260105-00129", "L260105-00129"),
        # what the code holds, where it is more than the code itself: behind it the number of a reprint
        "scan": ("", ""),
        "item_name": ("쌀떡볶이떡 1kg 냉장", "Rice cake sticks 1 kg, chilled"),
        "item_code": ("FD-1001", "FD-1001"),
        "spec": ("1kg × 10봉", "1 kg × 10 bags"),
        "kind": ("완제품", "Finished"),
        # how the lot stands when the label is printed; ``blocked`` is the same word, only where it must not be used
        "status": ("합격", "Pass"),
        "blocked": ("", ""),
        "quantity": ("1,200", "1,200"),
        "unit": ("봉", "bags"),
        "made_on": ("2026-01-05", "2026-01-05"),
        "received_on": ("", ""),
        "expiry": ("2026-02-04", "2026-02-04"),
        "supplier": ("한빛미곡", "Hanbit Rice"),
        "supplier_lot": ("HB-2512-88", "HB-2512-88"),
        "customer": ("새벽마트", "Dawn Market"),
        "work_order": ("W260105-0003G", "W260105-0003G"),
        "operation": ("30 포장", "30 Packing"),
        "work_centre": ("포장 1라인", "Packing line 1"),
        "machine": ("자동포장기 2호기", "Bagger 2"),
        "made_by": ("김민수", "Minsu Kim"),
        "location": ("냉장-A-03", "COLD-A-03"),
        "storage": ("0~10℃ 냉장보관", "Keep at 0–10 ℃"),
        "allergens": ("대두, 밀", "Soy, wheat"),
        "origin": ("쌀(국내산)", "Rice (Korea)"),
        "note": ("선입선출", "First in, first out"),
        # of an item with a GTIN: itself with 14 digits, days as GS1 writes them, and all as a Digital Link
        "gtin": ("08800000000138", "08800000000138"),
        "made6": ("260105", "260105"),
        "expiry6": ("260204", "260204"),
        "link": (
            "https://id.gs1.org/01/08800000000138/10/L260105-00129?17=260204",
            "https://id.gs1.org/01/08800000000138/10/L260105-00129?17=260204",
        ),
        "plant": ("한마을식품", "Hanmaeul Foods"),
        "reprint": ("", ""),
    },
    "order": {
        "code": ("W260105-0003G", "W260105-0003G"),
        "scan": ("", ""),
        "item_name": ("이앙기 6조식 차체 조립품", "Chassis assembly, 6-row rice planter"),
        "item_code": ("AG-6100-CH", "AG-6100-CH"),
        "spec": ("6조식, 표준형", "6 rows, standard"),
        "quantity": ("24", "24"),
        "unit": ("대", "EA"),
        "due": ("2026-01-16 (금)", "2026-01-16 (Fri)"),
        "start": ("2026-01-08 (목)", "2026-01-08 (Thu)"),
        "priority": ("급", "Urgent"),
        "customer": ("들판농기계", "Field Machines"),
        "customer_order": ("PO-7781", "PO-7781"),
        "operations": (
            "10\u00a0절단 → 20\u00a0용접 → 30\u00a0도장(외주) → 40\u00a0조립 → 50\u00a0검사",
            "10\u00a0Cutting → 20\u00a0Welding → 30\u00a0Painting → 40\u00a0Assembly → 50\u00a0Inspection",
        ),
        **STEPS,
        "work_centre": ("조립 2반", "Assembly 2"),
        "bom_revision": ("B", "B"),
        "routing_revision": ("3", "3"),
        "released_on": ("2026-01-05", "2026-01-05"),
        "released_by": ("박영희", "Younghee Park"),
        "note": ("도장 색상: 적색", "Colour: red"),
        "plant": ("한마을기계", "Hanmaeul Machinery"),
        "reprint": ("", ""),
    },
    "location": {
        "code": ("A-03-02", "A-03-02"),
        "scan": ("", ""),
        "name": ("냉장창고 A열 3번 2단", "Cold store, row A, bay 3, level 2"),
        "area": ("냉장창고", "Cold store"),
        "kind": ("완제품", "Finished goods"),
        "note": ("0~10℃", "0–10 ℃"),
        "plant": ("한마을식품", "Hanmaeul Foods"),
    },
    "machine": {
        "code": ("M0002W", "M0002W"),
        "scan": ("", ""),
        "name": ("자동포장기 2호기", "Bagging machine 2"),
        "model": ("AP-350", "AP-350"),
        "maker": ("대한포장기계", "Daehan Packaging"),
        "serial": ("35021-118", "35021-118"),
        "work_centre": ("포장 1라인", "Packing line 1"),
        "installed_on": ("2021-03-15", "2021-03-15"),
        "keeper": ("이철수", "Cheolsu Lee"),
        "note": ("", ""),
        "plant": ("한마을식품", "Hanmaeul Foods"),
    },
    "tool": {
        "code": ("T0004K", "T0004K"),
        "scan": ("", ""),
        "name": ("브래킷 4캐비티 금형", "Bracket mould, 4 cavities"),
        "cavities": ("4", "4"),
        "plant": ("한마을기계", "Hanmaeul Machinery"),
    },
    "gauge": {
        "code": ("G0003R", "G0003R"),
        "scan": ("", ""),
        "name": ("디지털 버니어 캘리퍼스", "Digital caliper"),
        "kind": ("캘리퍼스", "Caliper"),
        "serial": ("18204471", "18204471"),
        "range": ("0 ~ 150 mm", "0 ~ 150 mm"),
        "due": ("2026-11-30", "2026-11-30"),
        "keeper": ("최수진", "Sujin Choi"),
        "plant": ("한마을기계", "Hanmaeul Machinery"),
    },
    "badge": {
        "code": ("B7XQ2M9KD4RTAD", "B7XQ2M9KD4RTAD"),
        "name": ("응우옌 티 흐엉", "Nguyễn Thị Hương"),
        "team": ("포장 1반", "Packing 1"),
        "role": ("작업자", "Operator"),
        "number": ("2024-042", "2024-042"),
        "expires": ("", ""),
        "plant": ("한마을식품", "Hanmaeul Foods"),
    },
    **GOODS_CONTENTS,
}


def keys_of(content: str) -> frozenset[str]:
    """The data keys that labels of this content may show."""
    return frozenset(CONTENTS[content])


def example(content: str, language: str = "ko") -> dict[str, str]:
    """A plausible row of data for a preview: Korean, or English for every other language."""
    column = 0 if language == "ko" else 1
    return {key: words[column] for key, words in CONTENTS[content].items()}
