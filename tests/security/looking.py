"""What a page, a list or a paper must not hold, whatever was typed."""

import re
from html.parser import HTMLParser

from werkzeug.test import TestResponse

#: Elements that our pages never have; only what somebody typed could have made one.
NEVER = {"iframe", "object", "embed", "base", "animate", "applet", "frame", "frameset"}
#: Attributes that name an address.
LEADS = {"href", "src", "action", "formaction", "data", "hx-get", "hx-post", "poster", "xlink:href"}
#: What becomes of 1327*2903 where a text is taken for a template; no plant counts so far.
FILLED = str(1327 * 2903)
RUNS = re.compile(r"\s*(javascript|vbscript|data:text)", re.IGNORECASE)


class Harm(HTMLParser):
    """Reads a page as a browser does, and notes what would run, fetch from elsewhere, or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element with its attributes."""
        said = {name: value or "" for name, value in attrs}
        if tag in NEVER or (tag == "script" and "src" not in said) or tag == "style":
            self.found.append(f"<{tag}> in the page")
        if tag == "meta" and "http-equiv" in said:
            self.found.append("a page that says where to go")
        for name, value in said.items():
            if name.startswith("on") or name == "style":
                self.found.append(f"{name} on <{tag}>")
            if name in LEADS and RUNS.match(value):
                self.found.append(f"{name}={value[:40]!a} on <{tag}>")
            if name in LEADS and re.match(r"(https?:)?//", value) and "example.invalid" in value:
                self.found.append(f"{name} leads to {value[:60]!a}")


def harm_in(answer: TestResponse) -> list[str]:
    """What is wrong with an answer."""
    found = []
    for name, value in answer.headers.items():
        if "\n" in value or "\r" in value:
            found.append(f"a header of several lines: {name}")
    if answer.mimetype == "text/html":
        look = Harm()
        look.feed(answer.text)
        found += look.found
        if "default-src" not in answer.headers.get("Content-Security-Policy", ""):
            found.append("no content security policy")
        if FILLED in answer.text:
            found.append("a template was filled in")
    return found
