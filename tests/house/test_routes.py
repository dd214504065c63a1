"""Every address says who may use it, and no address that was ever printed dies."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

FROZEN = Path(__file__).with_name("routes.txt")
#: Served by the framework itself.
OTHERS = {"static"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OTHERS]


def test_every_route_declares_who_may_use_it(session_app: Flask) -> None:
    silent = [r.rule for r in rules(session_app) if not hasattr(session_app.view_functions[r.endpoint], "who")]
    assert silent == [], f"declare who=... on {silent} (mes/core/access.py)"


def test_reads_and_writes_are_told_apart(session_app: Flask) -> None:
    methods = {frozenset((rule.methods or set()) - {"HEAD", "OPTIONS"}) for rule in rules(session_app)}
    assert methods <= {frozenset({"GET"}), frozenset({"POST"}), frozenset({"GET", "POST"})}


def test_no_printed_address_dies(session_app: Flask) -> None:
    served = {rule.rule for rule in rules(session_app)}
    known = set(FROZEN.read_text("utf-8").splitlines())
    gone = sorted(known - served)
    fresh = sorted(served - known)
    if gone:
        pytest.fail(f"bring these addresses back, or let them lead on: {gone}")
    if fresh:
        pytest.fail(f"add these addresses to {FROZEN.name}: {fresh}")
