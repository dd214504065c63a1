"""Certificates as A4 documents, written from their content alone."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from mes.certificates.models import Certificate, CertificateKind, CertificateState, Language, Meaning, Signature
from mes.certificates.rules import KIND_NAMES, SIGNED_AS, STATE_NAMES, Content
from mes.certificates.tongue import Tongue
from mes.core.i18n import N_, _, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.inspection.models import InspectionKind
from mes.inspection.rules import KIND_NAMES as INSPECTIONS

VERDICTS = {"pass": N_("Pass"), "fail": N_("Fail"), "open": N_("Open")}
LIMITS = {"both": "{lower} ~ {upper}", "lower": "≥ {lower}", "upper": "≤ {upper}"}
CONFORMS = N_("We certify that the goods named here were inspected as shown and meet the limits stated.")
NOTHING = N_("No inspection of this lot is on record.")
MISSING = N_("Not measured: %(names)s.")
NOT_INSPECTED = N_("Asked for by the standard, but not on record: %(kinds)s.")
GAUGES = N_("Measured with: %(codes)s.")
SUSPECT = N_("* Measured with a gauge that failed its calibration afterwards.")
DRAFT = N_("DRAFT - not approved, not valid")
#: So many values of one characteristic stand in a cell; of more, the summary.
MOST_VALUES = 12


def certificate_pdf(certificate: Certificate, content: Content, signatures: Sequence[Signature], address: str) -> bytes:
    """The certificate as PDF. ``address``: where its QR leads, to the check of what is signed."""
    tongue = Tongue(Language(content["options"]["language"]))
    fitting = [one for one in signatures if one.sha256 == certificate.sha256]
    head = Head(
        company=content["company"],
        title=tongue.say(KIND_NAMES[CertificateKind(content["options"]["kind"])]),
        number=certificate.code,
        code=address,
        approval=[Tongue(tongue.first).say(SIGNED_AS[meaning]) for meaning in Meaning],
        signed=[_signed(fitting, meaning) for meaning in Meaning],
        foot=f"{certificate.code} · SHA-256 {certificate.sha256[:16]}…",
    )
    return render([Sheet(head, list(_story(certificate, content, fitting, tongue)))], certificate.code)


def _signed(signatures: Sequence[Signature], meaning: Meaning) -> str:
    found = next((one for one in reversed(signatures) if one.meaning is meaning), None)
    return f"{found.person}\n{stamp(found.at)}" if found else ""


def _story(
    certificate: Certificate, content: Content, signatures: Sequence[Signature], tongue: Tongue
) -> Iterator[Part]:
    if certificate.state is CertificateState.DRAFT:
        yield Heading(tongue.say(DRAFT))
    elif certificate.state is not CertificateState.APPROVED:
        yield Heading(f"{tongue.say(STATE_NAMES[certificate.state])}: {certificate.end_reason or '-'}")
    yield Facts(facts(content, tongue))
    if content["replaces"]:
        said = N_("In place of certificate %(code)s: %(reason)s")
        yield Words(tongue.say(said, code=content["replaces"]["code"], reason=content["replaces"]["reason"] or "-"))
    for lot in content["lots"]:
        yield from _lot(lot, content["options"], tongue)
    if certificate.kind is CertificateKind.CONFORMITY:
        yield Words(tongue.say(CONFORMS, between="\n"))
    if content["options"]["statement"]:
        yield Words(content["options"]["statement"])
    yield from seal(certificate.sha256, signatures, tongue)


def facts(content: Content, tongue: Tongue) -> list[tuple[str, str]]:
    """For whom, of what, and when."""
    shipment = content["shipment"]
    found = [(tongue.say(N_("Customer")), tongue.name(content["customer"]))]
    if shipment:
        found.append((tongue.say(N_("Shipment")), shipment["code"]))
        found.append((tongue.say(N_("Customer's order number")), shipment["reference"] or "-"))
    else:
        found.append((tongue.say(N_("Lot")), content["lot"]))
    return [*found, (tongue.say(N_("Issued on")), content["day"])]


def lot_facts(lot: Content, tongue: Tongue) -> list[tuple[str, str]]:
    """What a lot is."""
    item = lot["item"]
    pairs = [
        (N_("Item"), tongue.name(item)),
        (N_("Item code"), item["code"]),
        (N_("Spec"), item["spec"]),
        (N_("Quantity"), f"{grouped(lot['quantity'])} {item['unit']}"),
        (N_("Made on"), lot["made_on"]),
        (N_("Use by"), lot["expires_on"]),
        (N_("Supplier lot"), lot["supplier_lot"]),
        (N_("Work order"), lot["order"]),
    ]
    return [(tongue.say(name), str(value)) for name, value in pairs if value]


def grouped(text: str) -> str:
    """A number with its thousands separated."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}"


def _lot(lot: Content, options: Content, tongue: Tongue) -> Iterator[Part]:
    yield Heading(f"{tongue.say(N_('Lot'))} {lot['code']}")
    yield Facts(lot_facts(lot, tongue))
    if not lot["inspections"]:
        yield Words(tongue.say(NOTHING))
    for inspection in lot["inspections"]:
        yield Heading(inspection_title(inspection, tongue))
        yield readings_grid(inspection["readings"], options, tongue)
        yield from remarks(inspection, tongue)
    if lot["not_inspected"]:
        yield Words(tongue.told(lambda: not_inspected(lot["not_inspected"])))
    if lot["materials"]:
        yield Heading(tongue.say(N_("Materials used")))
        yield _materials(lot["materials"], tongue)


