"""What a plant tells head office, by PostgreSQL's own logical replication: each row as it is committed.

Everything that is recorded is told, photos too. Kept back is what opens a door (hashes, badges), what belongs to one
computer or one sign-in, and one-time keys: a copy at head office lets nobody in.

Changes of tables are not replicated. So while a plant is brought to a new version nothing is told but the number of
that version, in the same transaction: what the migrations do to the rows is done at head office by the same
migrations, exactly between the last row of the old version and the first of the new one.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Table, text

from mes.core.db import Database
from mes.core.i18n import _
from mes.core.plant import plant
from mes.core.work import is_secret
from mes.plants import capacity
from mes.plants.refusals import BadRole, NoMark, NoServer, NotLogical, ServerTooOld, StillFollowed

NAME = "mes_head_office"
VERSION = "alembic_version"
#: Of one computer, one browser or one sign-in, or what a program needs to make the next number.
KEPT_BACK = frozenset(
    {
        "api_tokens", "backup_copies", "backup_places", "device_contacts", "followed_plants", "one_time_keys",
        "recovery_codes", "second_factors", "sequences", "sign_ins", "unknown_logins", "wrong_tries",
    }
)  # fmt: skip
#: Lists of columns came with version 15 of PostgreSQL.
OLDEST = 150_000
ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Slot:
    """Where a head office is with what it has received."""

    name: str
    #: Whether it is connected now.
    active: bool
    #: Bytes that the server keeps for it.
    kept: int
    #: Whether the server has thrown away what it has not received yet.
    lost: bool


def changing(database: Database) -> AbstractContextManager[Connection]:
    """One transaction that changes what a server tells others; none of the plant's rows."""
    return database.engine.begin()


def columns_told(table: Table) -> list[str]:
    """The columns of a table that head office gets."""
    return [column.name for column in table.columns if not is_secret(column)]


def tables_told(metadata: MetaData) -> list[Table]:
    """The tables that head office gets, those that others refer to first."""
    return [table for table in metadata.sorted_tables if table.name not in KEPT_BACK]


def publish(connection: Connection, metadata: MetaData, role: str) -> None:
    """Tell head office, which asks as ``role``, everything from now on. Raises NotLogical, ServerTooOld, BadRole,
    TooFewPlaces."""
    for statement in statements(connection, metadata, role):
        connection.execute(text(statement))


def statements(connection: Connection, metadata: MetaData, role: str) -> Iterator[str]:
    """The same as SQL, for whoever runs it by hand. Raises the same."""
    if not ROLE.fullmatch(role):
        raise BadRole(role=role[:80])
    _check_server(connection)
    known = is_published(connection)
    if not known:  # whoever is followed already goes on, and an upgrade does not stop here
        capacity.check_plant(connection)
    verb = "ALTER PUBLICATION {} SET" if known else "CREATE PUBLICATION {} FOR"
    how = " WITH (publish = 'insert, update, delete')" if verb.startswith("CREATE") else ""
    yield f"{verb.format(NAME)} TABLE {_list(metadata)}{how}"
    yield f"COMMENT ON PUBLICATION {NAME} IS '{role}'"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT SELECT ON {VERSION} TO {role}"
    for table in tables_told(metadata):
        columns = _columns(table)
        yield f'GRANT SELECT{columns} ON "{table.name}" TO {role}'


def unpublish(connection: Connection) -> None:
    """Tell head office nothing any more; what was kept for it is thrown away. Raises StillFollowed."""
    found = slots(connection)
    if any(slot.active for slot in found):
        raise StillFollowed
    for slot in found:
        connection.execute(text("SELECT pg_drop_replication_slot(:name)"), {"name": slot.name})
    connection.execute(text(f"DROP PUBLICATION IF EXISTS {NAME}"))


def is_published(connection: Connection) -> bool:
    """Whether a head office is told."""
    return bool(connection.scalar(text("SELECT 1 FROM pg_publication WHERE pubname = :name"), {"name": NAME}))


def slots(connection: Connection) -> list[Slot]:
    """Each head office that follows this plant."""
    rows = connection.execute(
        text(
            "SELECT slot_name, active, coalesce(pg_current_wal_lsn() - restart_lsn, 0)::bigint, "
            "coalesce(wal_status, 'lost') = 'lost' FROM pg_replication_slots "
            "WHERE database = current_database() AND slot_type = 'logical' AND NOT temporary "
            "AND slot_name LIKE 'head\\_office\\_%' ORDER BY 1"
        )
    )
    return [Slot(*row) for row in rows]


def most_kept(connection: Connection) -> int:
    """Megabytes that the server keeps at most for who does not come for it; -1: until its disk is full."""
    found: int = connection.scalar(
        text("SELECT setting::int FROM pg_settings WHERE name = 'max_slot_wal_keep_size'")
    )  # fmt: skip
    return found


def unbounded() -> str:
    """What an outage of weeks would do to a plant whose server keeps everything for head office."""
    return _("The server keeps what head office has not fetched until its disk is full: set max_slot_wal_keep_size, "
             "such as 20GB, in postgresql.conf.")  # fmt: skip


def alarms(connection: Connection) -> Iterator[str]:
    """What a plant should know of the head office that follows it, in sentences; nothing while all is well."""
    found = slots(connection)
    for slot in found:
        if slot.lost:
            yield _("Head office (%(name)s) stayed away too long: it must fetch its copy of this plant anew.",
                    name=slot.name)  # fmt: skip
        elif not slot.active:
            yield _("Head office (%(name)s) is not connected; the server keeps %(size)s MB for it.",
                    name=slot.name, size=f"{slot.kept / 2**20:,.1f}")  # fmt: skip
    if found and most_kept(connection) < 0:
        yield unbounded()


@contextmanager
def quiet(connection: Connection, metadata: MetaData) -> Iterator[None]:
    """While the tables are changed, head office is told nothing but the number of the version."""
    told = connection.dialect.name == "postgresql" and is_published(connection)
    if told:
        connection.execute(text(f"ALTER PUBLICATION {NAME} SET TABLE {VERSION}"))
    yield
    if told:
        asked = text("SELECT obj_description(oid, 'pg_publication') FROM pg_publication WHERE pubname = :name")
        publish(connection, metadata, str(connection.scalar(asked, {"name": NAME})))


def check_mark(database: Database) -> str:
    """The plant's mark among several. Raises NoMark."""
    with database.read() as read:
        mark = plant(read).mark
    if mark is None:
        raise NoMark
    return mark


def _check_server(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        raise NoServer
    version = int(connection.scalar(text("SHOW server_version_num")))
    if version < OLDEST:
        raise ServerTooOld(found=str(version // 10_000))
    level = connection.scalar(text("SHOW wal_level"))
    if level != "logical":
        raise NotLogical(found=level)


def _list(metadata: MetaData) -> str:
    return ", ".join([VERSION, *(f'"{table.name}"{_columns(table)}' for table in tables_told(metadata))])


def _columns(table: Table) -> str:
    """The columns in brackets, where some are kept back."""
    names = columns_told(table)
    listed = ", ".join('"' + name + '"' for name in names)
    return f" ({listed})" if len(names) < len(table.columns) else ""
