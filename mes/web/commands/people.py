"""``mes user``: people from the command line, for the first administrator and for one who forgot the password."""

import sys
from typing import Any

import click

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.people import queries, second_factor, service
from mes.people.forms import role_words
from mes.people.models import Person
from mes.web.commands.opening import acting, as_json, reading


class TwoPeople(Refused):
    """The login of one person is the personnel number of another."""

    message = N_("%(who)s is the login of %(one)s and the personnel number of %(other)s.")
    hint = N_("Say whom you mean: number:%(who)s or login:%(who)s.")


@click.group()
@click.pass_obj
def user(settings: Settings) -> None:
    """People: add, list, password, pin, disable, unlock, second-factor-off."""


@user.command("list")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_obj
def show(settings: Settings, for_programs: bool) -> None:
    """Everybody, those who work here first."""
    with reading(settings) as read:
        people = queries.list_people(read)
    if for_programs:
        rows = [
            {"code": p.code, "name": p.name, "login": p.login, "roles": sorted(p.roles), "active": p.active,
             "password": p.password_hash is not None, "pin": p.pin_hash is not None}
            for p in people
        ]  # fmt: skip
        as_json(rows)
        return
    gone = _("disabled")
    for person in people:
        state = "" if person.active else f"  ({gone})"
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
    password = _secret(_("Password"))

    def deed(work: Work) -> Person:
        return service.add_person(
            work, code=code or login, name=name, roles=[Role(word) for word in roles], language=language,
            login=login, password=password,
        )  # fmt: skip

    person = acting(settings, deed)
    click.echo(_("%(name)s was added; login %(login)s.", name=person.name, login=person.login))


@user.command()
@click.argument("who")
@click.pass_obj
def password(settings: Settings, who: str) -> None:
    """Set the password of WHO (login or personnel number); open sign-ins end."""
    person = _change(settings, who, password=_secret(_("Password")))
    click.echo(_("The password of %(who)s was changed.", who=_named(person)))


@user.command()
@click.argument("who")
@click.pass_obj
def pin(settings: Settings, who: str) -> None:
    """Set the PIN of WHO for the stations."""
    person = _change(settings, who, pin=_secret("PIN"))
    click.echo(_("The PIN of %(who)s was changed.", who=_named(person)))


@user.command()
@click.argument("who")
@click.pass_obj
def disable(settings: Settings, who: str) -> None:
    """Let WHO in no more; what they did stays recorded."""
    person = _change(settings, who, active=False)
    click.echo(_("%(who)s cannot sign in any more.", who=_named(person)))


@user.command()
@click.argument("who")
@click.pass_obj
def unlock(settings: Settings, who: str) -> None:
    """Let WHO try again at once after wrong passwords or PINs."""

    def deed(work: Work) -> Person:
        person = find_person(work, who)
        service.unlock_person(work, person.code)
        return person

    click.echo(_("%(who)s can try again at once.", who=_named(acting(settings, deed))))


@user.command("second-factor-off")
@click.argument("who")
@click.pass_obj
def second_factor_off(settings: Settings, who: str) -> None:
    """Turn the second factor of WHO off, who lost the phone and the recovery codes; every sign-in of WHO ends."""

    def deed(work: Work) -> tuple[Person, bool]:
        person = find_person(work, who)
        known = second_factor.find_factor(work.session, person.id) is not None
        if known:
            second_factor.reset(work, person)
        return person, known

    person, known = acting(settings, deed)
    if known:
        click.echo(_("The second factor of %(who)s is off; every sign-in ended.", who=_named(person)))
    else:
        click.echo(_("%(who)s has no second factor.", who=_named(person)))


def _change(settings: Settings, who: str, **columns: Any) -> Person:

    def deed(work: Work) -> Person:
        person = find_person(work, who)
        names = ("name", "name_en", "language", "login", "active")
        kept = {name: getattr(person, name) for name in names} | {"roles": person.role_set}
        return service.change_person(work, person.code, **(kept | columns))

    return acting(settings, deed)


def _named(person: Person) -> str:
    return f"{person.name} ({person.code})"


def find_person(work: Work, who: str) -> Person:
    """The person with this login or personnel number; ``login:`` or ``number:`` before it says which of them."""
    way, _colon, rest = who.partition(":")
    if way not in ("login", "number"):
        way, rest = "", who
    people = queries.list_people(work.session)
    by_login = [p for p in people if p.login == rest.lower() and way in ("", "login")]
    by_number = [p for p in people if p.code == rest and way in ("", "number")]
    found = {person.id: person for person in (*by_login, *by_number)}
    if not found:
        raise NotFound(what=_(N_("person")), code=who)
    if len(found) > 1:
        raise TwoPeople(who=who, one=_named(by_login[0]), other=_named(by_number[0]))
    return next(iter(found.values()))


def _secret(word: str) -> str:
    """Asked for twice at a terminal, else one line of standard input; never an argument that others can list."""
    if sys.stdin.isatty():
        typed: str = click.prompt(word, hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
