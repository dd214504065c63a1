"""The kinds of list that can be imported, in the order in which a new plant imports them."""

from contextlib import suppress
from pathlib import PurePath

from mes.core.access import ADMINS, PLANNERS, QUALITY_ONLY, Who
from mes.core.i18n import N_
from mes.exchange import locking, masters
from mes.exchange.bom_sheet import read_bom_file
from mes.exchange.boms import judge_boms
from mes.exchange.check_sheets import judge_checks, read_check_file
from mes.exchange.coded import Coded
from mes.exchange.errors import ColumnsMissing, HeadingTwice, HeadingUnitWrong
from mes.exchange.headings import heading_rank, match_columns, plain_heading
from mes.exchange.parts import judge_parts, read_part_file
from mes.exchange.plans import Kind
from mes.exchange.reading import Table
from mes.exchange.readings import judge_readings, read_reading_file
from mes.exchange.routings import judge_routings, read_routing_file
from mes.exchange.rules import KindUnclear, KindUnknown
from mes.exchange.standards import judge_standards, read_standard_file
from mes.exchange.steps import judge_steps, read_step_file
from mes.exchange.stock import judge_lots, judge_orders, read_lot_file, read_order_file
from mes.exchange.vocabulary import judge_words, read_word_file


def _coded(name: str, label: str, spec: Coded, who: Who = PLANNERS) -> Kind:
    return Kind(name=name, label=label, who=who, read=spec.read, judge=spec.judge)


_ALL = (
    _coded("locations", N_("Places"), masters.LOCATIONS),
    _coded("work_centres", N_("Work centres"), masters.WORK_CENTRES),
    _coded("machines", N_("Machines"), masters.MACHINES),
    _coded("tools", N_("Moulds and tools"), masters.TOOLS),
    _coded("partners", N_("Partners"), masters.PARTNERS),
    # whoever enters people gives roles, so this list is the administrator's
    Kind(name="people", label=N_("People"), who=ADMINS, read=masters.PEOPLE.read, judge=masters.PEOPLE.judge,
         lock=locking.lock_people),
    _coded("items", N_("Items"), masters.ITEMS),
    Kind(name="customer_parts", label=N_("Customers' part numbers"), who=PLANNERS, read=read_part_file,
         judge=judge_parts),
    Kind(name="boms", label=N_("Bills of material"), who=PLANNERS, read=read_bom_file,
         judge=judge_boms, lock=locking.lock_products),
    Kind(name="routings", label=N_("Routings"), who=PLANNERS, read=read_routing_file,
         judge=judge_routings, lock=locking.lock_items),
    Kind(name="steps", label=N_("Work steps"), who=PLANNERS, read=read_step_file,
         judge=judge_steps, lock=locking.lock_items),
    _coded("defect_codes", N_("Defect codes"), masters.DEFECT_CODES, QUALITY_ONLY),
    _coded("gauges", N_("Gauges"), masters.GAUGES, QUALITY_ONLY),
    Kind(name="standards", label=N_("Inspection standards"), who=QUALITY_ONLY, read=read_standard_file,
         judge=judge_standards, lock=locking.lock_items),
    _coded("stop_reasons", N_("Stop reasons"), masters.STOP_REASONS),
    Kind(name="check_sheets", label=N_("Check sheets"), who=PLANNERS, read=read_check_file,
         judge=judge_checks, lock=locking.lock_check_sheets),
    Kind(name="words", label=N_("Own words"), who=QUALITY_ONLY, read=read_word_file, judge=judge_words),
    Kind(name="opening_lots", label=N_("Stock at the start"), who=PLANNERS, read=read_lot_file, judge=judge_lots,
         repeats=True),
    Kind(name="readings", label=N_("Inspection readings"), who=QUALITY_ONLY, read=read_reading_file,
         judge=judge_readings, repeats=True),
    Kind(name="work_orders", label=N_("Work orders"), who=PLANNERS, read=read_order_file, judge=judge_orders,
         repeats=True, lock=locking.lock_drafts),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}
#: Words in a file's name that tell the kind of list.
_FILE_WORDS = {
    "locations": "locations 위치 로케이션",
    "work_centres": "workcentres workcenters 작업장",
    "machines": "machines 설비",
    "tools": "tools moulds molds 금형 치공구",
    "partners": "partners 거래처",
    "people": "people 작업자 사원 명부",
    "items": "items 품목",
    "customer_parts": "customerparts 고객품번 고객사품번",
    "boms": "bom 자재명세서",
    "routings": "routing 공정 라우팅",
    "steps": "steps 작업표준 작업단계",
    "defect_codes": "defectcodes 불량",
    "gauges": "gauges 계측기 측정기 교정",
    "standards": "standards 검사기준 검사항목",
    "stop_reasons": "stopreasons 비가동",
    "check_sheets": "checksheets 일상점검 점검표 점검",
    "words": "words 번역 단어 용어",
    "opening_lots": "openinglots 기초재고 재고",
    "readings": "readings 측정값 측정치 검사결과",
    "work_orders": "workorders 작업지시 생산계획",
}


def get_kind(name: str) -> Kind:
    """A kind by its name; ``-`` and ``_`` are the same. Raises KindUnknown."""
    found = KINDS.get(name.strip().lower().replace("-", "_"))
    if found is None:
        raise KindUnknown(kind=name[:40], kinds=", ".join(KINDS))
    return found


def guess_kind(table: Table) -> Kind:
    """What kind of list a file is, from its headings and its name. Raises KindUnclear."""
    stem = plain_heading(PurePath(table.name).stem)
    best: tuple[int, int, int, str] | None = None
    for name in KINDS:
        with suppress(ColumnsMissing, HeadingTwice, HeadingUnitWrong):
            mapping = match_columns(name, table)
            named = any(word in stem for word in _FILE_WORDS[name].split())
            ranks = sum(heading_rank(name, table.headings[column]) for column in mapping.columns.values())
            score = (len(mapping.columns) + 2 * named, -len(mapping.ignored), -ranks, name)
            best = max(best, score) if best else score
    if best is None:
        raise KindUnclear(name=table.name)
    return KINDS[best[3]]
