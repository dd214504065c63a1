"""Every form of every page, as a browser reads it: found by the map of addresses, filled in, and sent."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.quality.workshop import snapshot

#: What a form is left out for: it would sign out who walks, or start what goes on by itself.
LEFT_OUT = re.compile(r"/(logout|practice|station/sign-out|copies|language|setup)\b")
#: Kinds of input that a person types words into.
TYPED = {"text", "search", "textarea", "email", "tel", "url", ""}
#: What a field is given that must not be a word.
PLAIN = {"date": "2026-02-02", "number": "1", "time": "08:00", "password": "rice-cake-2026", "color": "#112233"}
_keys = count(1)


@dataclass
class Input:
    """A field of a form."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: bool = False
    in_figures: bool = False
    wrong: bool = False


@dataclass
class Filled:
    """A form of a page."""

    action: str
    method: str
    inputs: list[Input] = field(default_factory=list)

    def typed(self) -> list[Input]:
        """The fields that take words."""
        return [one for one in self.inputs if one.kind in TYPED and not one.in_figures]

    def sent(self, words: Callable[[Input], str], sound: dict[str, str]) -> dict[str, object]:
        """What is sent: words where words go, but for the fields that must be ``sound``."""
        body: dict[str, object] = {}
        for one in self.inputs:
            if one.name in ("once", "csrf_token"):
                body[one.name] = f"naughty-{next(_keys):08d}"
            elif one.kind == "file":
                body[one.name] = (_stream(), words(one)[:200].replace("\0", "") or "x")
            elif one.kind in ("checkbox", "radio"):
                if one.chosen or (one.kind == "radio" and one.name not in body):
                    body[one.name] = one.value or "on"
            elif one.kind == "select":
                body[one.name] = one.value or next((choice for choice in one.options if choice), "")
            elif one in self.typed() and one.name not in sound:
                body[one.name] = words(one)
            elif one.kind == "hidden":
                body[one.name] = one.value
            elif one.kind not in ("submit", "button", "image", "reset"):
                body[one.name] = one.value or sound.get(one.name) or PLAIN.get(one.kind, "1")
        return body


def _stream() -> object:
    from io import BytesIO

    return BytesIO(snapshot((40, 30)))


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Filled] = []
        self.apart: list[tuple[str, Input]] = []
        self._ids: dict[str, Filled] = {}
        self._open: Filled | None = None
        self._last: Input | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, or a field of one."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Filled(said.get("action") or self.address, said.get("method", "get").lower())
            self.found.append(self._open)
            if "id" in said:
                self._ids[said["id"]] = self._open
        elif tag in ("input", "textarea", "select") and said.get("name") and "disabled" not in said:
            kind = said.get("type", "").lower() if tag == "input" else tag
            figures = said.get("inputmode") in ("decimal", "numeric")
            self._last = Input(said["name"], kind, said.get("value", ""), chosen="checked" in said, in_figures=figures,
                               wrong=said.get("aria-invalid") == "true")  # fmt: skip
            if "form" in said:
                self.apart.append((said["form"], self._last))
            elif self._open:
                self._open.inputs.append(self._last)
        elif tag == "option" and self._last and self._last.kind == "select":
            self._last.options.append(said.get("value", ""))
            if "selected" in said:
                self._last.value = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Where the form ends."""
        if tag == "form":
            self._open = None

    def handle_data(self, data: str) -> None:
        """What stands in a field of several lines."""
        if self._last and self._last.kind == "textarea" and not self._last.value:
            self._last.value = data.strip()

    def all(self) -> list[Filled]:
        """The forms with the fields that stand outside of them."""
        for name, one in self.apart:
            if name in self._ids:
                self._ids[name].inputs.append(one)
        return self.found


def forms_of(address: str, answer: TestResponse) -> list[Filled]:
    """The forms of an answer, if it is a page."""
    if answer.mimetype != "text/html":
        return []
    reader = Forms(urlsplit(address).path)
    reader.feed(answer.text)
    return [one for one in reader.all() if not LEFT_OUT.search(one.action)]


@dataclass
class Sent:
    """One form as it was sent, and what came of it."""

    address: str
    body: dict[str, object]
    answer: TestResponse

    @property
    def taken(self) -> bool:
        """Whether it was recorded."""
        return self.answer.status_code in (302, 303)


def send_all(
    browser: FlaskClient, address: str, words: Callable[[Input], str], good: Mapping[str, str]
) -> Iterator[Sent]:
    """Open a page and send each of its forms, filled in with words; where the page points at fields, or does not know
    what they name, once more with something sound in these (``good``: codes by the fields that ask for them)."""
    page = browser.get(address)
    yield Sent(address, {}, page)
    for form in forms_of(address, page):
        if form.action == "/scan" and address != "/":
            continue  # the field for scans stands on every page
        sound: dict[str, str] = {}
        for _try in range(3):
            body = form.sent(words, sound)
            if form.method == "get":
                yield Sent(form.action, body, browser.get(form.action, query_string=body))
                break
            answer = browser.post(form.action, data=body)
            yield Sent(form.action, body, answer)
            again = [one for one in forms_of(form.action, answer) if one.action == form.action]
            wrong = {one.name: good.get(one.name, "RF") for other in again for one in other.inputs if one.wrong}
            if answer.status_code == 404:
                wrong |= {one.name: good[one.name] for one in form.typed() if one.name in good}
            if answer.status_code not in (404, 422) or not wrong or wrong.keys() <= sound.keys():
                break
            sound |= wrong
