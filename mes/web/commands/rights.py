"""``mes access``: who may open which page and do what, as the program has it in force."""

import json
from dataclasses import replace

import click

from mes.core.access import EVERYONE, ROLE_NAMES, Role, Who
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.web.rights import PUBLIC, Right, rights_of


@click.command()
@click.option("--role", type=click.Choice([str(role) for role in Role]), help="Only what this role may do.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def access(settings: Settings, role: str | None, as_json: bool) -> None:
    """Print who may do what: every page, act and call of the API with the roles that may use it."""
    from mes.web.app import create_app

    # nothing of a plant is read: the routes are the program's own, and no key is made for them
    found = rights_of(create_app(replace(settings, secret_key="unused"), Database(settings.database)))  # noqa: S106
    if role:
        found = [one for one in found if one.who is None or Role(role) in one.who]
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one.method:4}  {one.address}\n      {one.what}\n      {_in_words(one.who)}")


def _plain(one: Right) -> dict[str, object]:
    roles = None if one.who is None else [str(role) for role in Role if role in one.who]
    reason = PUBLIC[one.endpoint] if one.who is None else None
    return {"method": one.method, "address": one.address, "what": one.what, "roles": roles, "reason": reason}


def _in_words(who: Who) -> str:
    """The roles by their names."""
    if who is None:
        return _("Anybody, signed in or not")
    if who == EVERYONE:
        return _("Everybody who is signed in")
    return ", ".join(_(ROLE_NAMES[role]) for role in Role if role in who)
