"""``mes grants``: what PostgreSQL lets the serving role do, so that it cannot switch off what guards the books."""

import re
from collections.abc import Iterator

import click

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.web.check_database import GUARDED

#: Of this book a row may be marked, and nothing else of it be changed.
MARKED = {"genealogy": "undone"}


class NoRoleName(Refused):
    """A name that PostgreSQL would not take as it stands."""

    message = N_("%(role)s is no name of a role: use small letters, digits and underscores.")
    hint = N_("Choose a name such as mes_plant.")


@click.command()
@click.argument("role")
def grants(role: str) -> None:
    """Print the SQL that lets ROLE serve the plant on PostgreSQL: it may add to the books, and never change them.

    Run it as the owner of the tables (who runs mes upgrade), again after each upgrade.
    """
    for statement in statements(role):
        click.echo(f"{statement};")


def statements(role: str) -> Iterator[str]:
    """The statements, in their order. Raises NoRoleName."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise NoRoleName(role=role[:80])
    books = ", ".join(sorted(GUARDED))
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {books} FROM {role}"
    for table, column in MARKED.items():
        yield f"GRANT UPDATE ({column}) ON {table} TO {role}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
