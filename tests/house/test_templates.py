"""Rules of the pages that hold before anybody opens one."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from hatch_build import icon_names
from mes.core.config import Settings
from mes.web.app import create_app
from mes.web.rail import GROUPS
from mes.web.rooms import ROOMS
from tests.conftest import compile_once
from tests.databases import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
BASES = {"base.html", "desk.html", "station.html", "print.html", "welcome.html"}
#: What a strict content security policy would not run or show.
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline event handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "a script in the page": re.compile(r"<script\b(?![^>]*\b(src|type=\"application/json\"))", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx code in an attribute": re.compile(r"\bhx-(on|vals=['\"]js)", re.IGNORECASE),
    "a file of another host": re.compile(r"<(script|link|img|iframe)\b[^>]*(src|href)=\"(https?:)?//", re.IGNORECASE),
}
ICONS = re.compile(r"""\bicon(?:\(|=)["']([a-z0-9-]+)["']""")
FOR_SCRIPTS = re.compile(r"\bicons\(([^)]*)\)")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The template environment of the application, with its filters and functions. What it compiles is kept for all
    tests that show a page."""
    folder = tmp_path_factory.mktemp("plant")
    app = create_app(Settings(data_dir=folder, secret_key="a key for this test only"))
    compile_once(app)
    yield app.jinja_env
    app.extensions["mes"].database.close()


@pytest.fixture(scope="module")
def parsed(environment: Environment) -> Callable[[str], nodes.Template]:
    """The syntax tree of a template, by its name; each is read once."""
    return cache(lambda name: environment.parse((FOLDER / name).read_text("utf-8"), name))


def _is_page(name: str) -> bool:
    """Neither a base nor a part nor a set of macros."""
    return name not in BASES and not name.startswith("ui/") and not Path(name).name.startswith("_")


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_compiles_and_uses_only_known_filters(
    name: str, environment: Environment, parsed: Callable[[str], nodes.Template]
) -> None:
    environment.get_template(name)
    unknown = {used.name for used in parsed(name).find_all(nodes.Filter)} - set(environment.filters)
    unknown |= {used.name for used in parsed(name).find_all(nodes.Test)} - set(environment.tests)
    assert not unknown, f"no such filter or test: {unknown}"


def _named(template: nodes.Expr) -> list[str]:
    """The bases that a page extends; a page may choose between two."""
    if isinstance(template, nodes.CondExpr):
        return _named(template.expr1) + (_named(template.expr2) if template.expr2 else [])
    return [template.value] if isinstance(template, nodes.Const) else []


@pytest.mark.parametrize("name", [name for name in TEMPLATES if _is_page(name)])
def test_the_page_extends_a_base(name: str, parsed: Callable[[str], nodes.Template]) -> None:
    parents = [name for node in parsed(name).find_all(nodes.Extends) for name in _named(node.template)]
    assert parents, "a page extends a base; a part of a page has a name that begins with _"
    assert set(parents) <= {*BASES - {"base.html"}, *TEMPLATES}, f"extend one of {sorted(BASES)}: {parents}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_template_keeps_to_the_content_security_policy(name: str) -> None:
    source = re.sub(r"\{#.*?#\}", "", (FOLDER / name).read_text("utf-8"), flags=re.DOTALL)
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]
    assert not found, f"move it into mes/static (css or js): {found}"


def test_every_folder_of_templates_is_a_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "mes").glob("*/__init__.py")} | {"ui"}
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert folders <= rooms, f"the path of a template follows its room: {folders - rooms}"


def test_every_icon_that_is_used_is_packed() -> None:
    sources = [*FOLDER.rglob("*.html"), *(ROOT / "mes/static/js").rglob("*.js")]
    texts = [path.read_text("utf-8") for path in sources]
    used = {name for text in texts for name in ICONS.findall(text)}
    for_scripts = (some for text in texts for some in FOR_SCRIPTS.findall(text))
    used |= {name for some in for_scripts for name in re.findall(r'"([a-z0-9-]+)"', some)}
    assert "flashlight" in used, "the pictures that scripts take from the page are not found any more"
    used |= {icon for _label, icon in GROUPS.values()} | {entry.icon for room in ROOMS for entry in room.menu}
    missing = used - set(icon_names(ROOT / "mes/static/icons.txt"))
    assert not missing, f"add to mes/static/icons.txt, then run python hatch_build.py: {sorted(missing)}"


NAMED = re.compile(r'(?:drawn\(|\bline=)"([^"]+\.html)"')
DRAWN = sorted({part for name in TEMPLATES for part in NAMED.findall((FOLDER / name).read_text("utf-8"))})
#: What differs from one request to the next.
OF_A_REQUEST = {"request", "session", "g", "actor", "csrf_token", "one_time_key", "navigation", "address_here", "now"}


@pytest.mark.parametrize("name", DRAWN)
def test_a_remembered_part_depends_on_nothing_but_what_it_is_given(name: str, environment: Environment) -> None:
    parsed = environment.parse((FOLDER / name).read_text("utf-8"), name)
    asked = meta.find_undeclared_variables(parsed)
    assert not asked & OF_A_REQUEST
    assert asked - set(environment.globals) <= {"shown", "columns"}
