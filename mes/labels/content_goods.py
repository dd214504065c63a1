"""The data that labels of goods, of boxes and pallets and cards of codes may show, with examples: Korean, English."""

from collections.abc import Mapping

Examples = Mapping[str, tuple[str, str]]


def _both(text: str) -> tuple[str, str]:
    return text, text


_GTIN = "08800000000138"
_LOT = "L260105-00129"
_ITEM = {
    "code": _both(_LOT),
    "item_name": ("떡볶이 밀키트 520 g", "Tteokbokki kit 520 g"),
    "item_code": _both("FD-1001"),
    "spec": ("떡 400 g + 소스 120 g", "Rice cake 400 g + sauce 120 g"),
}
_MAKER = {
    "maker": ("한마을식품", "Hanmaeul Foods"),
    "address": ("경기도 이천시 견본로 100", "100 Gyeonbon-ro, Icheon-si, Gyeonggi-do"),
    "phone": _both("031-000-1000"),
}
_END = {"plant": ("한마을식품", "Hanmaeul Foods"), "reprint": ("", "")}
_DATES = {"made_on": _both("2026-01-05"), "expiry": _both("2026-02-04")}
_MOVE = {
    **_ITEM,
    "quantity": _both("1,200"),
    "unit": ("봉", "bags"),
    "expiry": _both("2026-02-04"),
    "from_place": ("냉장-A-03", "COLD-A-03"),
    "to_place": ("포장 1라인", "Packing line 1"),
    "next_step": ("30 포장", "30 Packing"),
    "work_order": _both("W260105-0003G"),
    "day": _both("2026-01-05"),
    "who": ("김민수", "Minsu Kim"),
    **_END,
}
_CUSTOMER = {
    **_ITEM,
    **_DATES,
    **_MAKER,
    "quantity": _both("240"),
    "unit": ("봉", "bags"),
    "packs": _both("12 x 20"),
    "customer": ("새벽마트", "Dawn Market"),
    "part_no": _both("7001-220138"),
    # the same, where a scanner can type it
    "part_scan": _both("7001-220138"),
    "part_name": ("떡볶이 밀키트", "Tteokbokki kit"),
    "reference": _both("PO-7781"),
    "gtin": _both(_GTIN),
    **_END,
}
_FOOD = {
    **_ITEM,
    **_DATES,
    **_MAKER,
    "gtin": _both(_GTIN),
    "link": _both(f"https://id.gs1.org/01/{_GTIN}/10/{_LOT}?17=260204"),
    "net_content": _both("520 g"),
    "storage": ("0~10 ℃ 냉장보관", "Keep at 0–10 °C"),
    "allergens": ("대두, 밀", "Soy, wheat"),
    "ingredients": (
        "떡[멥쌀(국산), 정제소금], 소스[고추장, 백설탕, 물엿, 양조간장, 고춧가루]",
        "Rice cake [rice (Korea), salt], sauce [chilli paste, sugar, syrup, soy sauce, chilli]",
    ),
    "origin": ("쌀(국산)", "Rice (Korea)"),
    "licence": _both("20200000001-13"),
    **_END,
}
_UDI = {
    **_ITEM,
    **_DATES,
    **_MAKER,
    "item_name": ("코로나19 항원 신속검사키트", "COVID-19 antigen rapid test"),
    "item_code": _both("KIT-25"),
    "spec": _both("AG-25"),
    "gtin": _both(_GTIN),
    "made6": _both("260105"),
    "expiry6": _both("280104"),
    "expiry": _both("2028-01-04"),
    "lot_no": _both(_LOT),
    "serial_no": ("", ""),
    "net_content": ("25테스트", "25 tests"),
    "storage": ("2~30 ℃", "2–30 °C"),
    "licence": ("체외 제허 26-000호", "IVD 26-000"),
    **_END,
}
_UNIT = {
    **_ITEM,
    **_MAKER,
    "code": _both("088000000000000015"),
    "sscc": _both("088000000000000015"),
    "kind": ("파렛트", "Pallet"),
    "quantity": _both("2,400"),
    "unit": ("봉", "bags"),
    "boxes": _both("4"),
    "count": _both("5"),
    "lots": (
        "L260105-00129\u00a0600\u00a0봉 · L260105-0013B\u00a0600\u00a0봉 · L260105-0014D\u00a01,200\u00a0봉",
        "L260105-00129\u00a0600\u00a0bags · L260105-0013B\u00a0600\u00a0bags · L260105-0014D\u00a01,200\u00a0bags",
    ),
    "expiry": _both("2026-02-04"),
    "customer": ("새벽마트", "Dawn Market"),
    "reference": _both("PO-7781"),
    "gtin": _both(_GTIN),
    "location": ("출하장 2", "Dock 2"),
    "note": ("상단 적재 금지", "Do not stack"),
    **_END,
}
_ACTS = (
    ("시작", "Start"), ("일시정지", "Pause"), ("실적", "Report"), ("완료", "Finish"), ("불량", "Defect"),
    ("취소", "Undo"), ("양품 +1", "Good +1"), ("양품 +10", "Good +10"), ("라벨 발행", "Print label"),
    ("중지", "Stop"), ("재가동", "Runs again"), ("호출", "Call"), ("예", "Yes"), ("아니오", "No"),
    ("저장", "Save"), ("뒤로", "Back"), ("지우기", "Clear"), ("", ""),
)  # fmt: skip
_FLAWS = (
    ("긁힘", "Scratch"), ("찍힘", "Dent"), ("이물", "Foreign matter"), ("치수 불량", "Wrong size"),
    ("포장 불량", "Bad packing"), ("변색", "Discoloured"),
)  # fmt: skip


def _card(names: tuple[tuple[str, str], ...], codes: tuple[str, ...], code: str) -> Examples:
    shown: dict[str, tuple[str, str]] = {"code": _both(code), "number": _both("1")}
    for place in range(1, 19):
        there = place <= len(names) and bool(names[place - 1][0])
        shown[f"name{place}"] = names[place - 1] if there else ("", "")
        shown[f"code{place}"] = _both(codes[place - 1] if there else "")
    return shown | {"plant": ("한마을식품", "Hanmaeul Foods")}


#: The steps of a work order one by one, each with the code of its job.
MOST_STEPS = 12
_STEPS = (
    ("10 절단", "10 Cutting", "절단반", "Cutting"), ("20 용접", "20 Welding", "용접반", "Welding"),
    ("30 도장(외주)", "30 Painting", "도장", "Painting"), ("40 조립", "40 Assembly", "조립 2반", "Assembly 2"),
    ("50 검사", "50 Inspection", "검사실", "Inspection"),
)  # fmt: skip
STEPS: Examples = {"steps_left": ("", "")} | {
    f"{key}{place}": (
        {"step": _STEPS[place - 1][:2], "at": _STEPS[place - 1][2:], "job": _both(f"J260105-{place:04d}X")}[key]
        if place <= len(_STEPS)
        else ("", "")
    )
    for place in range(1, MOST_STEPS + 1)
    for key in ("step", "at", "job")
}
GOODS_CONTENTS: Mapping[str, Examples] = {
    "move": _MOVE,
    "customer": _CUSTOMER,
    "food": _FOOD,
    "udi": _UDI,
    "unit": _UNIT,
    "commands": _card(_ACTS, tuple(f"C-COMMAND-{n:02d}X" for n in range(1, 19)), "COMMANDS-1"),
    "defects": _card(_FLAWS, ("SC-01", "DT-01", "FM-01", "DM-01", "PK-01", "CL-01"), "DEFECTS-1"),
}
