"""The copies at head office: for each plant a database of its own on head office's server, which follows the plant.

A copy has the plant's own tables and numbers, so it is whole in itself: its event log is chained as at the plant, its
books can be checked, and two plants that use the same code meet nowhere. It is filled by PostgreSQL alone; nobody
writes into it, and a row of a book that the plant would change or remove is refused here as well.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, make_url, text

from mes.core import schema
from mes.core.db import Database
from mes.keeping.installation import reason, sqlite_file
from mes.moving.doors import read_url
from mes.plants import capacity
from mes.plants.publication import KEPT_BACK, NAME, VERSION, columns_told, tables_told
from mes.plants.refusals import NoBoss, NoServer, NotFollowed, NotTold, OtherTables, PlantAway

#: Where a copy keeps the version that its plant went on to, while it waits to be brought there. A sequence, since what
#: it is set to stays when the transaction that was stopped is undone.
WAITS = "copy_waits_for"
#: The copy stops where the plant changed its tables, until its own are changed alike. Only rows that arrive are
#: stopped, not the migration of the copy itself.
STOP_AT_UPGRADE = f"""
CREATE SEQUENCE IF NOT EXISTS {WAITS} START 1;
CREATE OR REPLACE FUNCTION copy_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM setval('public.{WAITS}', NEW.version_num::bigint);
    RAISE EXCEPTION 'the plant was brought to version %; bring its copy there: mes plants upgrade', NEW.version_num;
END $$;
DROP TRIGGER IF EXISTS copy_waits ON {VERSION};
CREATE TRIGGER copy_waits BEFORE UPDATE ON {VERSION} FOR EACH ROW EXECUTE FUNCTION copy_waits();
ALTER TABLE {VERSION} ENABLE REPLICA TRIGGER copy_waits;
"""
#: Triggers of the books that refuse any change or removal of a row; those that let a mark be set look at columns, which
#: all arrive together, and stay as they are.
GUARDS = """
SELECT c.relname::text, t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND p.prosrc LIKE '%RAISE EXCEPTION%' AND t.tgattr = ''::int2vector AND t.tgqual IS NULL
AND t.tgtype & 24 > 0 AND t.tgname <> 'copy_waits' ORDER BY 1, 2
"""
#: Subscriptions of all databases of a server stand in one list.
SUBSCRIBED = """
SELECT 1 FROM pg_subscription
WHERE subname = :name AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Source:
    """A plant's database, as head office reaches it."""

    url: str
    mark: str
    name: str
    place: str


def url_of(own: str, mark: str) -> str:
    """The copy of a plant: a database beside head office's own."""
    parts = make_url(own)
    return parts.set(database=f"{parts.database}_{mark.lower()}").render_as_string(hide_password=False)


def look_at(url: str) -> Source:
    """What a plant says of itself. Raises PlantAway, NotTold, OtherTables."""
    import psycopg

    whole = read_url(url)
    if sqlite_file(whole) is not None:
        raise NoServer
    try:
        with psycopg.connect(conninfo(whole), connect_timeout=10) as asked:
            told = asked.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", [NAME]).fetchone()
            if told is None:
                raise NotTold
            version = _one(asked.execute(f"SELECT version_num FROM {VERSION}").fetchone())  # noqa: S608  our name
            mark, name = asked.execute("SELECT mark, name FROM plant WHERE id = 1").fetchone() or ("", "")
            place = f"{asked.info.host}:{asked.info.port}"
    except psycopg.Error as error:
        raise PlantAway(why=reason(error)) from None
    if version != schema.head():
        raise OtherTables(there=version, here=schema.head())
    return Source(whole, mark or "", name or "", place)


def _one(row: Any) -> str:
    return str(row[0]) if row else "-"


def conninfo(url: str) -> str:
    """How PostgreSQL itself is told where a plant is, with its password."""
    from psycopg.conninfo import make_conninfo

    parts = make_url(url)
    _words, named = parts.get_dialect()().create_connect_args(parts)
    return make_conninfo("", **{name: value for name, value in named.items() if value})


def make_copy(own: str, source: Source, metadata: MetaData) -> None:
    """Make the copy of a plant and begin to fill it; what was there of an earlier one is gone. Raises NoBoss,
    TooFewPlaces."""
    check_boss(own)
    with _server(own) as connection:
        capacity.check_head_office(connection, _subscription(source.mark))
    drop_copy(own, source.mark, source.url)
    _on_server(own, f"CREATE DATABASE \"{_database(own, source.mark)}\" TEMPLATE template0 ENCODING 'UTF8'")
    copy = Database(url_of(own, source.mark), standby=True)
    try:
        schema.upgrade(copy)
        with copy.engine.begin() as connection:
            fit_out(connection, metadata, [VERSION, *(table.name for table in tables_told(metadata))])
        _quietly(copy, subscribing(source))
    finally:
        copy.engine.dispose()


def subscribing(source: Source) -> str:
    """The command by which PostgreSQL begins to follow a plant."""
    from psycopg import sql

    # as text: each word is either of our own or quoted by the driver
    words = sql.SQL("CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {} WITH (slot_name = {}, streaming = off)")
    name = _subscription(source.mark)
    made = words.format(sql.Identifier(name), sql.Literal(conninfo(source.url)), sql.Identifier(NAME),
                        sql.Literal(_slot(source.mark)))  # fmt: skip
    return made.as_string(None)


