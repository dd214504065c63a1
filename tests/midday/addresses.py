"""The address of every page, with codes of the bakery at midday in it."""

import re
from typing import Any

from flask import Flask

#: What a name in an address stands for: a fixed text, or what the bakery knows at midday (in braces). The longest
#: beginning of the address counts.
STANDS_FOR = {
    "/c/": ["{signed certificate}"],
    "/calls/<int:ident>/cause": ["{call}"],
    "/certificates/<code>": ["{signed certificate}"],
    "/certificates/<code>/drop": ["{draft certificate}"],
    "/certificates/<code>/refresh": ["{draft certificate}"],
    "/certificates/<code>/sign": ["{draft certificate}"],
    "/change/check-sheet/<path:code>": ["{check sheet}"],
    "/charts/<int:ident>": ["{chart}"],
    "/charts/alarms/<int:ident>": ["{alarm}"],
    "/check-lines/<int:number>/<path:code>": ["1", "{check sheet}"],
    "/check-sheets/<path:code>": ["{check sheet}"],
    "/checks/done/<int:ident>": ["{check}"],
    "/checks/photos/<int:ident>.jpg": ["{check answer}"],
    "/copies/<int:ident>/file": ["{copy}"],
    "/copies/places/<int:ident>": ["{place for copies}"],
    "/counts/<code>": ["{count}"],
    "/counts/<code>/export.<any": ["{count}", "csv"],
    "/customer-parts/<int:ident>": ["{customer part}"],
    "/devices/boards/<int:ident>": ["{board}"],
    "/dismantlings/<code>": ["{dismantling}"],
    "/dismantlings/new/<code>": ["{pump}"],
    "/epcis-events/<int:ident>": ["{partner event}"],
    "/epcis-events/documents/<code>": ["{partner document}"],
    "/events/<thing>/<int:thing_id>": ["items", "1"],
    "/export/<name>": ["items", "csv"],
    "/floor/jobs/<code>/assign": ["{job}"],
    "/floor/lines/<path:code>": ["KT"],
    "/floor/now/<path:code>": ["KT"],
    "/four-m/<code>": ["{change}"],
    "/four-m/<code>/finish": ["{approved change}"],
    "/gauge-studies/<code>": ["{open study}"],
    "/gauge-studies/<code>/study.pdf": ["{study}"],
    "/gauges/<path:code>": ["{gauge}"],
    "/gauges/<path:code>/calibrations/<int:number>": ["{gauge}", "{calibration}"],
    "/genealogy/explanations/<gap>/<int:thing>": ["receipt", "1"],
    "/genealogy/receipts/<path:code>": ["{lot}"],
    "/genealogy/workers/<int:report>": ["1"],
    "/hand-overs/<int:ident>.jpg": ["{note}"],
    "/import/<int:number>": ["{upload}"],
    "/import/examples/<kind>": ["items"],
    "/items/<path:code>": ["{item}"],
    "/items/<path:code>/bom/<int:revision>": ["{item}", "2"],
    "/items/<path:code>/bom/<int:revision>/lines/<int:position>": ["{item}", "2", "1"],
    "/items/<path:code>/drawing/page/<int:page>": ["{item}", "1"],
    "/items/<path:code>/routing/<int:revision>": ["{item}", "4"],
    "/items/<path:code>/routing/<int:revision>/operations/<int:sequence>": ["{item}", "4", "10", "1"],
    "/l/<path:code>": ["{lot}"],
    "/labels/prints/<int:first>-<int:last>.pdf": ["1", "1"],
    "/late-entries/<int:ident>/give-up": ["{late entry}"],
    "/lots/<code>": ["{lot}"],
    "/lots/<code>/lift": ["{held lot}"],
    "/machines/<path:code>": ["{machine}"],
    "/samples/<code>": ["{sample}"],
    "/samples/<code>/tests/<int:ident>": ["{sample}", "1"],
    "/samples/new/<code>": ["{lot}"],
    "/new/check-line/<path:code>": ["{check sheet}"],
    "/nonconformances/<code>": ["{nonconformance}"],
    "/nonconformances/<code>/costs/<int:ident>": ["{nonconformance}", "1"],
    "/nonconformances/<code>/decisions/<int:ident>": ["{nonconformance}", "2"],
    "/nonconformances/<code>/lots/<path:lot>": ["{nonconformance}", "{bad sugar}"],
    "/nonconformances/<code>/reopen": ["{closed nonconformance}"],
    "/nonconformances/<code>/steps/<int": ["{nonconformance}", "4"],
    "/nonconformances/actions/<int:ident>": ["{action}"],
    "/orders/<path:code>": ["{order}"],
    "/orders/<path:code>/edit": ["{draft order}"],
    "/orders/<path:code>/taken/<int:ident>": ["{order}", "{movement}"],
    "/partners/<path:code>": ["{supplier}"],
    "/people/<path:code>": ["KIM"],
    "/places/<path:code>": ["{location}"],
    "/printers/<code>": ["{printer}"],
    "/printers/jobs/<int:ident>": ["{print job}"],
    "/printers/jobs/<int:ident>.pdf": ["{label file}"],
    "/printers/labels/<subject>/<path:code>": ["lot", "{lot}"],
    "/printers/void/<subject>/<int:copy>/<path:code>": ["lot", "2", "{lot}"],
    "/quality/causes/<path:code>": ["SET"],
    "/quality/characteristics/<int:ident>": ["{characteristic}"],
    "/quality/code-picture/<path:code>": ["{defect code}"],
    "/quality/codes/<path:code>": ["{defect code}"],
    "/quality/control-plan-paper/<path:code>": ["{item}"],
    "/quality/control-plans/<path:code>": ["{item}"],
    "/quality/characteristics/<int:ident>/<any(good, bad):side>.jpg": ["{looks}", "good"],
    "/quality/defects/<int:ident>": ["{marked defect}"],
    "/quality/defects/<int:ident>/sorted": ["{sorted defect}"],
    "/quality/figures/suppliers/<path:code>": ["{supplier}"],
    "/quality/inspect/<any": ["first", "{job}"],
    "/quality/inspection-standards/<int:ident>": ["{draft standard}"],
    "/quality/inspection-standards/<int:ident>/revise": ["{standard}"],
    "/quality/inspection-standards/<int:ident>/withdraw": ["{standard}"],
    "/quality/inspections/<code>": ["{failed inspection}"],
    "/quality/lots/<code>": ["{bad sugar}"],
    "/quality/new-characteristic/<path:code>": ["{item}"],
    "/quality/sampling/<int:ident>": ["{series}"],
    "/quality/standards/<path:code>": ["{item}"],
    "/receipts/<code>": ["{receipt}"],
    "/recalls/<code>": ["{recall}"],
    "/lots/<code>/birth-certificate-<any": ["{lot}", "both"],
    "/recalls/<code>/customers/<path:partner>": ["{recall}", "{recalled customer}"],
    "/recalls/<code>/customers/<path:partner>/letter-<any": ["{recall}", "{recalled customer}", "ko"],
    "/returns/<code>": ["{return}"],
    "/s/<path:code>": ["{lot}"],
    "/sheets/inspections/<code>": ["{failed inspection}"],
    "/sheets/pieces/<code>": ["{job}"],
    "/sheets/self/<code>": ["{job}"],
    "/shift-ends/<int:ident>": ["{shift end}"],
    "/shifts/<int:ident>": ["{shift}"],
    "/shipments/<code>": ["{shipment}"],
    "/supplier-barcodes/<int:ident>": ["{barcode}"],
    "/station/checks/<path:code>": ["{check sheet}"],
    "/station/inspections/<code>": ["{open inspection}"],
    "/station/inspections/<code>/correct/<int:ident>": ["{open inspection}", "{begun reading}"],
    "/station/jobs/<code>": ["{job}"],
    "/station/jobs/<code>/inspect/<any": ["{job}", "first"],
    "/station/jobs/<code>/take/<lot>": ["{job}", "{lot}"],
    "/station/jobs/<code>/steps/<int:n>": ["{job}", "1"],
    "/station/lots/<code>": ["{waiting sugar}"],
    "/station/people/<path:code>": ["KIM"],
    "/stations/<path:code>": ["T1"],
    "/steps/<int:ident>": ["{pictured step}"],
    "/stop-reason-picture/<path:code>": ["BREAK"],
    "/stop-reasons/<path:code>": ["BREAK"],
    "/stops/<int:downtime_id>": ["{stop}"],
    "/station/stops/<int:ident>/reason": ["{stop}"],
    "/tools/<path:code>": ["{tool}"],
    "/trace/lots.<any(xlsx, csv):form>": ["csv?of={lot}"],
    "/units/<code>": ["{unit}"],
    "/warehouse/counting/<code>": ["{count}"],
    "/warehouse/counting/<code>/places/<int:place>": ["{count}", "{counted place}"],
    "/warehouse/counting/<code>/places/<int:place>/lots/<lot>": ["{count}", "{counted place}", "{counted lot}"],
    "/warehouse/picking/<code>": ["{order}"],
    "/warehouse/picking/<code>/lots/<lot>": ["{order}", "{counted lot}"],
    "/warehouse/receive/<path:item>": ["RF"],
    "/warehouse/shipping/<int:ident>": ["{loading}"],
    "/warehouse/shipping/<int:ident>/lines/<int:line>": ["{loading}", "{loaded line}"],
    "/work-centres/<path:code>": ["KT"],
}
#: More of what is worth a look: a trace, filters, nothing found, one revision that cannot be changed any more.
ALSO = [
    "/trace?q={lot}", "/scan?text=NOWHERE", "/items?q=nothing", "/items/{item}/bom/1", "/nowhere",
    "/certificates/{draft certificate}", "/charts/{count chart}", "/charts/alarms/{answered alarm}",
    "/four-m/{approved change}", "/four-m/{done change}", "/gauge-studies/{study}", "/gauge-studies/{dropped study}",
    "/nonconformances/{closed nonconformance}", "/quality/inspection-standards/{sampled standard}",
    "/quality/inspection-standards/{self standard}", "/quality/inspections/{open inspection}", "/sheets?of={order}",
    "/quality/sampling-plan?lot=1200&aql=0.65&level=II&kind=normal&double=y", "/gauges?q=nothing",
    "/customer-parts?q=nothing", "/units?q=nothing", "/units?show=all&q={lot}", "/new/unit?lot={lot}",
    "/warehouse/put-away?lots={lot}", "/recalls/new?how=codes&of={shipment}",
    "/returns/new?shipment={shipment}",
]  # fmt: skip
NAME = re.compile(r"<[^>]*>")
Known = dict[str, list[Any]]


def pages(app: Flask, station: bool) -> list[str]:
    """The rules of all addresses that show something at the desk, or of all at a station."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    here = [rule for rule in rules if (rule.partition("/")[2] + "/").startswith("station/") == station]
    return sorted(rule for rule in here if not rule.startswith(("/api/", "/static/", "/epcis/")) and rule != "/epcis")


def address(rule: str, known: Known) -> str:
    """A rule with codes of the bakery in it."""
    begins = [begin for begin in STANDS_FOR if rule.startswith(begin)]
    words = iter(STANDS_FOR[max(begins, key=len)] if begins else [])
    return filled(NAME.sub(lambda _name: next(words, "1"), rule), known)


def filled(text: str, known: Known) -> str:
    """The text with the first thing of each kind that is named in braces."""
    return re.sub(r"\{([a-z ]+)\}", lambda name: str(known[name[1]][0]), text)
