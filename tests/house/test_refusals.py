"""Every refusal is a sentence with what to do next, and is really raised in a test."""

import importlib
import pkgutil
import re
from pathlib import Path

import mes
from mes.core.errors import Refused

TESTS = Path(__file__).parent.parent
#: Bases that are never raised themselves.
BASES = {"Refused", "CellRefused", "FileRefused", "LayoutBroken"}


def refusals() -> list[type[Refused]]:
    for module in pkgutil.walk_packages(mes.__path__, "mes."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: list[type[Refused]] = []
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("mes.") and kind.__name__ not in BASES:
            found.append(kind)
    return found


def test_every_refusal_has_a_sentence() -> None:
    mute = [kind.__name__ for kind in refusals() if not getattr(kind, "message", "").endswith((".", "?"))]
    assert mute == []


def test_every_refusal_says_what_to_do_next() -> None:
    assert [kind.__name__ for kind in refusals() if not kind.hint] == []


def test_names_of_refusals_are_unique_as_the_api_shows_them() -> None:
    names = [kind.__name__ for kind in refusals()]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_refusal_is_met_in_a_test() -> None:
    text = "\n".join(file.read_text("utf-8") for file in TESTS.rglob("*.py"))
    words = set(re.findall(r"\w+", text))
    assert sorted(kind.__name__ for kind in refusals() if kind.__name__ not in words) == []
