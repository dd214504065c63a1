"""The words of GS1's Core Business Vocabulary (CBV 2.0), and of units (UN/ECE recommendation 20)."""

from collections.abc import Mapping

GS1_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
CBV = "https://ref.gs1.org/cbv/"
WEB = "https://gs1.org/voc/"
EPCIS = "https://ref.gs1.org/epcis/"
#: Prefixes that GS1's own context knows.
PREFIXES: Mapping[str, str] = {
    "cbv": CBV, "gs1": WEB, "epcis": EPCIS, "cbvmda": "urn:epcglobal:cbv:mda:", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "owl": "http://www.w3.org/2002/07/owl#",
    "dcterms": "http://purl.org/dc/terms/",
}  # fmt: skip
#: How the older names of vocabulary begin, and the newer.
OLDER: Mapping[str, str] = {
    "urn:epcglobal:cbv:bizstep:": CBV + "BizStep-",
    "urn:epcglobal:cbv:disp:": CBV + "Disp-",
    "urn:epcglobal:cbv:btt:": CBV + "BTT-",
    "urn:epcglobal:cbv:sdt:": CBV + "SDT-",
    "urn:epcglobal:cbv:er:": CBV + "ER-",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
ACTIONS = ("ADD", "OBSERVE", "DELETE")
BIZ_STEPS = _words(
    "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting "
    "decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting "
    "installing killing loading other packing picking receiving removing repackaging repairing replacing "
    "reserving retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing "
    "transporting unloading unpacking void_shipping"
)
DISPOSITIONS = _words(
    "active available completeness_inferred completeness_verified conformant container_closed container_open "
    "damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class "
    "mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other "
    "partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible "
    "stolen unavailable unknown"
)
TRANSACTION_TYPES = _words("bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt")
PARTY_TYPES = frozenset(("owning_party", "possessing_party", "location"))
ERROR_REASONS = frozenset(("did_not_occur", "incorrect_data"))
#: Words that stand bare in JSON, by field: what they mean in full.
BARE: Mapping[str, tuple[frozenset[str] | None, str]] = {
    "bizStep": (BIZ_STEPS, CBV + "BizStep-"),
    "disposition": (DISPOSITIONS, CBV + "Disp-"),
    "bizTransactionType": (TRANSACTION_TYPES, CBV + "BTT-"),
    "partyType": (PARTY_TYPES, CBV + "SDT-"),
    "reason": (ERROR_REASONS, CBV + "ER-"),
    "component": (None, CBV + "Comp-"),
    "measurement": (None, WEB),
}
#: Units as a plant writes them, and as trade does. Pieces have none.
UNITS: Mapping[str, str] = {
    "kg": "KGM", "g": "GRM", "mg": "MGM", "t": "TNE", "ton": "TNE", "톤": "TNE", "l": "LTR", "ℓ": "LTR", "ml": "MLT",
    "m": "MTR", "cm": "CMT", "mm": "MMT", "m2": "MTK", "㎡": "MTK", "m²": "MTK", "m3": "MTQ", "㎥": "MTQ",
    "m³": "MTQ", "lb": "LBR", "oz": "ONZ", "set": "SET", "세트": "SET", "roll": "RO", "롤": "RO", "box": "BX",
    "박스": "BX", "sheet": "ST", "장": "ST", "pair": "PR", "켤레": "PR", "bag": "BG", "포": "BG",
}  # fmt: skip
PIECES = frozenset(("ea", "pc", "pcs", "개", "each", "piece", "pieces", "본", "대", ""))
#: A unit on which both sides agree by themselves.
AGREED = "ZZ"


def unit_code(unit: str) -> str | None:
    """A plant's unit as trade writes it; None for pieces, which need none."""
    plain = unit.strip().casefold()
    return None if plain in PIECES else UNITS.get(plain, AGREED)


def bare(kind: str, text: str) -> str:
    """A word of vocabulary as JSON writes it: bare where GS1 knows it, else as it came."""
    full = in_full(kind, text)
    words, begin = BARE[kind]
    short = full.removeprefix(begin)
    return short if full.startswith(begin) and (words is None or short in words) else text


def in_full(kind: str, text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """A word of vocabulary as its whole address, whichever of its spellings it came in."""
    for older, newer in OLDER.items():
        if text.startswith(older):
            return newer + text.removeprefix(older)
    words, begin = BARE[kind]
    if ":" not in text:
        return begin + text if words is None or text in words else text
    return expand(text, prefixes)


def expand(text: str, prefixes: Mapping[str, str]) -> str:
    """A compact address (``ex:lot``) written out, as the prefixes say."""
    prefix, sign, rest = text.partition(":")
    return prefixes[prefix] + rest if sign and prefix in prefixes and not rest.startswith("//") else text
