"""The table of rights that an owner or an auditor prints: ``mes access``."""

import json
import re
from pathlib import Path

from tests.databases import ROOT
from tests.web.commands import mes


def test_each_test_that_the_page_of_security_names_is_there() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    named = set(re.findall(r"`((?:tests/)[\w/]+(?:\.py)?|test_\w+\.py)`", page))
    assert len(named) > 40
    places = ("", "tests/security", "tests/people", "tests/web")
    assert [one for one in sorted(named) if not any((ROOT / place / one).exists() for place in places)] == []


def test_every_address_is_listed_with_what_it_does_and_who_may(tmp_path: Path) -> None:
    told = mes(tmp_path, "access").output
    assert "GET   /people\n      Who works here, and whose sign-in is blocked.\n" in told
    assert "      Line leader, Production manager, Administrator\n" in told
    assert "GET   /healthz" in told
    assert "      Anybody, signed in or not\n" in told
    assert "      Everybody who is signed in\n" in told
    assert not list(tmp_path.glob("*.db"))  # it looks at the program only, and makes no plant


def test_what_one_role_may_do_is_told_by_itself(tmp_path: Path) -> None:
    told = json.loads(mes(tmp_path, "access", "--role", "operator", "--json").output)
    addresses = {one["address"]: one for one in told if one["method"] == "GET"}
    assert "operator" in addresses["/station/jobs/<code>"]["roles"]
    assert "/people" not in addresses
    assert addresses["/login"] | {"what": ""} == {
        "method": "GET", "address": "/login", "what": "", "roles": None, "reason": "the way in",
    }  # fmt: skip
