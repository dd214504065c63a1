"""A server on which following would never end is refused before it begins."""

from typing import Any

import pytest

from mes.core.db import Database
from mes.plants import capacity
from mes.plants.refusals import TooFewPlaces

#: PostgreSQL as it comes.
AS_IT_COMES = {
    "max_wal_senders": 10,
    "max_replication_slots": 10,
    "max_logical_replication_workers": 4,
    "max_worker_processes": 8,
    "max_sync_workers_per_subscription": 2,
}


class Server:
    """What a server would say of its settings and of who follows it already."""

    def __init__(self, plants: int = 0, others: tuple[int, int] = (0, 0), **settings: int) -> None:
        self.plants, self.others, self.settings = plants, others, {**AS_IT_COMES, **settings}

    def scalar(self, asked: object, named: dict[str, str]) -> int | None:
        return self.plants if "pg_subscription " in str(asked) else self.settings.get(named["name"])

    def execute(self, _asked: object) -> Any:
        return self

    def one(self) -> tuple[int, int]:
        return self.others


def following(server: Any) -> None:
    capacity.check_head_office(server, "mes_c")


def plant_says(**told: Any) -> str:
    return said(capacity.check_plant, **told)


def head_office_says(**told: Any) -> str:
    return said(following, **told)


def said(check: Any, **told: Any) -> str:
    with pytest.raises(TooFewPlaces) as no:
        check(Server(**told))
    values = no.value.values
    return f"{values['setting']} {values['found']}, {values['wanted']}"


def refused(check: Any, server: Any) -> bool:
    try:
        check(server)
    except TooFewPlaces:
        return True
    return False


def test_a_server_as_it_comes_is_followed_by_a_head_office_and_follows_two_plants() -> None:
    assert not refused(capacity.check_plant, Server())
    assert [refused(following, Server(plants)) for plants in (0, 1, 2)] == [False, False, True]


def test_a_third_plant_asks_for_more_workers() -> None:
    assert head_office_says(plants=2) == "max_logical_replication_workers 4, 5"
    assert head_office_says(plants=6, max_logical_replication_workers=20) == "max_worker_processes 8, 10"
    roomy = {"max_logical_replication_workers": 20, "max_worker_processes": 20}
    assert head_office_says(plants=6, **roomy) == "max_replication_slots 10, 11"


def test_a_server_of_version_18_has_a_setting_of_its_own_for_places() -> None:
    told = head_office_says(plants=1, max_active_replication_origins=3)
    assert told == "max_active_replication_origins 3, 6"


def test_standbys_and_other_slots_leave_a_plant_less_room() -> None:
    assert plant_says(max_wal_senders=3) == "max_wal_senders 3, 4"
    assert plant_says(others=(7, 0)) == "max_wal_senders 10, 11"
    assert plant_says(others=(0, 7)) == "max_replication_slots 10, 11"


def test_the_server_itself_says_what_it_has(postgresql: Database) -> None:
    with postgresql.engine.connect() as connection:
        with pytest.raises(TooFewPlaces) as no:  # the tests' own server lets nobody follow it
            capacity.check_plant(connection)
        assert no.value.values["setting"] == "max_wal_senders"
        assert not refused(following, connection)
