"""From address to answer: guard, input, one service call, page. The three phases of every view are fixed here.

A room declares its views on a ``Room``: ``read`` gets a reading session, ``write`` and ``form`` get a ``Work``.
Every route names who may use it; a write is one transaction and carries a one-time key.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import (
    Blueprint,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from mes.core.access import Who
from mes.core.acts import Page, confirmed, in_browser, perform
from mes.core.errors import BadShape
from mes.core.forms import Form
from mes.core.visit import (
    MesState,
    actor,
    chosen_language,
    close_reader,
    comes_late,
    guard,
    mes,
    reader,
    this_day,
    this_moment,
    this_plant,
)

__all__ = [
    "MenuEntry",
    "MesState",
    "Page",
    "Room",
    "actor",
    "chosen_language",
    "close_reader",
    "confirmed",
    "go",
    "guard",
    "in_browser",
    "mes",
    "need_shape",
    "one_time_key",
    "page",
    "perform",
    "reader",
    "this_day",
    "this_moment",
    "this_plant",
]
F = TypeVar("F", bound=Form)
View = Callable[..., Page]
R = TypeVar("R")


@dataclass(frozen=True)
class MenuEntry:
    """A line in the rail: where it leads and who sees it."""

    endpoint: str
    label: str
    icon: str
    group: str
    who: Who


class Room(Blueprint):
    """A room's addresses, its menu lines, and who may use them."""

    def __init__(
        self, name: str, import_name: str, *, url_prefix: str | None = None, part_of: str | None = None
    ) -> None:
        """``part_of``: the room whose line in the rail these pages belong to, when they have none of their own."""
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.menu: list[MenuEntry] = []
        self.part_of = part_of or name
        #: Single pages that belong to the line of yet another room.
        self.parts: dict[str, str] = {}

    def entry(self, endpoint: str, label: str, icon: str, group: str, who: Who) -> None:
        """Put a line into the rail."""
        self.menu.append(MenuEntry(endpoint, label, icon, group, who))

    def read(self, rule: str, *, who: Who, far: bool = False, **options: Any) -> Callable[[View], View]:
        """A page: ``view(read, **address)``. It never writes. ``far``: it reads much, and may be some seconds old, so
        that a standby may answer it where the plant has one (``core.replica``)."""

        def wrap(view: View) -> View:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                return read_far(view, address) if far else view(reader(), **address)

            self._declare(rule, endpoint, who, ["GET"], options)
            return view

        return wrap

    def ask(self, rule: str, *, who: Who, **options: Any) -> Callable[[View], View]:
        """A question too long for an address (a photo, the keys of a scan): ``view(read, **address)``, by POST. It
        never writes; whoever has to let the database go meanwhile calls ``close_reader``."""

        def wrap(view: View) -> View:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                return view(reader(), **address)

            setattr(endpoint, "reads", True)
            self._declare(rule, endpoint, who, ["POST"], options)
            return view

        return wrap

    def write(self, rule: str, *, who: Who, show: View | None = None, **options: Any) -> Callable[[View], View]:
        """A button: ``view(work, **address)``. A refusal is shown on the page that ``show(read, **address)`` makes."""

        def wrap(view: View) -> View:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                again = (lambda: show(reader(), **address)) if show else None
                return perform(lambda work: view(work, **address), again)

            self._declare(rule, endpoint, who, ["POST"], options)
            return view

        return wrap

    def form(
        self, rule: str, *, who: Who, form: type[F], show: str | View, **options: Any
    ) -> Callable[[Callable[..., Page]], Callable[..., Page]]:
        """A form at one address: shown with GET, recorded with POST by ``view(work, form, **address)``.

        ``show`` is a template (gets ``form`` and the address) or ``show(read, form, **address)``. Bad shape comes
        back as 422 at the fields, a refusal as 409, both with everything that was typed.
        """

        def wrap(view: Callable[..., Page]) -> Callable[..., Page]:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                filled = form()
                filled.fill(reader(), **address)

                def again() -> Page:
                    if isinstance(show, str):
                        return page(show, form=filled, **address)
                    return show(reader(), filled, **address)

                if request.method in ("GET", "HEAD"):
                    return again()
                if not filled.validate():
                    if comes_late():
                        need_shape(*(str(field.label.text) for field in filled if field.errors))
                    g.refused = None
                    return make_response(again(), 422)
                return perform(lambda work: view(work, filled, **address), again, filled)

            self._declare(rule, endpoint, who, ["GET", "POST"], options)
            return view

        return wrap

    def _declare(self, rule: str, endpoint: View, who: Who, methods: list[str], options: dict[str, Any]) -> None:
        setattr(endpoint, "who", who)
        self.add_url_rule(rule, endpoint.__name__, endpoint, methods=methods, **options)


def read_far(view: Callable[..., R], address: Mapping[str, Any]) -> R:
    """What a view makes of the standby for reading, or of the primary."""
    replica = mes().replica
    if replica is None:
        return view(reader(), **address)
    return replica.ask(view, reader, mes().clock(), address, lambda made: getattr(made, "status_code", 200) < 400)


def page(template: str, **context: Any) -> str:
    """A page from a template."""
    return render_template(template, **context)


def go(endpoint: str, said: str | None = None, **address: Any) -> Response:
    """After a write: on to another page, with one sentence about what was done (shown after the commit)."""
    response = redirect(url_for(endpoint, **address), 303)
    setattr(response, "said", said)
    return response


def one_time_key() -> str:
    """A fresh key for a form made without a form class."""
    return secrets.token_hex(16)


def need_shape(*fields: str) -> None:
    """Refuse a request whose named fields cannot be read."""
    raise BadShape(fields=", ".join(fields))
