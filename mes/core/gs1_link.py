"""GS1 Digital Link: the elements of a GS1 code as a web address, ``https://host/01/GTIN/10/LOT?17=YYMMDD``."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from mes.core.errors import Refused
from mes.core.gs1 import (
    KEYS,
    LONGEST,
    BadElement,
    add_element,
    checked,
    identifier,
    is_gtin,
    known_identifier,
    readable,
)
from mes.core.i18n import N_

#: Where products are looked up unless a plant has its own host.
USUAL_HOST = "https://id.gs1.org"
#: Names that older links use in place of the numbers.
_NAMES = {
    "gtin": "01", "cpv": "22", "lot": "10", "ser": "21", "sscc": "00", "gln": "414", "exp": "17", "itip": "8006",
}  # fmt: skip


class NoKey(Refused):
    """A link that does not name a thing."""

    message = N_("There is no GS1 number in “%(text)s” that names a thing.")
    hint = N_("A GS1 Digital Link holds /01/ and a GTIN, or another GS1 number.")
    status = 422


class OutOfOrder(Refused):
    """A link whose parts stand where GS1 does not allow them."""

    message = N_("The part /%(ai)s/ does not stand where a GS1 Digital Link allows it behind /%(key)s/.")
    hint = N_("Ask the maker of the code for a right one: behind /01/ stand /22/, /10/ and /21/, in this order.")
    status = 422


class NotWebLink(Refused):
    """An address that is not opened by a browser."""

    message = N_("“%(text)s” is not a web address (http or https).")
    hint = N_("A GS1 Digital Link begins with https:// and the name of a host.")
    status = 422


def digital_link(elements: Mapping[str, str], host: str = USUAL_HOST) -> str:
    """The elements as a web address: key and qualifiers in the path, the rest as query.

    ``host`` may carry a path of its own. Raises NotWebLink, NoKey and what ``checked`` raises; a value of dots alone,
    which browsers take out of a path, is a BadElement.
    """
    base = _base(host)
    proved = checked(elements)
    key = next((ai for ai in proved if ai in KEYS), None)
    if key is None:
        raise NoKey(text=readable(elements))
    path = [ai for ai in (key, *KEYS[key]) if ai in proved]
    for ai in path:
        if proved[ai] in (".", ".."):
            raise BadElement(ai=ai, value=proved[ai])
    query = [ai for ai in proved if ai not in path]
    address = base + "".join(f"/{ai}/{quote(proved[ai], safe='')}" for ai in path)
    return address + ("?" + "&".join(f"{ai}={quote(proved[ai], safe='')}" for ai in query) if query else "")


def parse_link(address: str) -> dict[str, str]:
    """The elements of a Digital Link of whatever host; what is no GS1 element in its query is left out.

    Raises NotWebLink, NoKey, OutOfOrder, BadElement, WrongCheckDigit, SaidTwice.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise NotWebLink(text=address[:60]) from None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc or len(address) > LONGEST:
        raise NotWebLink(text=address[:60])
    found = _path_elements(address, parts.path)
    for part in re.split("[&;]", parts.query):
        name, sign, value = part.partition("=")
        ai = _NAMES.get(unquote(name), unquote(name))
        known = known_identifier(ai)
        if sign and known is not None:
            add_element(found, known, unquote(value))
    return found


def is_host(text: str) -> bool:
    """Whether a text may begin a Digital Link: http(s), a host, if so a path, nothing behind it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = parts.scheme in ("http", "https") and not (parts.query or parts.fragment or "@" in parts.netloc)
    return plain and bool(parts.hostname) and bool(re.fullmatch(r"[!-~]+", text)) and not re.search('[?#<>"\\\\]', text)


def _base(host: str) -> str:
    if not is_host(host):
        raise NotWebLink(text=host[:60])
    return host.rstrip("/")


def _path_elements(address: str, path: str) -> dict[str, str]:
    """Key and qualifiers: the path may begin with steps of the host's own, and a lot may be called like a key."""
    steps = [step for step in path.strip("/").split("/") if step]
    refused: Refused | None = None
    for begin in range(len(steps) % 2, len(steps), 2):
        if _NAMES.get(steps[begin], steps[begin]) not in KEYS:
            continue
        try:
            return _pairs(steps[begin:])
        except Refused as problem:
            refused = refused or problem
    raise refused or NoKey(text=address[:60])


def _pairs(steps: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    key = _NAMES.get(steps[0], steps[0])
    allowed = [key, *KEYS[key]]
    for name, raw in zip(steps[::2], steps[1::2], strict=True):
        ai = _NAMES.get(name, name)
        if ai not in allowed:
            raise OutOfOrder(ai=ai, key=key)
        allowed = allowed[allowed.index(ai) + 1 :]
        value = unquote(raw)
        short = ai == "01" and is_gtin(value)
        add_element(found, identifier(ai), value.zfill(14) if short else value)
    return found
