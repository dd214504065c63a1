"""The rail of a desk's pages: groups in the factory's order, each with the pages that this person may open."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import request

from mes.core import addresses, i18n, pages
from mes.core.access import Actor, Role, may
from mes.core.i18n import N_
from mes.core.pages import MenuEntry, Room

#: Groups of the rail, in the factory's order: name -> words and icon.
GROUPS = {
    "results": (N_("Today"), "layout-dashboard"),
    "order": (N_("Orders"), "clipboard-list"),
    "production": (N_("Production"), "factory"),
    "material": (N_("Material"), "boxes"),
    "quality": (N_("Quality"), "shield-check"),
    "inspection": (N_("Inspection"), "clipboard-check"),
    "equipment": (N_("Equipment"), "wrench"),
    "settings": (N_("Settings"), "settings"),
}


@dataclass(frozen=True)
class Link:
    """A line of the rail: a group of pages, or a page in it."""

    href: str
    label: str
    icon: str
    current: bool
    children: "tuple[Link, ...]" = ()


def navigation() -> Sequence[Link]:
    """The rail for the person in front of the screen, in the factory's order; empty groups are left out."""
    actor = pages.actor()
    here = request.script_root, request.endpoint or "", request.blueprint or ""
    return _rail(actor and actor.roles, i18n.language(), *here)


@lru_cache(512)
def _rail(roles: frozenset[Role] | None, _spoken: str, _root: str, endpoint: str, blueprint: str) -> tuple[Link, ...]:
    someone = None if roles is None else Actor("", roles)
    entries = [entry for room in _rooms() for entry in room.menu if may(someone, entry.who)]
    current = _group_here(entries, endpoint, blueprint)
    groups = []
    for name, (label, icon) in GROUPS.items():
        links = tuple(_link(entry, endpoint) for entry in entries if entry.group == name)
        if links:
            groups.append(Link(links[0].href, i18n.say(label, {}), icon, name == current, links))
    return tuple(groups)


def _rooms() -> list[Room]:
    return [room for room in pages.mes().rooms if isinstance(room, Room)]


def _group_here(entries: list[MenuEntry], endpoint: str, blueprint: str) -> str | None:
    """The group of a page: of its own line, else of the room it belongs to."""
    own = next((entry.group for entry in entries if entry.endpoint == endpoint), None)
    room = next((room.parts.get(endpoint, room.part_of) for room in _rooms() if room.name == blueprint), "")
    return own or next((entry.group for entry in entries if entry.endpoint.startswith(f"{room}.")), None)


def _link(entry: MenuEntry, endpoint: str) -> Link:
    return Link(addresses.url_for(entry.endpoint), i18n.say(entry.label, {}), entry.icon, endpoint == entry.endpoint)
