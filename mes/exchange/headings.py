"""Which column is what: Korean and English headings matched to field names.

Case, spaces, punctuation and brackets do not matter: ``수량(kg)``, ``수 량`` and ``수량*`` are the
same. Where two columns fit one field, the word that stands earlier in the table below wins and the other
column is reported as ignored.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol
from unicodedata import normalize

from mes.core.i18n import N_, _
from mes.exchange.errors import ColumnsMissing, HeadingTwice, HeadingUnitWrong


class HasHeadings(Protocol):
    """A table as ``read_table`` gives it."""

    @property
    def headings(self) -> list[str]: ...


_CODE = "코드 code id no 번호"
_NAME_EN = (
    "영문명 영문이름 영문명칭 이름영문 명칭영문 품명영문 품목명영문 공정명영문 영어 nameen nameenglish englishname"
)
_NAME_VI = "베트남어 베트남어명 이름베트남어 명칭베트남어 namevi namevietnamese vietnamese"
_NOTE = "비고 메모 note notes remark remarks comment comments"
_ITEM = "품목코드 품목번호 품번 자재코드 자재번호 제품코드 item itemcode itemno itemnumber partnumber partno ipn 품목"
_WORK_CENTRE = "작업장코드 작업장 라인코드 라인 작업반 workcentre workcenter workcentrecode workcentercode line station"
_UNIT = "단위 unit uom units unitofmeasure"
_QUANTITY = "수량 quantity qty amount"
_LOCATION = "위치 위치코드 보관위치 창고 창고코드 location locationcode place warehouse bin"

#: For each kind of list: the fields and the headings that mean them, best first.
SYNONYMS: dict[str, dict[str, str]] = {
    "items": {
        "code": f"{_ITEM} {_CODE} mpn manf",
        "name": "품명 품목명 자재명 제품명 이름 명칭 name itemname partname description desc productname",
        "name_en": _NAME_EN,
        "spec": "규격 사양 치수 재질규격 spec specification size dimension value",
        "kind": "구분 품목구분 자재구분 품목유형 유형 종류 계정 kind type itemtype category",
        "unit": f"{_UNIT} 재고단위 기본단위 baseunit stockunit",
        "tracking": "추적 추적방식 추적단위 로트관리 lot관리 관리방식 tracking trackby trackedby",
        "shelf_life_days": (
            "소비기한일수 유통기한일수 소비기한 유통기한 유효기간 보존기간 사용기한일수 shelflife shelflifedays"
        ),
        "allergens": "알레르기 알레르겐 알레르기물질 알레르기유발물질 allergen allergens",
        "storage": "보관방법 보관조건 보관 storage storagecondition keepat",
        "origin": "원산지 산지 origin countryoforigin",
        "net_content": "내용량 순중량 중량 netcontent netweight contents",
        "ingredients": "원재료명 원재료 성분 ingredients ingredient",
        "licence": "품목보고번호 품목제조보고번호 허가번호 인증번호 신고번호 licence licencenumber reportnumber",
        "gtin": "gtin 바코드 바코드번호 ean ean13 gtin13 gtin14 jan barcode",
        "safety_stock": ("안전재고 안전재고량 적정재고 최소재고 safetystock minimumstock minstock reorderpoint"),
        "unit_cost": "단가 표준단가 원가 표준원가 재료비 unitcost unitprice cost standardcost",
        "box_quantity": "박스입수 입수량 입수 포장수량 boxquantity boxqty piecesperbox packquantity",
        "sample_days": "보관품보관일수 보존시료보관일수 보관품일수 시료보관일수 sampledays keepsampledays",
        "sample_from": "보관품기산일 보존시료기산일 시료기산일 samplefrom samplescountfrom",
        "inspect_incoming": "수입검사 수입검사여부 입고검사 inspectincoming incominginspection",
    },
    "customer_parts": {
        "customer": "고객코드 고객사코드 고객 고객사 거래처코드 거래처 납품처 customer customercode",
        "item": "품목코드 품목번호 사내품번 자사품번 제품코드 item itemcode itemno ouritem ourpartnumber",
        "item_name": "품명 품목명 제품명 itemname",
        "part_code": (
            "고객품번 고객사품번 고객품목코드 고객부품번호 partcode customerpart customerpartnumber customerpartno "
            "customeritem buyerspartnumber"
        ),
        "part_name": "고객품명 고객사품명 partname customerpartname customeritemname",
        "part_unit": "고객단위 납품단위 partunit customerunit",
        "pack_size": "납품입수 고객입수 포장단위 입수량 입수 packsize quantityperpack",
    },
    "boms": {
        "parent": (
            "모품목코드 모품목 모품번 상위품목코드 상위품목 상위품번 모자재 제품코드 완제품코드 assembly "
            "parent parentitem parentcode parentitemcode parentpart product"
        ),
        "parent_name": "모품목명 모품명 상위품목명 상위품명 제품명 parentname assemblyname",
        "component": (
            "자품목코드 자품목 자품번 하위품목코드 하위품목 하위품번 구성품코드 구성품 투입자재 소요자재 "
            "소요자재코드 원자재코드 component componentcode componentitem child childitem childcode "
            "자재코드 부품코드 부품번호 품목코드 품번 품목번호 itemcode item partnumber partno ipn 코드 "
            "code 품목 mpn manf"
        ),
        "component_name": (
            "자품목명 자품명 하위품목명 구성품명 자재명 부품명 품목명 품명 componentname itemname name "
            "partname description"
        ),
        "level": "레벨 bom레벨 단계 차수 수준 lv lvl level bomlevel indent outline",
        "quantity": (f"소요량 소요수량 원단위 단위소요량 투입량 정미소요량 {_QUANTITY} qtyper quantityper usage"),
        "unit": f"{_UNIT} 소요단위",
        "scrap_percent": (
            "로스율 손실율 손실률 불량율 스크랩율 스크랩률 loss lossrate scrap scraprate scrappercent attrition"
        ),
        "operation": "투입공정 투입공정코드 공정 공정코드 operation operationcode consumingoperation process",
        "consumption": "소비방식 투입방식 불출방식 차감방식 consumption consumptionmethod issuemethod",
        "reference": "위치번호 부품위치 참조 참조번호 ref refs reference references refdes designator",
        "phantom": "팬텀 가상품목 phantom",
        "by_product": "부산물 부산물여부 byproduct",
        "substitutes": "대체품 대체품목 대체자재 substitutes substitute alternatives alternative",
    },
    "routings": {
        "item": f"{_ITEM} {_CODE}",
        "item_name": "품명 품목명 제품명 itemname productname",
        "sequence": "순서 공정순서 공정순번 순번 차례 seq sequence step stepno operationno opno",
        "operation_code": "공정코드 공정번호 operationcode opcode operation",
        "operation_name": "공정명 공정 공정명칭 작업명 operationname processname process name",
        "name_en": _NAME_EN,
        "work_centre": _WORK_CENTRE,
        "setup_minutes": "준비시간 셋업시간 준비 셋업 setup setuptime setupmin setupminutes",
        "cycle_seconds": ("사이클타임 ct cycletime cycle cyclesec cycleseconds 표준시간 개당시간 단위시간 가공시간"),
        "outsourced": "외주 외주여부 외주공정 사내외주 outsourced subcontract subcontracted",
        "subcontractor": "외주처 외주처코드 외주업체 subcontractor",
        "inspected": "검사 검사여부 공정검사 검사유무 inspection inspect inspectionrequired qc",
        "instruction": (
            "작업지침 작업표준 작업방법 작업내용 지침 작업지시내용 주의사항 instruction instructions workinstruction"
        ),
    },
    "check_sheets": {
        "sheet": f"점검표코드 시트코드 점검표 sheet sheetcode checksheet {_CODE}",
        "sheet_name": "점검표명 시트명 점검명 sheetname name",
        "sheet_name_en": "점검표영문 점검표명영문 점검표영문명 sheetnameen englishsheetname",
        "work_centre": "작업장 작업장코드 라인 workcentre workcenter",
        "machine": "설비 설비코드 호기 machine machinecode",
        "every": "주기 점검주기 every frequency cycle howoften",
        "within": "시한 시한분 기한 within withinminutes minutes",
        "on_failure": "이상시 불합격시 조치 onfailure action iffailed",
        "line": "순번 번호 항목번호 lineno line no position",
        "line_name": "점검항목 항목 내용 점검내용 linename item whatislookedat description",
        "name_en": f"점검항목영문 {_NAME_EN}",
        "kind": "판정방식 기록방식 구분 kind answer type",
        "unit": _UNIT,
        "lower": "하한 하한값 최소 최소값 lower lowerlimit min minimum lsl",
        "upper": "상한 상한값 최대 최대값 upper upperlimit max maximum usl",
    },
    "steps": {
        "item": f"{_ITEM} {_CODE}",
        "item_name": "품명 품목명 제품명 itemname productname",
        "sequence": "공정순서 공정순번 공정 공정번호 sequence operation operationno opno",
        "step": "단계 단계번호 단계순서 작업순서 순번 step stepno stepnumber",
        "step_text": "작업내용 작업단계 단계내용 내용 작업방법 steptext text whatisdone description",
        "name_en": f"작업내용영문 {_NAME_EN}",
        "kind": "기록방식 단계종류 종류 구분 kind type record",
        "unit": _UNIT,
        "lower": "하한 하한값 최소 최소값 lower lowerlimit min minimum lsl",
        "upper": "상한 상한값 최대 최대값 upper upperlimit max maximum usl",
        "required": "필수 필수여부 required mandatory",
        "every_start": "시작마다 매시작 매번 everystart ateachstart",
    },
    "work_centres": {
        "code": f"{_WORK_CENTRE} {_CODE}",
        "name": "작업장명 라인명 작업반명 이름 명칭 name workcentrename workcentername linename",
        "name_en": _NAME_EN,
        "location": _LOCATION,
    },
    "machines": {
        "code": (
            f"설비코드 설비번호 호기 장비코드 장비번호 machine machinecode machineno equipment equipmentcode {_CODE}"
        ),
        "name": "설비명 장비명 기계명 이름 명칭 name machinename equipmentname",
        "name_en": _NAME_EN,
        "work_centre": _WORK_CENTRE,
    },
    "tools": {
        "code": (
            f"금형코드 금형번호 치공구코드 치공구번호 지그번호 mould mold mouldcode moldcode tool toolcode {_CODE}"
        ),
        "name": "금형명 치공구명 지그명 이름 명칭 name mouldname moldname toolname",
        "name_en": _NAME_EN,
        "cavities": "캐비티 캐비티수 cavity cavities 취수 벌수",
    },
    "gauges": {
        "code": (f"관리번호 계측기코드 계측기번호 기기번호 장비번호 gauge gaugecode gaugeno gaugeid assetno {_CODE}"),
        "name": "계측기명 기기명 측정기명 품명 장비명 이름 명칭 name gaugename instrument description",
        "name_en": _NAME_EN,
        "kind": "종류 구분 유형 분류 기기종류 type kind category",
        "maker": "제조사 제작사 메이커 제조회사 maker manufacturer make brand",
        "serial": "제조번호 기기일련번호 일련번호 시리얼번호 기번 serial serialno serialnumber sn",
        "lower": "측정하한 범위하한 최소범위 측정최소 rangefrom rangelow rangemin minimum",
        "upper": "측정상한 범위상한 최대범위 측정최대 rangeto rangehigh rangemax maximum",
        "resolution": "분해능 최소눈금 눈금 해상도 resolution graduation",
        "unit": _UNIT,
        "work_centre": f"사용작업장 사용부서 {_WORK_CENTRE}",
        "place": "보관장소 보관위치 사용장소 설치장소 장소 place location storage keptat",
        "interval_months": "교정주기 교정주기개월 주기 주기개월 interval intervalmonths calibrationinterval",
        "due_on": "차기교정일 차기교정일자 교정예정일 교정기한 유효기한 due dueon duedate nextcalibration nextdue",
        "note": _NOTE,
    },
    "standards": {
        "item": f"{_ITEM} {_CODE}",
        "item_name": "품명 품목명 제품명 itemname productname",
        "kind": "검사구분 검사종류 구분 검사 inspection inspectionkind inspectiontype kind type",
        "operation": "공정순서 공정번호 공정 operation operationno opno sequence",
        "partner": "거래처 거래처코드 공급처 고객 partner supplier customer vendor",
        "sample_rule": "샘플링방식 시료방식 검사방식 샘플링 samplingrule samplerule sampling",
        "sample_size": "시료수 시료크기 샘플수 samplesize n",
        "every": "검사주기 간격 every interval",
        "aql": "aql 합격품질수준 합격품질한계",
        "level": "검사수준 수준 inspectionlevel level",
        "double_plan": "2회샘플링 이회샘플링 doubleplan double",
        "gate": "초물합격후작업 초물통제 gate",
        "hold_back": "소급보류 이전로트보류 holdback",
        "act_by": "조치담당 조치자 담당 actby responsible",
        "characteristic": "검사항목 항목 특성 관리항목 characteristic feature parameter",
        "name_en": f"{_NAME_EN} 항목영문 검사항목영문",
        "unit": _UNIT,
        "decimals": "소수자리 소수점 decimals decimalplaces",
        "lower": "하한 규격하한 lsl lower lowerlimit min",
        "nominal": "기준값 기준치 목표 nominal target",
        "upper": "상한 규격상한 usl upper upperlimit max",
        "good_choices": "합격답 양호 양호판정 goodanswers good",
        "bad_choices": "불합격답 불량 불량판정 badanswers bad",
        "gauge_type": "계측기종류 계측기 측정기 측정기구 gaugetype gauge instrument",
        "own_sample_size": "항목시료수 항목별시료수 ownsamplesize",
        "frequency": "빈도 확인주기 frequency",
        "method": "검사방법 측정방법 방법 method",
        "reaction": "이상조치 조치방법 조치 reaction reactionplan",
        "special": "특별특성 특수특성 중요도 special specialcharacteristic class",
        "pfmea": "pfmea 공정fmea fmea",
        "limit_sample": "한도견본 limitsample",
        "of_process": "공정특성 공정조건 processsetting ofprocess",
    },
    "readings": {
        "lot": "로트번호 로트 공급처로트 lot lot번호 lotno lotnumber lotcode",
        "job": "공정작업 작업번호 작업 job jobcode jobno",
        "kind": "검사구분 검사종류 구분 검사 inspection inspectionkind inspectiontype kind type",
        "characteristic": "검사항목 항목 특성 관리항목 characteristic feature parameter",
        "piece": "시료번호 시료no 시료순번 샘플번호 piece pieceno sample sampleno",
        "value": "측정값 측정치 값 결과 판정 value reading measured result",
        **{
            f"x{number}": f"x{number} 측정값{number} 측정치{number} 시료{number} reading{number} value{number}"
            for number in range(1, 11)
        },
        "gauge": "계측기 계측기번호 측정기 측정기번호 gauge gaugeno gaugecode instrument",
    },
    "people": {
        "code": (
            f"사번 사원번호 작업자코드 작업자번호 직원번호 employeeno employeeid employeecode personcode badge {_CODE}"
        ),
        "name": "성명 이름 작업자 작업자명 사원명 직원명 name fullname personname employee",
        "name_en": _NAME_EN,
        "roles": "역할 권한 직무 담당업무 role roles",
        "language": "언어 사용언어 language lang",
        "skills": "기능 숙련 자격 스킬 가능공정 보유기능 skill skills",
        "login": "로그인 아이디 로그인아이디 계정 login username user userid",
    },
    "partners": {
        "code": (f"거래처코드 업체코드 고객코드 공급처코드 partner partnercode customercode suppliercode {_CODE}"),
        "name": "거래처명 업체명 상호 회사명 고객명 이름 명칭 name partnername companyname company",
        "name_en": _NAME_EN,
        "kind": "거래처구분 구분 거래구분 업체구분 유형 종류 kind type partnertype",
        "contact": "담당자 담당자명 contact contactname contactperson",
        "phone": "전화 전화번호 연락처 phone tel telephone phonenumber",
        "email": "이메일 전자우편 메일 email mail",
        "address": "주소 소재지 address",
        "gln": "gln gln코드 gln번호 로케이션번호 사업장식별번호 glncode locationnumber globallocationnumber",
    },
    "defect_codes": {
        "code": f"불량코드 불량유형코드 defect defectcode {_CODE}",
        "name": "불량명 불량유형 불량유형명 불량내용 이름 명칭 name defectname description",
        "name_en": _NAME_EN,
        "name_vi": _NAME_VI,
        "group": "구분 불량구분 유형구분 대분류 분류 원인 원인구분 종류 group category kind type cause",
    },
    "stop_reasons": {
        "code": f"비가동코드 비가동사유코드 정지코드 사유코드 stopcode reasoncode downtimecode {_CODE}",
        "name": (
            "비가동사유 비가동명 비가동사유명 정지사유 사유 사유명 이름 명칭 name reason stopreason "
            "reasonname description"
        ),
        "name_en": _NAME_EN,
        "name_vi": _NAME_VI,
        "group": "그룹 분류 구분 group category",
        "planned": "계획 계획여부 계획정지 계획비가동 planned isplanned",
    },
    "words": {
        "text": "원문 한글명 원래말 이름 명칭 text word name original",
        "korean": "한국어 korean ko",
        "english": "영어 english en",
        "vietnamese": "베트남어 vietnamese vi",
        "chinese": "중국어 chinese zh",
        "nepali": "네팔어 nepali ne",
        "khmer": "크메르어 캄보디아어 khmer km",
        "indonesian": "인도네시아어 indonesian id",
        "thai": "태국어 thai th",
        "burmese": "미얀마어 burmese my",
        "uzbek": "우즈베크어 uzbek uz",
    },
    "locations": {
        "code": f"위치코드 로케이션코드 로케이션 location locationcode 창고코드 위치 {_CODE}",
        "name": "위치명 로케이션명 창고명 이름 명칭 name locationname",
        "name_en": _NAME_EN,
        "kind": "구분 위치구분 창고구분 유형 종류 kind type",
    },
    "opening_lots": {
        "lot": "로트번호 로트 lot lot번호 lotno lotnumber lotcode 사내로트",
        "item": f"{_ITEM} {_CODE}",
        "item_name": "품명 품목명 자재명 itemname description",
        "supplier_lot": (
            "공급처로트 공급자로트 업체로트 공급업체로트 거래처로트 제조로트 supplierlot supplierlotno vendorlot"
        ),
        "quantity": f"{_QUANTITY} 재고 재고량 재고수량 현재고 기초재고 기초수량 stock onhand balance",
        "unit": _UNIT,
        "expires_on": "소비기한 유통기한 유효기한 사용기한 expiry expirydate expires bestbefore useby",
        "made_on": "제조일 제조일자 생산일 생산일자 madeon productiondate manufacturedon mfgdate",
        "received_on": "입고일 입고일자 receivedon receiptdate received",
        "location": _LOCATION,
        "supplier": "공급처 공급처코드 공급업체 거래처 거래처코드 매입처 supplier suppliercode vendor",
        "note": _NOTE,
    },
    "work_orders": {
        "code": "작업지시번호 지시번호 작지번호 작업지시 workorder workorderno ordernumber orderno wo wono",
        "item": f"{_ITEM} {_CODE}",
        "item_name": "품명 품목명 제품명 itemname description",
        "quantity": f"지시수량 계획수량 생산수량 주문수량 {_QUANTITY} orderquantity plannedquantity",
        "unit": _UNIT,
        "due_on": "납기 납기일 납기일자 완료예정일 due duedate deliverydate requireddate",
        "priority": "우선순위 우선 긴급도 priority",
        "customer": "고객 고객사 고객코드 거래처 거래처코드 납품처 customer customercode",
        "note": _NOTE,
    },
}

#: Fields without which a list of that kind says nothing. A BOM's parent may also come from its file.
REQUIRED: dict[str, tuple[str, ...]] = {
    "items": ("code", "name"),
    "customer_parts": ("customer", "item", "part_code"),
    "boms": ("component", "quantity"),
    "routings": ("item", "sequence", "operation_name", "work_centre"),
    "check_sheets": ("sheet", "sheet_name", "work_centre", "line", "line_name"),
    "steps": ("item", "sequence", "step", "step_text"),
    "work_centres": ("code", "name"),
    "machines": ("code", "name", "work_centre"),
    "tools": ("code", "name"),
    "gauges": ("code", "name"),
    "standards": ("item", "kind", "characteristic"),
    "readings": ("kind", "characteristic"),
    "people": ("code", "name"),
    "partners": ("code", "name", "kind"),
    "defect_codes": ("code", "name"),
    "stop_reasons": ("code", "name"),
    "words": ("text",),
    "locations": ("code", "name"),
    "opening_lots": ("item", "quantity"),
    "work_orders": ("item", "quantity", "due_on"),
}

#: Required fields in words, as a sentence about a missing column names them.
FIELD_WORDS: dict[str, str] = {
    "code": N_("Code"),
    "name": N_("Name"),
    "component": N_("Component"),
    "customer": N_("Customer"),
    "part_code": N_("Customer's part number"),
    "quantity": N_("Quantity"),
    "item": N_("Item code"),
    "sequence": N_("Sequence"),
    "operation_name": N_("Operation"),
    "sheet": N_("Check sheet"),
    "sheet_name": N_("Name of the sheet"),
    "sheet_name_en": N_("English name of the sheet"),
    "every": N_("How often"),
    "within": N_("Overdue after"),
    "on_failure": N_("When something is not in order"),
    "line": N_("Line"),
    "line_name": N_("What is looked at"),
    "step": N_("Step"),
    "step_text": N_("What is done"),
    "text": N_("Text on record"),
    "kind": N_("Kind"),
    "work_centre": N_("Work centre"),
    "due_on": N_("Due date"),
    "characteristic": N_("Characteristic"),
}

#: Units in which a time column may be given, and the words for other units that would change its meaning.
_TIME_UNITS = {
    "setup_minutes": (N_("minutes"), frozenset({"분", "min", "mins", "minute", "minutes", "m"})),
    "cycle_seconds": (N_("seconds"), frozenset({"초", "sec", "secs", "second", "seconds", "s"})),
    "shelf_life_days": (N_("days"), frozenset({"일", "일수", "day", "days", "d"})),
    "sample_days": (N_("days"), frozenset({"일", "일수", "day", "days", "d"})),
    "interval_months": (N_("months"), frozenset({"월", "개월", "달", "month", "months", "m"})),
}
_OTHER_TIME_WORDS = "시간 시 h hr hrs hour hours 개월 월 month months 년 year years 주 week weeks ms"
_TIME_WORDS = frozenset(_OTHER_TIME_WORDS.split()).union(*(words for _, words in _TIME_UNITS.values()))

_LONGEST_HEADING = 60
_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")


@lru_cache(maxsize=8192)
def plain_heading(heading: str) -> str:
    """A heading without case, spaces and punctuation."""
    return "".join(letter for letter in normalize("NFKC", heading).casefold() if letter.isalnum())


def _spellings(heading: str) -> tuple[str, str]:
    """A heading with and without what stands in its brackets."""
    return plain_heading(heading), plain_heading(_BRACKETS.sub(" ", normalize("NFKC", heading)))


@cache
def _ranks(kind: str) -> dict[str, tuple[str, int]]:
    """For each known word of a kind: its field, and how well it fits (0 is best)."""
    ranks: dict[str, tuple[str, int]] = {}
    for field, words in SYNONYMS[kind].items():
        for rank, word in enumerate([*words.split(), plain_heading(field)]):
            ranks.setdefault(word, (field, rank))
    return ranks


@cache
def _all_words() -> frozenset[str]:
    return frozenset(word for kind in SYNONYMS for word in _ranks(kind))


def heading_rank(kind: str, heading: str) -> int:
    """How well a heading fits its field of a kind: 0 is the field's first word."""
    ranks = _ranks(kind)
    return next((ranks[word][1] for word in _spellings(heading) if word in ranks), len(ranks))


