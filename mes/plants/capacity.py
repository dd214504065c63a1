"""Whether a database server has room for following: senders and slots at a plant, workers and places at head office.

PostgreSQL follows a plant with one process at each end, and while a copy is filled with some more of both. Where they
do not find room it tries again without end, and says so only in its log: so it is asked before.
"""

from sqlalchemy import Connection, text

from mes.plants.refusals import TooFewPlaces

#: What fetches tables beside the process that follows, as PostgreSQL comes, and one that is just ending.
FETCHING = 3
#: Who follows this server already: standbys, and what others take from its log.
FOLLOWERS = "SELECT (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots)"
#: From version 18 on a subscriber's places have a setting of their own.
PLACES = "max_active_replication_origins", "max_replication_slots"


def check_plant(connection: Connection) -> None:
    """Raise TooFewPlaces unless a head office finds room at a plant beside who follows it already."""
    senders, slots = connection.execute(text(FOLLOWERS)).one()
    _check(connection, "max_wal_senders", senders + 1 + FETCHING)
    _check(connection, "max_replication_slots", slots + 1 + FETCHING)


def check_head_office(connection: Connection, name: str) -> None:
    """Raise TooFewPlaces unless head office's server can fetch and follow one more plant, by the subscription ``name``.

    Two plants may be fetched at once.
    """
    known = text("SELECT count(*) FROM pg_subscription WHERE subname <> :name")
    plants = 1 + int(connection.scalar(known, {"name": name}) or 0)
    fetching = _setting(connection, "max_sync_workers_per_subscription") or 0
    _check(connection, "max_logical_replication_workers", plants + fetching)
    _check(connection, "max_worker_processes", plants + fetching + 1)
    own = next(name for name in PLACES if _setting(connection, name) is not None)
    _check(connection, own, plants + 2 * fetching)


def _check(connection: Connection, setting: str, wanted: int) -> None:
    found = _setting(connection, setting)
    if found is not None and found < wanted:
        raise TooFewPlaces(setting=setting, found=str(found), wanted=str(wanted))


def _setting(connection: Connection, name: str) -> int | None:
    found: int | None = connection.scalar(
        text("SELECT setting::int FROM pg_settings WHERE name = :name"), {"name": name}
    )
    return found