def not_inspected(kinds: Sequence[str]) -> str:
    """Which inspections the standard asks for that nobody recorded."""
    return _(NOT_INSPECTED, kinds=", ".join(_(INSPECTIONS[InspectionKind(kind)]) for kind in kinds))


def inspection_title(inspection: Content, tongue: Tongue) -> str:
    """Kind, operation, number, day, who, verdict."""
    parts = [
        tongue.say(INSPECTIONS[InspectionKind(inspection["kind"])]),
        tongue.name(inspection["operation"]) if inspection["operation"] else "",
        inspection["code"],
        inspection["day"],
        inspection["person"],
        tongue.say(VERDICTS[inspection["verdict"]]),
    ]
    return " · ".join(part for part in parts if part)


def readings_grid(readings: Sequence[Content], options: Content, tongue: Tongue) -> Grid:
    """Each characteristic with its limits, values and verdict."""
    columns = [
        Column(tongue.say(N_("No.")), 6, number=True),
        Column(tongue.say(N_("Characteristic")), 28),
        Column(tongue.say(N_("Limits")), 22),
        Column(tongue.say(N_("Unit")), 9),
        Column(tongue.say(N_("Values")), 30),
        Column(tongue.say(N_("Verdict")), 13),
    ]
    rows = [
        [
            str(place),
            _marked(one, tongue),
            limits(one, tongue),
            one["unit"] or "-",
            values(one, options, tongue),
            tongue.say(VERDICTS[one["verdict"]]) + ("*" if one["suspect"] else ""),
        ]
        for place, one in enumerate(readings, 1)
    ]
    return Grid(columns, rows)


def _marked(one: Content, tongue: Tongue) -> str:
    return f"{tongue.name(one)} [{one['special']}]" if one["special"] else tongue.name(one)


def limits(one: Content, tongue: Tongue) -> str:
    """Both limits, or the one there is; of what is decided by looking, that."""
    if one["looked"]:
        return tongue.say(N_("by looking"))
    lower, upper = one["lower"], one["upper"]
    if lower is None and upper is None:
        return "-"
    form = LIMITS["both" if lower is not None and upper is not None else "lower" if upper is None else "upper"]
    return form.format(lower=lower, upper=upper)


def values(one: Content, options: Content, tongue: Tongue) -> str:
    """Every value, or least, greatest and mean where that is laid down or there are too many."""
    if one["looked"]:
        found = sum((Decimal(value) for value in one["values"]), Decimal(0))
        return tongue.say(N_("nonconforming: %(count)s"), count=f"{found:f}")
    if options["shown"] == "summary" or len(one["values"]) > MOST_VALUES:
        said = N_("%(least)s ~ %(greatest)s, mean %(mean)s (n = %(count)s)")
        return tongue.say(
            said, least=one["least"], greatest=one["greatest"], mean=_mean(one), count=str(len(one["values"]))
        )
    return ", ".join(one["values"])


def _mean(one: Content) -> str:
    """The mean with one place more than its values were read with."""
    places = max(len(value.partition(".")[2]) for value in one["values"]) + 1
    return f"{round(Decimal(one['mean']), places):.{places}f}"


def remarks(inspection: Content, tongue: Tongue) -> Iterator[Part]:
    """With which gauges, what is missing and what is in doubt, said in words."""
    gauges = sorted({code for one in inspection["readings"] for code in one["gauges"]})
    if gauges:
        yield Words(tongue.say(GAUGES, codes=", ".join(gauges)))
    if inspection["missing"]:
        yield Words(tongue.say(MISSING, names=", ".join(inspection["missing"])))
    if any(one["suspect"] for one in inspection["readings"]):
        yield Words(tongue.say(SUSPECT))


def _materials(materials: Sequence[Content], tongue: Tongue) -> Grid:
    columns = [
        Column(tongue.say(N_("Item code")), 20),
        Column(tongue.say(N_("Item")), 40),
        Column(tongue.say(N_("Lot")), 22),
        Column(tongue.say(N_("Supplier lot")), 22),
    ]
    rows = [[one["item"], tongue.name(one), one["lot"], one["supplier_lot"] or "-"] for one in materials]
    return Grid(columns, rows)


def seal(sha256: str, signatures: Sequence[Signature], tongue: Tongue) -> Iterator[Part]:
    """Who signed what, and the hash of what was signed."""
    yield Heading(tongue.say(N_("Signatures")))
    columns = [Column(tongue.say(N_("Meaning")), 22), Column(tongue.say(N_("Name")), 30)]
    columns.append(Column(tongue.say(N_("Time")), 30))
    rows = [[tongue.say(SIGNED_AS[one.meaning]), one.person, stamp(one.at)] for one in signatures]
    if any(one.reason for one in signatures):
        columns.append(Column(tongue.say(N_("Reason")), 30))
        rows = [[*row, one.reason or "-"] for row, one in zip(rows, signatures, strict=True)]
    yield Grid(columns, rows or [["-", "-", "-"]])
    yield Words(f"SHA-256\n{sha256}")