def heading_score(cells: Iterable[str], kind: str | None = None) -> int:
    """How many different known headings a row holds; without ``kind``, of any kind."""
    words = _ranks(kind) if kind else _all_words()
    short = (cell for cell in cells if cell and len(cell) <= _LONGEST_HEADING)
    return len({word for cell in short for word in _spellings(cell) if word in words})


@dataclass(frozen=True)
class Mapping:
    """Where each field of a kind stands in a table; ``ignored`` names the columns nobody will read."""

    kind: str
    columns: dict[str, int]
    ignored: list[str]

    def value(self, cells: Sequence[str], field: str) -> str:
        """The text of a field in a row, or "" when the file has no such column."""
        column = self.columns.get(field)
        return "" if column is None else cells[column]

    def __contains__(self, field: str) -> bool:
        return field in self.columns


def match_columns(kind: str, table: HasHeadings) -> Mapping:
    """Match a table's headings to the fields of a kind (a key of ``SYNONYMS``).

    Refused: required columns that are missing (named in words), the same heading twice over one field, a time
    column in another unit. Columns that fit nothing come back in ``ignored``.
    """
    ranks = _ranks(kind)
    best: dict[str, tuple[int, int]] = {}
    ignored: list[int] = []
    for column, heading in enumerate(table.headings):
        field, rank = next((ranks[word] for word in _spellings(heading) if word in ranks), ("", 0))
        if not field:
            if heading.strip():
                ignored.append(column)
            continue
        _check_time_unit(field, heading)
        if field not in best:
            best[field] = (rank, column)
        elif rank == best[field][0]:
            raise HeadingTwice(
                heading=" ".join(heading.split()),
                first=column_letters(best[field][1]),
                second=column_letters(column),
            )
        else:
            ignored.append(max((rank, column), best[field])[1])
            best[field] = min((rank, column), best[field])
    columns = {field: column for field, (_, column) in best.items()}
    _check_required(kind, columns, table.headings)
    return Mapping(kind, columns, [" ".join(table.headings[column].split()) for column in sorted(ignored)])


