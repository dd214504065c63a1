"""The standard's words as people read them; a word that has none here is shown as it is."""

from mes.core.i18n import N_, _

NAMES = {
    "ObjectEvent": N_("Goods seen"), "AggregationEvent": N_("Packing"), "TransactionEvent": N_("Tied to a paper"),
    "TransformationEvent": N_("Made into something else"), "AssociationEvent": N_("Joined"),
    "accepting": N_("Accepted"), "arriving": N_("Arrived"), "commissioning": N_("Pieces numbered"),
    "creating_class_instance": N_("Lot made"), "departing": N_("Departed"), "destroying": N_("Destroyed"),
    "holding": N_("Put aside"), "inspecting": N_("Inspected"), "loading": N_("Loaded"), "packing": N_("Packed"),
    "picking": N_("Picked"), "receiving": N_("Received"), "repackaging": N_("Divided or poured together"),
    "repairing": N_("Put right"), "shipping": N_("Shipped"), "storing": N_("Stored"), "transporting": N_("On the way"),
    "unloading": N_("Unloaded"), "unpacking": N_("Unpacked"), "void_shipping": N_("Shipment taken back"),
    "retail_selling": N_("Sold"), "sensor_reporting": N_("Measured"),
    "active": N_("In use"), "available": N_("Available"), "conformant": N_("Passed"), "non_conformant": N_("Failed"),
    "destroyed": N_("Destroyed"), "in_progress": N_("In progress"), "in_transit": N_("On the way"),
    "recalled": N_("Recalled"), "returned": N_("Returned"), "unavailable": N_("On hold"), "expired": N_("Expired"),
    "damaged": N_("Damaged"), "retail_sold": N_("Sold"),
}  # fmt: skip


def last_part(word: str | None) -> str | None:
    """A word of the vocabulary without the address it stands at (``shipping``)."""
    return word.rpartition("-")[2] if word and word.startswith("https://ref.gs1.org/cbv/") else word


def said(word: str | None) -> str:
    """A kind, step or state in the reader's language."""
    short = last_part(word) or ""
    return _(NAMES[short]) if short in NAMES else short


def thing(uri: str) -> str:
    """The name of a thing as short as it is still known by: the last parts of its address."""
    if uri.startswith("https://id.gs1.org/"):
        parts = uri.removeprefix("https://id.gs1.org/").split("/")
        return " ".join(f"({ai}) {value}" for ai, value in zip(parts[::2], parts[1::2], strict=False))
    if uri.startswith("urn:x-mes:"):
        return uri.rpartition(":")[2]
    return uri
