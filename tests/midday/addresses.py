"""The address of every page, with codes of the bakery at midday in it."""

import re
from typing import Any

from flask import Flask

#: What a name in an address stands for: a fixed text, or what the bakery knows at midday (in braces). The longest
#: beginning of the address counts.
STANDS_FOR = {
    "/c/": ["{signed certificate}"],
    "/certificates/<code>": ["{signed certificate}"],
    "/certificates/<code>/drop": ["{draft certificate}"],
    "/certificates/<code>/refresh": ["{draft certificate}"],
    "/certificates/<code>/sign": ["{draft certificate}"],
    "/charts/<int:ident>": ["{chart}"],
    "/charts/alarms/<int:ident>": ["{alarm}"],
    "/events/<thing>/<int:thing_id>": ["items", "1"],
    "/export/<name>": ["items", "csv"],
    "/four-m/<code>": ["{change}"],
    "/four-m/<code>/finish": ["{approved change}"],
    "/gauge-studies/<code>": ["{open study}"],
    "/gauge-studies/<code>/study.pdf": ["{study}"],
    "/gauges/<path:code>": ["{gauge}"],
    "/gauges/<path:code>/calibrations/<int:number>": ["{gauge}", "{calibration}"],
    "/import/<int:number>": ["{upload}"],
    "/import/examples/<kind>": ["items"],
    "/items/<path:code>": ["{item}"],
    "/items/<path:code>/bom/<int:revision>": ["{item}", "2"],
    "/items/<path:code>/bom/<int:revision>/lines/<int:position>": ["{item}", "2", "1"],
    "/items/<path:code>/routing/<int:revision>": ["{item}", "2"],
    "/items/<path:code>/routing/<int:revision>/operations/<int:sequence>": ["{item}", "2", "10"],
    "/l/<path:code>": ["{lot}"],
    "/labels/prints/<int:first>-<int:last>.pdf": ["1", "1"],
    "/lots/<code>": ["{lot}"],
    "/lots/<code>/lift": ["{held lot}"],
    "/machines/<path:code>": ["{machine}"],
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
    "/s/<path:code>": ["{lot}"],
    "/sheets/inspections/<code>": ["{failed inspection}"],
    "/sheets/pieces/<code>": ["{job}"],
    "/sheets/self/<code>": ["{job}"],
    "/shipments/<code>": ["{shipment}"],
    "/station/inspections/<code>": ["{open inspection}"],
    "/station/inspections/<code>/correct/<int:ident>": ["{open inspection}", "{begun reading}"],
    "/station/jobs/<code>": ["{job}"],
    "/station/jobs/<code>/inspect/<any": ["{job}", "first"],
    "/station/jobs/<code>/take/<lot>": ["{job}", "{lot}"],
    "/station/lots/<code>": ["{waiting sugar}"],
    "/station/people/<path:code>": ["KIM"],
    "/stations/<path:code>": ["T1"],
    "/stop-reasons/<path:code>": ["BREAK"],
    "/tools/<path:code>": ["{tool}"],
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
]  # fmt: skip
NAME = re.compile(r"<[^>]*>")
Known = dict[str, list[Any]]


def pages(app: Flask, station: bool) -> list[str]:
    """The rules of all addresses that show something at the desk, or of all at a station."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    here = [rule for rule in rules if (rule.partition("/")[2] + "/").startswith("station/") == station]
    return sorted(rule for rule in here if not rule.startswith(("/api/", "/static/")))


def address(rule: str, known: Known) -> str:
    """A rule with codes of the bakery in it."""
    begins = [begin for begin in STANDS_FOR if rule.startswith(begin)]
    words = iter(STANDS_FOR[max(begins, key=len)] if begins else [])
    return filled(NAME.sub(lambda _name: next(words, "1"), rule), known)


def filled(text: str, known: Known) -> str:
    """The text with the first thing of each kind that is named in braces."""
    return re.sub(r"\{([a-z ]+)\}", lambda name: str(known[name[1]][0]), text)
