"""The one spelling of an identifier: EPC names (``urn:epc:...``) and GS1 Digital Links of any host as one address.

``https://id.gs1.org/01/GTIN/21/SERIAL``: by it two companies that write one thing differently mean the same, and by it
the ids of events are computed (CBV 2.0, rules 17 and 18). What is no GS1 identifier stays as it is.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from mes.core.gs1 import check_digit

HOST = "https://id.gs1.org"
#: Keys, and the qualifiers of which the first that is there is kept.
FINEST = {
    "00": (), "01": ("21", "235", "10"), "253": (), "255": (), "401": (), "402": (), "414": ("254",), "417": (),
    "8003": (), "8004": (), "8006": ("21", "10"), "8010": ("8011",), "8017": (), "8018": (),
}  # fmt: skip
_NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
    "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
_QUALIFIERS = {ai for finest in FINEST.values() for ai in finest} | {"22"}


@lru_cache(20_000)
def canonical(uri: str) -> str:
    """The one spelling of an identifier; what is no GS1 identifier as it came."""
    text = uri.strip()
    if text.startswith("urn:epc:"):
        return _of_urn(text) or text
    if text[:4].lower() == "http":
        return _of_link(text) or text
    return text


def _of_link(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    steps = [_NAMES.get(step, step) for step in parts.path.strip("/").split("/")]
    for begin in range(len(steps) - 1):
        key, value = steps[begin], unquote(steps[begin + 1])
        rest = steps[begin + 2 :]
        if key in FINEST and re.match(r"\d{4}", value, re.ASCII) and len(rest) % 2 == 0:
            named = dict(zip(rest[::2], rest[1::2], strict=True))
            if set(named) <= _QUALIFIERS:
                return _link(key, value, {ai: unquote(found) for ai, found in named.items()})
    return None


def _link(key: str, value: str, named: dict[str, str]) -> str:
    if key == "01" and value.isdigit() and len(value) < 14:
        value = value.zfill(14)
    finest = next((ai for ai in FINEST[key] if ai in named), None)
    return f"{HOST}/{key}/{_coded(value)}" + (f"/{finest}/{_coded(named[finest])}" if finest else "")


def _coded(value: str) -> str:
    """What GS1 Digital Link demands to be written with a percent sign, and no more."""
    return quote(value, safe="\"-._~';<=>?")


def _of_urn(text: str) -> str | None:
    """``urn:epc:id:sgtin:prefix.item.serial`` and its kin; a pattern (``idpat`` with ``*``) is its class."""
    kind, _colon, body = text.removeprefix("urn:epc:").partition(":")
    scheme, _colon, rest = body.partition(":")
    parts = rest.split(".")
    if kind not in ("id", "class", "idpat") or scheme not in _SCHEMES or not parts[0].isdigit():
        return None
    if kind == "idpat":
        if parts[-1] != "*":
            return None
        parts[-1] = ""
    try:
        return _SCHEMES[scheme]([unquote(part) for part in parts])
    except (IndexError, ValueError):
        return None


def _number(prefix: str, reference: str, length: int, first: str = "") -> str:
    """The digits of a key with their check digit. Raises ValueError when they are too few or too many."""
    digits = first + prefix + reference
    if len(digits) != length - 1 or not digits.isdigit():
        raise ValueError(digits)
    return digits + check_digit(digits)


def _gtin(parts: list[str]) -> str:
    return _number(parts[0], parts[1][1:], 14, parts[1][:1])


def _with(key: str, value: str, ai: str, rest: list[str], *nothing: str) -> str:
    """A key with its qualifier, where there is one that says something."""
    tail = ".".join(rest)
    return _link(key, value, {} if tail in ("", *nothing) else {ai: tail})


def _serialised(key: str, length: int, first: str = "") -> Callable[[list[str]], str]:
    return lambda parts: _link(key, _number(parts[0], parts[1], length, first) + ".".join(parts[2:]), {})


_SCHEMES: dict[str, Callable[[list[str]], str]] = {
    "sgtin": lambda p: _with("01", _gtin(p), "21", p[2:]),
    "lgtin": lambda p: _with("01", _gtin(p), "10", p[2:]),
    "upui": lambda p: _with("01", _gtin(p), "235", p[2:]),
    "itip": lambda p: _with("8006", _gtin(p) + p[2] + p[3], "21", p[4:]),
    "sscc": lambda p: _link("00", _number(p[0], p[1][1:], 18, p[1][:1]), {}),
    "sgln": lambda p: _with("414", _number(p[0], p[1], 13), "254", p[2:], "0"),
    "pgln": lambda p: _link("417", _number(p[0], p[1], 13), {}),
    "grai": _serialised("8003", 14, "0"),
    "giai": lambda p: _link("8004", p[0] + ".".join(p[1:]), {}),
    "gdti": _serialised("253", 13),
    "sgcn": _serialised("255", 13),
    "gsrn": lambda p: _link("8018", _number(p[0], p[1], 18), {}),
    "gsrnp": lambda p: _link("8017", _number(p[0], p[1], 18), {}),
    "ginc": lambda p: _link("401", p[0] + ".".join(p[1:]), {}),
    "gsin": lambda p: _link("402", _number(p[0], p[1], 17), {}),
    "cpi": lambda p: _with("8010", p[0] + p[1], "8011", p[2:]),
}


def pattern(uri: str) -> str | None:
    """The beginning that all identifiers of a pattern share (``urn:epc:idpat:sgtin:...*``); None: no pattern."""
    if uri.startswith("urn:epc:idpat:") and uri.endswith(".*"):
        found = canonical(uri)
        return found + "/21/" if found.startswith(f"{HOST}/01/") else found
    return None
