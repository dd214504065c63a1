"""Which sentences a tablet at a work centre can show, found out from the source itself.

Code is followed name by name from ``mes.station``: a function, the functions and classes that it names, and so on.
Templates are followed from ``templates/station``: what they extend and include, and the macros that they take.
Sentences of both are what an operator may read; the screens' own are those of the templates, of ``mes.station`` and
of the rooms whose answers are met daily. Left over are scans of strange codes, statistics and set-up.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from mes.core.config import bundled
from mes.core.i18n import TRANSLATIONS
from tests.house.source import tree

ROOT = TRANSLATIONS.parent.parent
SAYING = {"_", "N_", "say", "ngettext"}
#: The way from a tablet into training and back: it lies above the station, and is said to operators all the same.
TRAINING = ("mes.web.training_views", "mes.core.practice")
#: Modules without a screen of their own, whose sentences stand in every form and on every refusal page.
EVERYWHERE = ("mes.core.errors", "mes.core.forms", "mes.core.access", "mes.core.files", "mes.inspection.due")
#: Rooms whose answers an operator meets daily: jobs, lots, machines, shifts, measuring.
ANSWERING = (
    "mes.orders.", "mes.lots.", "mes.items.", "mes.equipment.", "mes.people.", "mes.shifts.", "mes.leader.",
    "mes.quality.rules", "mes.quality.catalogue", "mes.inspection.tablet_rules",
)  # fmt: skip
#: Rooms whose tables of names (kinds, commands) stand on the station's pages.
NAMING = ("mes.inspection.", "mes.core.commands")
#: Pages other than those under ``templates/station`` at which an operator stands.
PAGES = ("refused.html", "scan/unknown.html", "scan/choose.html")
Symbol = tuple[str, str]
DEFINED = ast.FunctionDef | ast.ClassDef


@cache
def of_the_screens() -> frozenset[str]:
    """Msgids of the station's pages, forms and buttons, and of what an operator is daily answered with."""
    own = {one for one in _reached() if one[0].startswith(("mes.station", *ANSWERING)) or one[0] in EVERYWHERE}
    tables = {one for one in _reached() if one[0].startswith(NAMING) and not isinstance(_symbols()[one], DEFINED)}
    own |= tables
    own |= {one for one in _symbols() if one[0] in TRAINING}
    return frozenset(_said_by(own) | set(_template_words()))


@cache
def reachable() -> frozenset[str]:
    """Msgids that a station can show in all: its screens, and whatever an act there can be answered with."""
    return frozenset(_said_by(_reached())) | of_the_screens()


@cache
def _modules() -> dict[str, ast.Module]:
    found = {}
    for file in sorted((ROOT / "mes").rglob("*.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = tree(file)
    return found


@cache
def _symbols() -> dict[Symbol, ast.stmt]:
    """What each module defines at its top: functions, classes, tables."""
    found: dict[Symbol, ast.stmt] = {}
    for module, source in _modules().items():
        for node in source.body:
            if isinstance(node, DEFINED):
                found[module, node.name] = node
            elif isinstance(node, ast.Assign):
                found.update({(module, one.id): node for one in node.targets if isinstance(one, ast.Name)})
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[module, node.target.id] = node
    return found


@cache
def _imports(module: str) -> dict[str, Symbol]:
    return {
        one.asname or one.name: (node.module, one.name)
        for node in ast.walk(_modules()[module])
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mes")
        for one in node.names
    }


@cache
def _meant(module: str, name: str) -> Symbol | None:
    """What a name stands for: something defined at a module's top, or ("", module) for a module."""
    if (module, name) in _symbols():
        return module, name
    origin, original = _imports(module).get(name, ("", ""))
    if f"{origin}.{original}" in _modules():
        return "", f"{origin}.{original}"
    return _meant(origin, original) if origin in _modules() else None


def _named(module: str, node: ast.stmt) -> Iterator[Symbol]:
    for one in ast.walk(node):
        name = one.value if isinstance(one, ast.Attribute) else one
        if not isinstance(name, ast.Name):
            continue
        meant = _meant(module, name.id)
        if meant and not meant[0] and isinstance(one, ast.Attribute):
            meant = _meant(meant[1], one.attr)
        if meant and meant[0]:
            yield meant


@cache
def _reached() -> frozenset[Symbol]:
    seen: set[Symbol] = set()
    ahead = [symbol for symbol in _symbols() if symbol[0].startswith("mes.station")]
    while ahead:
        symbol = ahead.pop()
        if symbol not in seen:
            seen.add(symbol)
            ahead += _named(symbol[0], _symbols()[symbol])
    return frozenset(seen)


def _said_by(symbols: Iterable[Symbol]) -> set[str]:
    return {
        call.args[0].value
        for symbol in symbols
        for call in ast.walk(_symbols()[symbol])
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


@cache
def _environment() -> Environment:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@cache
def _template(name: str) -> nodes.Template:
    return _environment().parse((bundled("templates") / name).read_text("utf-8"))


def _template_words() -> Iterator[str]:
    """Msgids of the station's templates, and of the macros and pages that they are made of."""
    folder = Path(bundled("templates"))
    seen: set[Symbol] = set()
    ahead = [(str(file.relative_to(folder).as_posix()), "") for file in sorted((folder / "station").glob("*.html"))]
    ahead += [(page, "") for page in PAGES]
    while ahead:
        part = ahead.pop()
        if part not in seen:
            seen.add(part)
            ahead += _taken(*part)
            yield from _said_in(*part)


def _body(name: str, macro: str) -> Iterator[nodes.Node]:
    """The nodes of one macro, or of a page without the macros that it defines."""
    tree = _template(name)
    if macro:
        ahead: list[nodes.Node] = [one for one in tree.find_all(nodes.Macro) if one.name == macro]
    else:
        ahead = [tree]
    while ahead:
        node = ahead.pop()
        yield node
        ahead += [one for one in node.iter_child_nodes() if not isinstance(one, nodes.Macro)]


def _taken(name: str, macro: str) -> Iterator[Symbol]:
    tree = _template(name)
    taken = {
        (one if isinstance(one, str) else one[1]): (node.template.value, one if isinstance(one, str) else one[0])
        for node in tree.find_all(nodes.FromImport)
        if isinstance(node.template, nodes.Const)
        for one in node.names
    }
    own = {one.name for one in tree.find_all(nodes.Macro)}
    for node in _body(name, macro):
        if isinstance(node, nodes.Extends | nodes.Include) and isinstance(node.template, nodes.Const):
            yield node.template.value, ""
        elif isinstance(node, nodes.Name) and node.name in taken:
            yield taken[node.name]
        elif isinstance(node, nodes.Name) and node.name in own:
            yield name, node.name
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value.endswith(".html"):
            yield node.value, ""  # drawn("ui/_rail.html", …)


def _said_in(name: str, macro: str) -> Iterator[str]:
    for node in _body(name, macro):
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SAYING:
            first = node.args[0]
            if isinstance(first, nodes.Const):
                yield first.value
