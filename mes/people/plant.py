"""Use cases of the plant as a whole: first set-up, settings, and programs that may use the API."""

import secrets
from typing import Any

from sqlalchemy import select

from mes.core.access import Role
from mes.core.coded import change_coded
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.plant import DEFAULT, Plant
from mes.core.work import Work
from mes.people import queries
from mes.people.models import ApiToken
from mes.people.rules import AlreadySetUp, MarkedAlready, check_gs1, check_mark, check_zone, read_demanded
from mes.people.second_factor import end_without_factor
from mes.people.service import add_person, open_sign_in, token_hash


def set_up_plant(work: Work, *, name: str, language: str = "ko", **settings: object) -> Plant:
    """Make the plant's row of settings, or change its name."""
    made = work.session.get(Plant, 1)
    if made is None:
        kept = {c.key: getattr(DEFAULT, c.key) for c in Plant.__table__.columns if c.key not in ("id", "version")}
        made = Plant(id=1, **{**kept, "name": name, "language": language, **settings})
        return work.add(made, "plant.set_up", code=name)
    with work.change(made, "plant.change"):
        made.name, made.language = name, language
        for setting, value in settings.items():
            setattr(made, setting, value)
        work.session.flush()
    return made


def mark_plant(work: Work, mark: str) -> Plant:
    """Give the plant its mark among several of a company, once: from now on it stands in each new code, so that two
    plants never make the same one. Raises BadMark, MarkedAlready."""
    wanted = check_mark(mark)
    made = work.lock(Plant, 1)
    if made.mark not in (None, wanted):
        raise MarkedAlready(mark=made.mark)
    with work.change(made, "plant.mark"):
        made.mark = wanted
        work.session.flush()
    return made


def add_token(work: Work, name: str, role: Role) -> str:
    """Let a program use the API in one role. The token is shown this once."""
    token = "mes_" + secrets.token_urlsafe(32)
    made = ApiToken(name=name, token_hash=token_hash(token), role=role, at=work.now)
    work.add(made, "people.add_token", code=name)
    return token


def end_token(work: Work, name: str) -> None:
    """Take a program's access away. Raises NotFound."""
    found = work.session.scalar(select(ApiToken).where(ApiToken.name == name, ApiToken.ended_at.is_(None)))
    if found is None:
        raise NotFound(what=_(N_("token")), code=name)
    found.ended_at = work.now
    work.record("people.end_token", found, code=name)


def change_plant(work: Work, *, version: int | None = None, keep: str = "", **settings: Any) -> Plant:
    """Change the plant's settings. Where a second factor is demanded of more roles than before, their open sign-ins at
    desks without one end, except that of the token ``keep``: who demands it may still take it back.

    Raises StaleEdit, UnknownZone, BadPrefix, BadHost.
    """
    check_zone(settings.get("time_zone", DEFAULT.time_zone))
    check_gs1(settings)
    if work.session.get(Plant, 1) is None:
        changed, before = set_up_plant(work, **settings), ""
    else:
        kept = work.lock(Plant, 1)
        before = kept.second_factor
        changed = change_coded(work, kept, "plant.change", version, settings)
    if more := read_demanded(changed.second_factor) - read_demanded(before):
        end_without_factor(work, more, keep=keep)
    return changed


def set_up_first(
    work: Work, *, name: str, language: str, time_zone: str, person: str, login: str, password: str
) -> str:
    """The first-run page: the plant and its administrator, who is signed in at once (gives the browser's token).

    Raises AlreadySetUp once anybody can sign in, WeakPassword, UnknownZone.
    """
    if queries.is_set_up(work.session):
        raise AlreadySetUp
    set_up_plant(work, name=name, language=language, time_zone=check_zone(time_zone))
    administrator = add_person(
        work, code="ADMIN", name=person, roles=[Role.ADMIN, Role.MANAGER], language=language, login=login,
        password=password,
    )  # fmt: skip
    return open_sign_in(work, administrator)