def fit_out(connection: Connection, metadata: MetaData, fresh: list[str]) -> None:
    """Make the tables of a copy ready for what arrives. ``fresh``: tables that are filled from the start."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name in fresh:
        connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608  names of our own tables
    for table in tables_told(metadata):
        for name in set(table.columns.keys()) - set(columns_told(table)):
            if not table.columns[name].nullable:  # what is kept back has a value that opens nothing, each another one
                opens_nothing = "md5(random()::text || clock_timestamp()::text)"
                connection.execute(
                    text(f'ALTER TABLE "{table.name}" ALTER COLUMN "{name}" SET DEFAULT {opens_nothing}')
                )
    for guarded, trigger in connection.execute(text(GUARDS)).all():
        if guarded not in KEPT_BACK:
            connection.execute(text(f'ALTER TABLE "{guarded}" ENABLE ALWAYS TRIGGER "{trigger}"'))
    connection.exec_driver_sql(STOP_AT_UPGRADE.replace("%", "%%"))


def bring_up(copy: Database, mark: str, metadata: MetaData) -> str | None:
    """Bring a copy to the version at which its plant is; gives it, or None when the copy does not wait.

    Tables that are new are filled from their beginning. Can be done over when it was broken off.
    """
    wanted = waits_for(copy)
    if wanted is not None:
        schema.upgrade(copy, wanted)
    with copy.engine.begin() as connection:
        known = text("SELECT srrelid::regclass::text FROM pg_subscription_rel")
        there = {str(name).strip('"') for (name,) in connection.execute(known)}
        at = str(connection.scalar(text(f"SELECT version_num FROM {VERSION}")))  # noqa: S608  our own name
        if at != schema.head():
            return wanted
        fresh = [table.name for table in tables_told(metadata) if table.name not in there]
        fit_out(connection, metadata, fresh)
    if fresh:
        _quietly(copy, f"ALTER SUBSCRIPTION {_subscription(mark)} REFRESH PUBLICATION")
    return wanted


def waits_for(copy: Database) -> str | None:
    """The version to which the plant went on, when its copy is not there yet."""
    with copy.engine.connect() as connection:
        there = connection.scalar(text(f"SELECT version_num FROM {VERSION}"))  # noqa: S608  our own name
        wanted = connection.scalar(text(f"SELECT CASE WHEN is_called THEN last_value END FROM {WAITS}"))  # noqa: S608
    return f"{wanted:04d}" if wanted is not None and int(wanted) > int(there or 0) else None


def drop_copy(own: str, mark: str, source: str | None = None) -> bool:
    """Remove a copy. Gives whether the plant was told: it keeps nothing for head office any more."""
    told = True
    if _exists(own, mark):
        copy = Database(url_of(own, mark), standby=True)
        name = _subscription(mark)
        try:
            with copy.engine.connect() as connection:
                known = connection.scalar(text(SUBSCRIBED), {"name": name})
            if known:
                _quietly(copy, f"ALTER SUBSCRIPTION {name} DISABLE")
                _quietly(copy, f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
                _quietly(copy, f"DROP SUBSCRIPTION {name}")
                told = False
        finally:
            copy.engine.dispose()
        _on_server(own, f'DROP DATABASE "{_database(own, mark)}" WITH (FORCE)')
    return _end_slot(source, mark) if source else told


def _end_slot(source: str, mark: str) -> bool:
    """The plant need not keep anything for this copy any more."""
    import psycopg

    ask = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
    with suppress(psycopg.Error), psycopg.connect(conninfo(source), connect_timeout=10, autocommit=True) as plant:
        with suppress(psycopg.Error):  # whoever still holds it, from a connection that is gone
            plant.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s "
                "AND active_pid IS NOT NULL", [_slot(mark)],
            )  # fmt: skip
        plant.execute(ask, [_slot(mark)])
        return True
    return False


def check_boss(own: str) -> None:
    """Raise NoBoss unless the role of head office may subscribe."""
    if sqlite_file(own) is not None:
        raise NoServer
    with _server(own) as connection:
        if connection.scalar(text("SELECT current_setting('is_superuser')")) != "on":
            raise NoBoss(role=make_url(own).username or "-")


def _exists(own: str, mark: str) -> bool:
    with _server(own) as connection:
        there = text("SELECT 1 FROM pg_database WHERE datname = :name")
        return bool(connection.scalar(there, {"name": _database(own, mark)}))


def _database(own: str, mark: str) -> str:
    return str(make_url(url_of(own, mark)).database)


def _subscription(mark: str) -> str:
    return f"mes_{_plain(mark)}"


def _slot(mark: str) -> str:
    return f"head_office_{_plain(mark)}"


def _plain(mark: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,2}", mark):
        raise NotFollowed(mark=mark[:10])
    return mark.lower()


@contextmanager
def _server(own: str) -> Iterator[Connection]:
    database = Database(own, standby=True)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        database.engine.dispose()


def _on_server(own: str, command: str) -> None:
    with _server(own) as connection:
        connection.execute(text(command))


def _quietly(copy: Database, command: str) -> None:
    """What PostgreSQL does only outside a transaction. Raises PlantAway."""
    from psycopg import Error

    with copy.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute(command, prepare=False)
        except Error as error:  # the command holds a password: what is said of it does not
            raise PlantAway(why=reason(error)) from None
