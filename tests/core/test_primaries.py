"""Which of several database servers is written to."""

from pathlib import Path

import pytest
from psycopg import Connection

from mes.core.primaries import Hosts, Role, Seen, judged
from mes.core.promotions import Memory
from mes.core.standing import Standing, is_there
from mes.web.alarms import alarms

NORTH, SOUTH = ("north", "5432"), ("south", "5432")


@pytest.fixture(autouse=True)
def forgetful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Memory, "folder", tmp_path)
    monkeypatch.setattr(Memory, "_known", {})


def primary(place: tuple[str, str], timeline: int, system: int = 7) -> Seen:
    return Seen(place, Role.PRIMARY, system, timeline, 100)


def roles(*seen: Seen, chosen: tuple[str, str] | None = None) -> list[Role]:
    return [one.role for one in judged(seen, chosen)]


def test_of_two_that_accept_writes_the_one_promoted_last_counts() -> None:
    assert roles(primary(NORTH, 1), primary(SOUTH, 2)) == [Role.OLD, Role.PRIMARY]


def test_one_that_was_succeeded_stays_old_when_it_answers_alone() -> None:
    roles(primary(NORTH, 1), primary(SOUTH, 2))
    assert roles(primary(NORTH, 1), Seen(SOUTH, Role.AWAY)) == [Role.OLD, Role.AWAY]


def test_that_is_known_after_a_new_start_too(monkeypatch: pytest.MonkeyPatch) -> None:
    roles(primary(SOUTH, 2))
    monkeypatch.setattr(Memory, "_known", {})
    assert roles(primary(NORTH, 1)) == [Role.OLD]


def test_a_database_that_was_brought_to_another_server_begins_anew() -> None:
    roles(primary(SOUTH, 5))
    assert roles(primary(SOUTH, 1, system=8)) == [Role.PRIMARY]


def test_between_two_promoted_alike_the_one_in_use_stays() -> None:
    assert roles(primary(NORTH, 2), primary(SOUTH, 2), chosen=SOUTH) == [Role.OLD, Role.PRIMARY]


def test_a_standby_that_has_everything_is_not_behind() -> None:
    told = judged([primary(NORTH, 1), Seen(SOUTH, Role.STANDBY, 7, 0, 100, behind=3600.0)], None)
    assert told[1].behind == 0


def test_the_servers_of_an_address_have_their_ports() -> None:
    assert Hosts({"host": "a,b", "port": "5432,5433"}).places == [("a", "5432"), ("b", "5433")]
    assert Hosts({"host": "a,b", "port": "5432"}).places == [("a", "5432"), ("b", "5432")]
    assert Hosts({}).places == [("", "")]


def test_whoever_connects_goes_on_although_another_forgets_the_choice_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Forgotten(Hosts):
        """Each choice is forgotten at once, by somebody who has just lost a connection."""

        chosen = property(lambda _self: None, lambda _self, _place: None)

    called: list[object] = []

    def enter(_kind: object, place: tuple[str, str]) -> None:
        called.append(hosts.calling(place)["host"])

    hosts = Forgotten({"host": "north,south", "port": "5432"})
    monkeypatch.setattr(hosts, "look", lambda: judged([primary(NORTH, 1), Seen(SOUTH, Role.AWAY)], None))
    monkeypatch.setattr(hosts, "_entered", enter)
    hosts.connect(Connection)
    assert called == ["north"]


@pytest.mark.parametrize(
    ("awaited", "there", "fits"),
    [("south", ["south"], True), ("south", ["other"], False), ("ANY 1 (a, b)", ["b"], True), ("FIRST 1 (a)", [], False),
     ("*", ["whoever"], True), ("*", [], False), ('"my-standby"', ["my-standby"], True)],
)  # fmt: skip
def test_whose_word_is_awaited(awaited: str, there: list[str], fits: bool) -> None:
    assert is_there(awaited, there) is fits


def test_what_people_are_told() -> None:
    both = judged([primary(NORTH, 1), primary(SOUTH, 2)], None)
    assert "north:5432 accepts writes, but another one has taken over" in " ".join(alarms(Standing(both, "north")))
    alone = [primary(NORTH, 3), Seen(SOUTH, Role.AWAY, why="no answer")]
    assert "south:5432 is not there (no answer)" in " ".join(alarms(Standing(alone, "south")))
    assert "No database server accepts" in " ".join(alarms(Standing([Seen(NORTH, Role.AWAY)])))
    behind = [primary(NORTH, 3), Seen(SOUTH, Role.STANDBY, behind=90.0)]
    assert "south:5432 is 90 seconds behind" in " ".join(alarms(Standing(behind, "south")))
    assert "No second database server is awaited" in " ".join(alarms(Standing(behind)))
    assert list(alarms(Standing([primary(NORTH, 3)]))) == []
