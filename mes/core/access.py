"""Who may do what: roles, the acting person, and the rule each route declares."""

from dataclasses import dataclass
from enum import StrEnum

from mes.core.errors import Refused
from mes.core.i18n import N_, say


class Role(StrEnum):
    """What a person is in the plant; one person may be several."""

    OPERATOR = "operator"
    LEADER = "leader"
    QUALITY = "quality"
    MATERIAL = "material"
    MANAGER = "manager"
    ADMIN = "admin"


ROLE_NAMES = {
    Role.OPERATOR: N_("Operator"),
    Role.LEADER: N_("Line leader"),
    Role.QUALITY: N_("Quality"),
    Role.MATERIAL: N_("Material handler"),
    Role.MANAGER: N_("Production manager"),
    Role.ADMIN: N_("Administrator"),
}

Who = frozenset[Role] | None
#: Everybody, signed in or not.
ANYONE: Who = None
EVERYONE = frozenset(Role)
OFFICE = frozenset({Role.LEADER, Role.QUALITY, Role.MATERIAL, Role.MANAGER, Role.ADMIN})
PLANNERS = frozenset({Role.MANAGER, Role.ADMIN})
LEADERS = frozenset({Role.LEADER, Role.MANAGER, Role.ADMIN})
MATERIALS = frozenset({Role.MATERIAL, Role.LEADER, Role.MANAGER, Role.ADMIN})
INSPECTORS = frozenset({Role.QUALITY, Role.LEADER, Role.MANAGER, Role.ADMIN})
QUALITY_ONLY = frozenset({Role.QUALITY, Role.MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class Actor:
    """The person (or program) in whose name something is done, and the station where."""

    name: str
    roles: frozenset[Role]
    person_id: int | None = None
    language: str = "ko"
    station_id: int | None = None
    station: str | None = None
    #: The name in Latin letters, for those who do not read Hangul; what is recorded is always ``name``.
    name_en: str | None = None
    #: How a screen is made easier for this person: words of ``mes.people.comfort``.
    comfort: frozenset[str] = frozenset()
    #: Roles that open nothing which is for them alone: at a station, where a PIN or badge proves too little for the
    #: administrator and for whom the plant demands a second factor.
    unproved: frozenset[Role] = frozenset()

    def is_one_of(self, who: Who) -> bool:
        """Whether a rule lets this person in. The administrator's role opens nothing by itself."""
        return who is None or (bool(self.roles & who) and bool(who - self.unproved))


class DeskOnly(Refused):
    """A PIN or a badge proves too little for it."""

    message = N_("This is done at a desk, with login and password.")
    hint = N_("Sign in at a desk and open the page there.")
    status = 403


#: Acts of the installation itself: command line, imports at set-up.
SYSTEM = Actor("system", EVERYONE)


#: Names of nobody in particular, as events and uploads keep them; also those recorded in Korean before.
_NOBODY = {"system": N_("System"), "Visitor": N_("Visitor"), "방문자": N_("Visitor")}
VISITOR = Actor("Visitor", frozenset())


def actor_name(name: str) -> str:
    """Who did something, as a reader of any language reads it: people by their names, the rest by a word."""
    return say(_NOBODY[name], {}) if name in _NOBODY else name


def may(actor: Actor | None, who: Who) -> bool:
    """Whether the person in front of the screen (None: nobody) may use something declared for ``who``."""
    return who is None or (actor is not None and actor.is_one_of(who))
