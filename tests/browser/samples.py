"""Sample data of the gallery: a rice cake factory on a Monday."""

from decimal import Decimal
from types import SimpleNamespace as Sample
from typing import Any

ROOMS = [
    ("오늘", "Today", "layout-dashboard"),
    ("주문", "Orders", "clipboard-list"),
    ("생산", "Production", "factory"),
    ("자재", "Material", "boxes"),
    ("품질", "Quality", "shield-check"),
    ("설비", "Equipment", "wrench"),
    ("설정", "Settings", "settings"),
]
ITEMS = [
    ("떡국떡 500g", "Rice cake slices 500 g"),
    ("가래떡 1kg", "Rice cake sticks 1 kg"),
    ("메밀국수 4인분", "Buckwheat noodles for four"),
    ("우동면 200g × 5", "Udon 200 g × 5"),
    ("쌀국수(베트남식) 대용량 업소용 5kg", "Rice noodles, Vietnamese style, catering pack 5 kg"),
    ("칼국수 1kg", "Knife-cut noodles 1 kg"),
]
KINDS = [
    ("running", ("진행", "Running")),
    ("waiting", ("대기", "Waiting")),
    ("held", ("보류", "On hold")),
    ("stopped", ("비가동", "Stopped")),
    ("done", ("완료", "Done")),
    ("person", ("호출", "Called")),
]
NUMBERS = [(2000, 1240), (1500, 0), (800, 512), (12000, 12000), (Decimal("350.5"), Decimal("120.25")), (600, 0)]
DEFECTS = [
    (("찢김", "Torn"), 12),
    (("이물", "Foreign body"), 6),
    (("중량 미달", "Underweight"), 3),
    (("변색", "Discoloured"), 1),
    (("포장 불량", "Bad seal"), 1),
    (("기타", "Other"), 0),
]
PEOPLE = [
    ("김영희", "Young-hee Kim"),
    ("박철수", "Chul-soo Park"),
    ("응우옌 반 안", "Nguyen Van An"),
    ("이순자", "Soon-ja Lee"),
]
SENTENCES = {
    "lead": ("오늘 6건, 지연 2건", "6 today, 2 late"),
    "done": ("작업지시 WO-260105-017을(를) 발행했습니다.", "Work order WO-260105-017 is released."),
    "wrong": ("로트 RICE-2601-K는 보류 중입니다.", "Lot RICE-2601-K is on hold."),
    "tile_note": ("계획 대비 62 %", "62 % of the plan"),
    "late_note": ("가장 급한 것: 내일", "the most urgent: tomorrow"),
    "stop_note": ("2회, 품목교체 0:30", "2 stops, changeover 0:30"),
    "hint": ("고객이 필요한 날", "When the customer needs it"),
    "place": ("원자재 창고 A-03", "Raw store A-03"),
    "operation": ("공정 20 · 증숙 · 다음: 절단", "Operation 20 · Steaming · next: Cutting"),
    "rice": ("멥쌀", "Rice"),
    "salt": ("소금", "Salt"),
    "empty": (
        "첫 작업지시를 만들거나 엑셀 파일에서 가져오세요.",
        "Make the first one, or import them from Excel.",
    ),
}


def samples(korean: bool) -> Any:
    """Everything the pages show, in Korean or English."""

    def say(pair: tuple[str, str]) -> str:
        return pair[0] if korean else pair[1]

    kinds = [(kind, say(words)) for kind, words in KINDS]
    everything = (None, say(("전체", "All")))
    return Sample(
        **{name: say(pair) for name, pair in SENTENCES.items()},
        item=say(ITEMS[0]),
        held=kinds[2][1],
        kinds=kinds,
        states=[(*everything, 24), (*kinds[0], 3), (*kinds[1], 12), (*kinds[2], 1), kinds[4]],
        lines=[
            everything,
            ("L1", say(("1라인 증숙", "Line 1 Steaming"))),
            ("L2", say(("2라인 포장", "Line 2 Packing"))),
        ],
        orders=_orders(kinds, [say(item) for item in ITEMS]),
        slice=Sample(rows=[], next="cursor", first=False),
        defects=[{"label": say(word), "value": value, "href": "#"} for word, value in DEFECTS[:5]],
        codes=[{"code": f"D0{n}", "label": say(word), "so_far": value} for n, (word, value) in enumerate(DEFECTS)],
        days=[_day(n, good) for n, good in enumerate([320, 410, 385, 0, 450, 430, 280], 1)],
        life=_life(say),
        tree=_tree(say, kinds),
        names=[say(name) for name in PEOPLE],
        refused=Sample(
            sentence=say(("로트 SALT-2512-3은(는) 소금입니다. 이 작업에는 멥쌀이 필요합니다.",
                          "Lot SALT-2512-3 is salt; this job needs rice.")),
            advice=say(("멥쌀 로트를 스캔하세요.", "Scan a lot of rice.")),
        ),
    )  # fmt: skip


def _orders(kinds: list[tuple[str, str]], items: list[str]) -> list[dict[str, Any]]:
    weekdays = "월화수목금토"
    return [
        {
            "code": f"WO-260105-0{17 + n}",
            "item": item,
            "plan": NUMBERS[n][0],
            "good": NUMBERS[n][1],
            "due": f"2026-01-{5 + n:02} ({weekdays[n]})",
            "kind": kinds[n][0],
            "word": kinds[n][1],
        }
        for n, item in enumerate(items)
    ]


def _day(n: int, good: int) -> dict[str, Any]:
    return {"label": f"{n:02}", "value": good, "tone": "running" if good >= 400 else None}


def _life(say: Any) -> list[dict[str, Any]]:
    events = [
        (("입고", "Received"), ("480 kg · 대한미곡", "480 kg · Daehan Rice"), "2026-01-03 09:12", "truck", "done"),
        (("투입", "Consumed"), ("320 kg → 3개 로트", "320 kg → 3 lots"), "2026-01-05 08:31", "arrow-right", "done"),
        (("보류", "Held"), ("수분 초과", "Too moist"), "2026-01-05 11:02", "pause", "held"),
        (("출하", "Shipped"), ("아직 없음", "Not yet"), None, "truck", "waiting"),
    ]
    return [
        {"what": say(what), "detail": say(detail), "when": when, "icon": icon, "kind": kind, "href": when and "#"}
        for what, detail, when, icon, kind in events
    ]


def _tree(say: Any, kinds: list[tuple[str, str]]) -> list[dict[str, Any]]:
    def lot(code: str, note: tuple[str, str], quantity: Any, unit: str, icon: str, **more: Any) -> dict[str, Any]:
        return {"label": code, "note": say(note), "quantity": quantity, "unit": unit, "icon": icon, "href": "#", **more}

    held = {"kind": "held", "word": kinds[2][1]}
    raw = [
        lot("RICE-2601-K", ("멥쌀", "Rice"), 480, "kg", "truck", **held),
        lot("SALT-2512-3", ("소금", "Salt"), Decimal("4.8"), "kg", "truck"),
    ]
    dough = lot("DOUGH-260105-2", ("반죽", "Dough"), 600, "kg", "boxes", children=raw)
    film = lot("FILM-2511-9", ("포장 필름", "Film"), 1260, "EA", "truck")
    return [lot("RC500-260105-4", ITEMS[0], 1240, "EA", "package", children=[dough, film])]
