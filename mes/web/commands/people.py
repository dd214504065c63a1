"""``mes user``: people from the command line, for the first administrator and for one who forgot the password."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from mes.core.access import SYSTEM, Role
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.work import Work, act
from mes.people import queries, service
from mes.people.forms import role_words
from mes.people.models import Person
from mes.web.installation import check_installed


@click.group()
@click.pass_obj
def user(settings: Settings) -> None:
    """People: add, list, password, pin, disable, unlock."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """Everybody, those who work here first."""
    check_installed(settings)
    database = Database(settings.database)
    with database.read() as read:
        people = queries.list_people(read)
    database.engine.dispose()
    if as_json:
        rows = [
            {"code": p.code, "name": p.name, "login": p.login, "roles": sorted(p.roles), "active": p.active,
             "password": p.password_hash is not None, "pin": p.pin_hash is not None}
            for p in people
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for person in people:
        state = "" if person.active else f"  ({_('disabled')})"
        click.echo(f"{person.code:12} {person.login or '-':16} {person.name}  {role_words(person.role_set)}{state}")


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="The name on the badge.")
@click.option("--code", help="Personnel number; else the login.")
@click.option("--role", "roles", type=click.Choice([r.value for r in Role]), multiple=True, default=["admin"],
              show_default=True, help="May be given several times.")  # fmt: skip
@click.option("--language", type=click.Choice(["ko", "en"]), default="ko", show_default=True)
@click.pass_obj
def add(settings: Settings, login: str, name: str, code: str | None, roles: tuple[str, ...], language: str) -> None:
    """Add a person. The password is asked for, or read from standard input."""
    check_installed(settings)
    password = _secret(_("Password"))

    def deed(work: Work) -> Person:
        return service.add_person(
            work, code=code or login, name=name, roles=[Role(word) for word in roles], language=language,
            login=login, password=password,
        )  # fmt: skip

    person = _do(settings, deed)
    click.echo(_("%(name)s was added; login %(login)s.", name=person.name, login=person.login))


@user.command()
@click.argument("who")
@click.pass_obj
def password(settings: Settings, who: str) -> None:
    """Set the password of WHO (login or personnel number); open sign-ins end."""
    _change(settings, who, password=_secret(_("Password")))
    click.echo(_("The password of %(who)s was changed.", who=who))


@user.command()
@click.argument("who")
@click.pass_obj
def pin(settings: Settings, who: str) -> None:
    """Set the PIN of WHO for the stations."""
    _change(settings, who, pin=_secret("PIN"))
    click.echo(_("The PIN of %(who)s was changed.", who=who))


@user.command()
@click.argument("who")
@click.pass_obj
def disable(settings: Settings, who: str) -> None:
    """Let WHO in no more; what they did stays recorded."""
    _change(settings, who, active=False)
    click.echo(_("%(who)s cannot sign in any more.", who=who))


@user.command()
@click.argument("who")
@click.pass_obj
def unlock(settings: Settings, who: str) -> None:
    """Let WHO try again at once after wrong passwords or PINs."""
    check_installed(settings)
    _do(settings, lambda work: service.unlock_person(work, _find(work, who).code))
    click.echo(_("%(who)s can try again at once.", who=who))


def _change(settings: Settings, who: str, **columns: Any) -> None:
    check_installed(settings)

    def deed(work: Work) -> Person:
        person = _find(work, who)
        names = ("name", "name_en", "language", "login", "active")
        kept = {name: getattr(person, name) for name in names} | {"roles": person.role_set}
        return service.change_person(work, person.code, **(kept | columns))

    _do(settings, deed)


def _find(work: Work, who: str) -> Person:
    people = queries.list_people(work.session)
    found = next((p for p in people if p.login == who.lower()), None) or next(
        (p for p in people if p.code == who), None
    )
    if found is None:
        raise NotFound(what=_(N_("person")), code=who)
    return found


def _do(settings: Settings, deed: Callable[[Work], Person]) -> Person:
    database = Database(settings.database)
    try:
        return act(database, SYSTEM, deed, source="cli")
    finally:
        database.engine.dispose()


def _secret(word: str) -> str:
    """Asked for twice at a terminal, else one line of standard input; never an argument that others can list."""
    if sys.stdin.isatty():
        typed: str = click.prompt(word, hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
