"""Whether a database server has room for following: senders and slots at a plant, workers and places at head office.

PostgreSQL follows a plant with one process at each end, and while a copy is filled with some more of both. Where they
do not find room it tries again without end, and says so only in its log: so it is asked before.
"""

from sqlalchemy import Connection, text

from mes.plants.refusals import TooFewPlaces

#: What fetches tables beside the process that follows, as PostgreSQL comes, and one that is just ending.
FETCHING = 3
#: Sums that others need: standbys and head offices that follow already.
OTHERS = """
SELECT (SELECT count(*) FROM pg_stat_replication AS r WHERE NOT EXISTS (
            SELECT 1 FROM pg_replication_slots AS s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')),
    (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical'),
    (SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'head\\_office\\_%')
"""
#: From version 18 on a subscriber's places have a setting of their own.
PLACES = "max_active_replication_origins", "max_replication_slots"


def check_plant(connection: Connection) -> None:
    """Raise TooFewPlaces unless one more head office finds room at a plant."""
    standbys, slots, offices = connection.execute(text(OTHERS)).one()
    followers = max(offices, 1) + FETCHING
    _check(connection, "max_wal_senders", standbys + followers)
    _check(connection, "max_replication_slots", slots + followers)


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
