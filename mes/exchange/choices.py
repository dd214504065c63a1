"""Words of a plant's lists that stand for a fixed choice: kinds, tracking, roles, languages, consumption.

``CHOICES`` maps the column's field to the stored word and the spellings that mean it, the Korean one first.
"""

from functools import cache

from mes.exchange.cell_errors import CellIsMissing, NotAChoice
from mes.exchange.headings import plain_heading
from mes.exchange.parsing import shown

CHOICES: dict[str, dict[str, str]] = {
    "item_kind": {
        "raw": "원자재 원재료 원료 rawmaterial",
        "sub": "부자재 submaterials 부재료 submaterial auxiliary consumable",
        "semi": "반제품 중간품 재공품 semifinished subassembly wip",
        "finished": "완제품 제품 finishedgood finishedgoods finishedproduct product",
        "packaging": "포장재 포장 포장자재 packing packagingmaterial",
        "customer_owned": "사급품 사급자재 사급 customersupplied",
    },
    "tracking": {
        "lot": "로트 lot로트 batch 배치",
        "serial": "시리얼 일련번호 개별 serialnumber sn",
        "none": "없음 미관리 안함 no 무",
    },
    "sample_from": {
        "use_by": "소비기한 유통기한 사용기한 useby expiry",
        "made": "제조일 제조 생산일 made production",
    },
    "partner_kind": {
        "customer": "고객 고객사 매출처 납품처 client buyer",
        "supplier": "공급처 공급업체 매입처 구매처 협력사 vendor",
        "subcontractor": "외주처 외주업체 외주 임가공 subcontract",
    },
    "role": {
        "operator": "작업자 작업원 생산직 worker",
        "leader": "반장 조장 직장 lineleader supervisor foreman",
        "quality": "품질 품질관리 검사원 qc qa inspector",
        "material": "자재 자재관리 자재담당 창고 materialhandler warehouse",
        "manager": "생산관리 관리 공장장 사장 대표 productionmanager owner",
        "admin": "관리자 시스템관리자 전산 administrator",
    },
    "language": {
        "ko": "한국어 한국 korean 국어",
        "en": "영어 english",
        "vi": "베트남어 베트남 vietnamese",
        "zh": "중국어 중국 chinese",
        "ne": "네팔어 네팔 nepali",
        "km": "크메르어 캄보디아어 캄보디아 khmer",
        "id": "인도네시아어 인도네시아 indonesian",
        "th": "태국어 태국 thai",
        "my": "미얀마어 미얀마 버마어 burmese",
        "uz": "우즈베크어 우즈벡어 우즈베키스탄 uzbek",
    },
    "every": {
        "shift": "교대 교대마다 매교대 shift eachshift",
        "day": "일 매일 하루 일간 day daily eachday",
        "week": "주 매주 주간 week weekly eachweek",
    },
    "on_failure": {
        "nothing": "기록 기록만 없음 nothing recorded none",
        "call": "호출 call",
        "hold": "보류 설비보류 정지 hold",
    },
    "answer_kind": {
        "tick": "확인 체크 양부 tick check ok",
        "value": "값 측정 측정값 숫자 value number measurement",
        "photo": "사진 photo picture",
    },
    "step_kind": {
        "do": "안내 표시 보기 show shown instruction 설명",
        "check": "확인 체크 점검 tick ticked 체크표시",
        "number": "값 숫자 측정 측정값 수치 value measurement",
        "text": "글 문자 서술 기록 words note",
    },
    "consumption": {
        "scan": "스캔 스캔투입 바코드 scanned manual",
        "backflush": "자동차감 자동 백플러시 역산 backflushed automatic auto",
    },
    "location_kind": {
        "store": "창고 보관 자재창고 제품창고 storage warehouse",
        "work_centre": "작업장 현장 라인 공정 workcenter shopfloor",
        "quarantine": "격리 부적합 보류 quarantinearea hold",
        "shipping": "출하 출하장 dispatch shippingarea",
        "outside": "외주 외부 사외 subcontractor external",
    },
    "inspection_kind": {
        "incoming": "수입 수입검사 입고검사 iqc receiving",
        "first": "초물 초물검사 초품 firstpiece",
        "middle": "중물 중물검사 중품 middlepiece",
        "last": "종물 종물검사 종품 lastpiece",
        "self": "자주 자주검사 selfinspection",
        "patrol": "순회 순회검사 공정검사 ipqc pqc inprocess",
        "final": "최종 최종검사 완제품검사 fqc",
        "outgoing": "출하 출하검사 oqc shipping",
    },
    "sample_rule": {
        "all": "전수 전수검사 everypiece 100",
        "fixed": "고정 시료수 fixednumber n",
        "every_pieces": "수량마다 개수마다 everysomanypieces",
        "every_minutes": "시간마다 분마다 everysomanyminutes",
        "first_middle_last": "초중종 초중종물 fml firstmiddlelast",
        "aql": "aql kspqc iso2859 ksqiso28591",
    },
    "priority": {
        "1": "긴급 urgent 특급 rush",
        "3": "높음 high 우선 상",
        "5": "보통 normal 일반 medium 중",
        "7": "낮음 low 하",
        "9": "여유 whenever",
        "2": "2",
        "4": "4",
        "6": "6",
        "8": "8",
    },
}


@cache
def _words(field: str) -> dict[str, str]:
    return {
        plain_heading(word): choice for choice, words in CHOICES[field].items() for word in (choice, *words.split())
    }


def parse_choice(field: str, text: str) -> str:
    """The stored word for a cell: ``parse_choice("item_kind", "원자재")`` is "raw".

    An unknown word is refused with the list of what is known, in Korean as the files write it.
    """
    if not text.strip():
        raise CellIsMissing(value="")
    choice = _words(field).get(plain_heading(text))
    if choice is None:
        known = ", ".join(words.split()[0] for words in CHOICES[field].values())
        raise NotAChoice(value=shown(text), choices=known)
    return choice
