"""axe-core, which finds what keeps people with poor sight or without a mouse from using a page."""

from functools import cache
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browser.tools import program

#: WCAG 2.2 at the levels A and AA, and what is good practice beside it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What another screen or another theme changes; the rest is the same in every look at a page.
OF_THE_LOOK = ["color-contrast", "target-size", "scrollable-region-focusable"]
LOOK = """async ([only, besides]) => {
  if (!window.axe) return null;
  const where = besides ? {exclude: besides} : document;
  const found = await axe.run(where, {runOnly: only, resultTypes: ["violations"], preload: false});
  return found.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => ({
    html: n.html.slice(0, 160), why: n.failureSummary.split("\\n").slice(1).join("; ")}))}));
}"""


@cache
def axe_program() -> str:
    """The text of axe-core; skips the test when it is not here yet and cannot be fetched."""
    return program("axe.min.js").read_text("utf-8")


def brought(context: BrowserContext) -> None:
    """Have axe-core in each page of a context from the start: for who looks at many."""
    context.add_init_script(axe_program())


def complaints(page: Page, *, of_the_look: bool = False, besides: str = "") -> list[str]:
    """What axe-core finds on a page, one sentence for each thing: rule, element, what is wrong with it.

    ``of_the_look``: only what another screen or theme changes, for a page whose rest is looked at elsewhere.
    ``besides``: what is not looked at, since it is the same as on a page that was.
    """
    only = {"type": "rule", "values": OF_THE_LOOK} if of_the_look else {"type": "tag", "values": TAGS}
    found: list[dict[str, Any]] | None = page.evaluate(LOOK, [only, besides])
    if found is None:
        page.evaluate(axe_program())
        found = page.evaluate(LOOK, [only, besides])
    assert found is not None
    return [
        f"{rule['help']} ({rule['id']}): {node['html']} - {node['why']}" for rule in found for node in rule["nodes"]
    ]