def _check_time_unit(field: str, heading: str) -> None:
    unit, words = _TIME_UNITS.get(field, ("", frozenset()))
    found = _BRACKETS.search(normalize("NFKC", heading)) if unit else None
    if found and found[1].strip().casefold() in _TIME_WORDS - words:
        raise HeadingUnitWrong(heading=" ".join(heading.split()), unit=_(unit))


def unit_in_heading(heading: str) -> str | None:
    """What stands in the brackets of a heading: ``수량(g)`` gives ``g``. Whether it is a unit the caller knows."""
    found = _BRACKETS.search(normalize("NFKC", heading))
    return found[1].strip() or None if found else None


def _check_required(kind: str, columns: dict[str, int], headings: list[str]) -> None:
    missing = [field for field in REQUIRED[kind] if field not in columns]
    if missing:
        named = ", ".join(" ".join(heading.split()) for heading in headings if heading.strip())
        raise ColumnsMissing(
            columns=", ".join(_(FIELD_WORDS[field]) for field in missing),
            found=named if len(named) <= 300 else named[:299] + "…",
        )


def column_letters(column: int) -> str:
    """The letters Excel gives a column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row_number: int, column: int) -> str:
    """A cell's name as Excel shows it, from its row number and its column's place: (17, 3) is D17."""
    return f"{column_letters(column)}{row_number}"
