"""What is measured in the sample factories: (item, kind, name, name in English, unit, lower, nominal, upper)."""

from decimal import Decimal

from mes.core.work import Work
from mes.inspection.models import InspectionKind
from mes.inspection.service import CharacteristicData, approve_standard, make_standard
from mes.items.queries import find_items

_IN, _FIRST, _OUT = InspectionKind.INCOMING, InspectionKind.FIRST, InspectionKind.OUTGOING
Standard = tuple[str, InspectionKind, str, str, str, str | None, str | None, str | None]
_MOISTURE, _TEMPERATURE = ("수분", "Moisture", "%"), ("품온", "Temperature on arrival", "℃")
_SEAL, _STRIP = ("실링 강도", "Seal strength", "N/15mm"), ("금속검출 시편 검출 횟수", "Test pieces detected of 3", "회")

FOOD: tuple[Standard, ...] = (
    ("RM-RICE-01", _IN, *_MOISTURE, "30", "32", "34"),
    ("RM-RICE-01", _IN, *_TEMPERATURE, None, None, "-5"),
    ("RM-RICE-02", _IN, *_MOISTURE, "10", "12", "14"),
    ("RM-WHEAT-01", _IN, *_MOISTURE, "11", "13", "14.5"),
    ("RM-STARCH-01", _IN, *_MOISTURE, "10", "12", "14"),
    ("RM-SYRUP-01", _IN, "당도", "Brix", "Bx", "80", "82", "84"),
    ("RM-GOCHU-01", _IN, *_MOISTURE, "40", "43", "46"),
    ("RM-SOY-01", _IN, "염도", "Salt", "%", "15", "16.5", "18"),
    ("RM-PEPPER-01", _IN, *_MOISTURE, "8", "10", "13"),
    ("RM-GARLIC-01", _IN, *_MOISTURE, "3", "5", "7"),
    ("RM-ONION-01", _IN, *_MOISTURE, "3", "5", "7"),
    ("RM-ALC-01", _IN, "주정 농도", "Alcohol", "%", "94.5", "95", "96"),
    ("SF-DOUGH-01", _FIRST, "중심온도", "Core temperature", "℃", "95", "98", "101"),
    ("SF-GARAE-01", _FIRST, "지름", "Diameter", "mm", "24", "25", "26"),
    ("SF-SLICE-01", _FIRST, "두께", "Thickness", "mm", "3.2", "3.5", "3.8"),
    ("SF-STICK-01", _FIRST, "지름", "Diameter", "mm", "11.5", "12", "12.5"),
    ("SF-STICK-01", _FIRST, "길이", "Length", "mm", "48", "50", "52"),
    ("SF-SAUCE-01", _FIRST, "가열온도", "Cooking temperature", "℃", "85", "88", "92"),
    ("SF-SAUCE-01", _FIRST, "당도", "Brix", "Bx", "47", "48", "49"),
    ("SF-SPACK-01", _FIRST, "충전량", "Filled weight", "g", "118", "120", "122"),
    ("SF-NOODLE-01", _FIRST, "두께", "Thickness", "mm", "1.7", "1.8", "1.9"),
    ("FG-GARAE-1K", _FIRST, "중량", "Weight", "g", "1000", "1005", "1010"),
    ("FG-GARAE-1K", _FIRST, *_SEAL, "23", "30", None),
    ("FG-TTEOKGUK-500", _FIRST, "중량", "Weight", "g", "500", "504", "508"),
    ("FG-TTEOKGUK-500", _FIRST, *_SEAL, "23", "30", None),
    ("FG-TTEOKGUK-500", _FIRST, *_STRIP, "3", None, "3"),
    ("FG-TTEOKBOKKI-KIT", _FIRST, "중량", "Weight", "g", "518", "522", "526"),
    ("FG-TTEOKBOKKI-KIT", _FIRST, *_SEAL, "23", "30", None),
    ("FG-KALGUKSU-500", _FIRST, "중량", "Weight", "g", "500", "504", "508"),
    ("FG-KALGUKSU-500", _FIRST, *_SEAL, "23", "30", None),
    ("FG-TTEOKGUK-500-BX20", _OUT, "박스 중량", "Box weight", "kg", "10.4", "10.6", "10.8"),
    ("FG-TTEOKBOKKI-KIT-BX20", _OUT, "박스 중량", "Box weight", "kg", "11.2", "11.5", "11.8"),
)
_HARDNESS, _COATING = ("경도", "Hardness", "HRC"), ("도막 두께", "Coating thickness", "μm")
MACHINERY: tuple[Standard, ...] = (
    ("ENG-BASE", _IN, "무부하 회전수", "Idle speed", "rpm", "1350", "1400", "1450"),
    ("FRG-SHF", _IN, "소재 지름", "Blank diameter", "mm", "34.5", "35", "35.5"),
    ("FRG-GR20", _IN, "소재 지름", "Blank diameter", "mm", "59.5", "60", "60.5"),
    ("FRG-GR40", _IN, "소재 지름", "Blank diameter", "mm", "109.5", "110", "110.5"),
    ("CST-GB", _IN, "벽 두께", "Wall thickness", "mm", "4.7", "5", "5.3"),
    ("STL-SUP9", _IN, "두께", "Thickness", "mm", "3.1", "3.2", "3.3"),
    ("STL-SS45", _IN, "두께", "Thickness", "mm", "4.3", "4.5", "4.7"),
    ("STL-PIPE", _IN, "바깥지름", "Outer diameter", "mm", "42.5", "42.7", "42.9"),
    ("AL-SHEET", _IN, "두께", "Thickness", "mm", "1.4", "1.5", "1.6"),
    ("TP-4R", _FIRST, "식부 간격", "Planting distance", "mm", "295", "300", "305"),
    ("TP-4R", _FIRST, "소음", "Noise", "dB", None, None, "88"),
    ("TL-7", _FIRST, "로터리 정지 시간", "Rotor stopping time", "s", None, None, "2"),
    ("ASM-ENG", _FIRST, "벨트 장력", "Belt tension", "N", "180", "200", "220"),
    ("ASM-GBX", _FIRST, "축 유격", "Shaft play", "mm", "0.05", "0.075", "0.1"),
    ("ASM-FRM", _FIRST, *_COATING, "60", "75", "90"),
    ("ASM-HDL", _FIRST, "벤딩 각도", "Bending angle", "°", "34", "35", "36"),
    ("ASM-TRY", _FIRST, "버 높이", "Burr", "mm", "0", None, "0.2"),
    ("SHF-MAIN", _FIRST, "외경", "Outer diameter", "mm", "24.98", "25", "25.35"),
    ("GR-20T", _FIRST, "내경", "Bore", "mm", "20", "20.01", "20.021"),
    ("GR-40T", _FIRST, "내경", "Bore", "mm", "20", "20.01", "20.021"),
    ("CASE-GB", _FIRST, "베어링홀", "Bearing seat", "mm", "47", "47.012", "47.025"),
    ("CLAW-01", _FIRST, "끝단 각도", "Tip angle", "°", "27", "28", "29"),
    ("BRK-ARM", _FIRST, "용접 각장", "Weld leg", "mm", "3.5", "4", "4.5"),
    ("FRM-WLD", _FIRST, "직각도", "Squareness", "mm", None, None, "2"),
    ("TP-4R", _OUT, "누유", "Oil leaks", "곳", "0", None, "0"),
)
STANDARDS = {"food": FOOD, "machinery": MACHINERY}


def add_standards(work: Work, name: str) -> None:
    """Put in force what a sample factory measures."""
    items = find_items(work.session, {standard[0] for standard in STANDARDS[name]})
    scopes: dict[tuple[str, InspectionKind], list[CharacteristicData]] = {}
    for code, kind, word, word_en, unit, *limits in STANDARDS[name]:
        lower, nominal, upper = (None if limit is None else Decimal(limit) for limit in limits)
        measured = CharacteristicData(name=word, name_en=word_en, unit=unit, lower=lower, nominal=nominal, upper=upper)
        scopes.setdefault((code, kind), []).append(measured)
    for (code, kind), rows in scopes.items():
        draft = make_standard(work, item=items[code], kind=kind, characteristics=rows)
        approve_standard(work, draft.id)
