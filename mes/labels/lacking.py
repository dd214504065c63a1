"""What a label cannot go without, said before it is printed: which thing lacks what, and where it is entered."""

from collections.abc import Mapping, Sequence

from mes.core.barcodes import GS1_KINDS
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.labels.layout import Layout, Row

#: What must be there, whatever the layout shows of it.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer", "part_no"),
    "food": ("expiry", "net_content", "storage", "address"),
    "udi": ("gtin", "expiry", "address"),
}
#: Data without which a GS1 code of the layout says nothing.
_OF_CODES = frozenset({"gtin", "link", "sscc"})
WORDS = {
    "customer": N_("customer (of its work order or shipment)"),
    "part_no": N_("customer's part number (page of the item)"),
    "expiry": N_("use-by date (shelf life on the page of the item)"),
    "net_content": N_("net content (page of the item)"),
    "storage": N_("storage (page of the item)"),
    "address": N_("the plant's address (plant settings)"),
    "gtin": N_("GTIN (page of the item)"),
    "link": N_("GTIN (page of the item)"),
    "sscc": N_("GS1 company prefix (plant settings)"),
}
#: Labels named in the sentence; of more, the first.
NAMED = 5


class LabelLacks(Refused):
    """A label that would be printed with a hole in it."""

    message = N_("Something is missing for these labels: %(what)s.")
    hint = N_("Enter it where the brackets say, or choose another layout; then print.")


def check_complete(layout: Layout, rows: Sequence[Row]) -> None:
    """Refuse labels without what they cannot go without. Raises LabelLacks."""
    found = [(row["code"], lacking(layout, row)) for row in rows]
    wanting = [f"{code}: {', '.join(_(WORDS[key]) for key in keys)}" for code, keys in found if keys]
    if wanting:
        more = [_("and %(count)s more", count=len(wanting) - NAMED)] if len(wanting) > NAMED else []
        raise LabelLacks(what="; ".join([*wanting[:NAMED], *more]))


def lacking(layout: Layout, row: Row) -> list[str]:
    """The data that this label lacks, each once."""
    keys = list(NEEDED.get(layout.content, ()))
    for code in layout.codes:
        if (code.kind in GS1_KINDS or code.kind == "link") and (code.when is None or code.when.holds(row)):
            keys += [key for key in sorted(code.words.keys & _OF_CODES) if key not in keys]
    return list(dict.fromkeys(key for key in keys if not row.get(key)))
