"""axe-core, which finds what keeps people with poor sight or without a mouse from using a page.

The program is no part of the application and not in git: the first test that needs it fetches it into an ignored
folder with npm, exactly as ``package-lock.json`` beside this file pins it. The registry is the one that npm is set
to, as for the browser files of the application (``hatch_build.py``).
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from hatch_build import npm_ci

HERE = Path(__file__).parent
PROGRAM = HERE / "vendor/axe.min.js"
LOCK = HERE / "package-lock.json"
#: WCAG 2.2 at the levels A and AA, and what is good practice beside it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => ({
    html: n.html.slice(0, 160), why: n.failureSummary.split("\\n").slice(1).join("; ")}))}));
}"""


@cache
def axe_program() -> str:
    """The text of axe-core; skips the test when it is not here yet and cannot be fetched."""
    pinned = PROGRAM.with_suffix(".lock")
    if not PROGRAM.is_file() or not pinned.is_file() or pinned.read_bytes() != LOCK.read_bytes():
        try:
            _fetch(pinned)
        except RuntimeError as error:
            pytest.skip(f"axe-core is not here yet and could not be fetched from the npm registry: {error}")
    return PROGRAM.read_text("utf-8")


def _fetch(pinned: Path) -> None:
    PROGRAM.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PROGRAM.parent) as scratch:
        modules = npm_ci(HERE, Path(scratch))
        shutil.move(modules / "axe-core/axe.min.js", PROGRAM)
    shutil.copyfile(LOCK, pinned)


def complaints(page: Page) -> list[str]:
    """What axe-core finds on a page, one sentence for each thing: rule, element, what is wrong with it.

    The page's context must be made with ``bypass_csp=True``: the page's own policy lets no other program in.
    """
    page.evaluate(axe_program())
    found: list[dict[str, Any]] = page.evaluate(LOOK, TAGS)
    return [
        f"{rule['help']} ({rule['id']}): {node['html']} - {node['why']}" for rule in found for node in rule["nodes"]
    ]
