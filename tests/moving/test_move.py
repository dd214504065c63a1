"""A plant moves to another database: all of it, proven, and nobody writes into the old one afterwards."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.errors import PlantMoves
from mes.core.events import Event
from mes.items.models import Item, ItemKind
from mes.items.service import add_item
from mes.keeping.installation import DatabaseOlder, NotInitialised, check_installed
from mes.keeping.marks import HalfFilled, MarkState, PlantMovedAway, PlantMoving
from mes.moving import filling, values
from mes.moving.doors import opened, read_url
from mes.moving.filling import NotSame, NotSound, TargetNotEmpty
from mes.moving.move import Move, MovingElsewhere, NothingToGiveUp, SameDatabase, give_up
from mes.moving.postgresql import PostgresqlSide, is_same_server
from mes.moving.sides import Broken, NoRights, NotADatabase, NotReached, OtherLetters
from mes.moving.switch import overruled_by, with_database, write_setting
from mes.web.check import check
from tests.conftest import Shop
from tests.desk import Desk
from tests.moving.factory import (
    NAUGHTY,
    NOW,
    SHAPES,
    PulledOut,
    address,
    empty_server,
    mark_of,
    move,
    other_kind,
    proofs,
    reopened,
    settings_of,
    structure,
)


def test_a_plant_moves_with_every_letter_and_works_on_in_its_new_database(
    shop: Shop, plant: Settings, target: str
) -> None:
    done = move(plant, target)
    assert done.rows > len(NAUGHTY)
    assert proofs(target) == proofs(address(shop.database))
    with reopened(target) as database:
        assert check(database).faults == []
        check_installed(replace(plant, database_url=target))
        moved = Shop(database)
        made = moved.do(lambda work: add_item(work, code="NEW", name="After the move", unit="EA", kind=ItemKind.RAW))
        with moved.read() as read:
            before = read.scalar(select(func.max(Item.id)).where(Item.code != "NEW")) or 0
            assert made.id == before + 1, "numbered behind the last one"
            assert list(read.scalars(select(Item.name).order_by(Item.id)))[: len(NAUGHTY)] == NAUGHTY
        assert check(database).faults == []


def test_the_old_database_stays_as_it_was_and_says_where_the_plant_went(
    shop: Shop, plant: Settings, target: str
) -> None:
    move(plant, target)
    before = proofs(address(shop.database))
    with pytest.raises(PlantMovedAway, match="This plant moved to"):
        check_installed(plant)
    with pytest.raises(PlantMoves, match="moving to another database"):
        shop.do(lambda work: add_item(work, code="LATE", name="Too late", unit="EA", kind=ItemKind.RAW))
    assert proofs(address(shop.database)) == before
    assert check(shop.database).faults == []
    with pytest.raises(PlantMovedAway):
        Move(plant, target, SHAPES, NOW).plan()


def test_the_log_says_on_both_sides_when_the_plant_moved(shop: Shop, plant: Settings, target: str) -> None:
    move(plant, target)
    for url in (address(shop.database), target):
        with reopened(url) as database, database.read() as read:
            last = read.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
            assert last.verb == "keeping.move_database"


def test_a_page_that_is_open_while_the_plant_moves_keeps_what_was_typed(
    shop: Shop, app: Flask, plant: Settings, target: str
) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    move(plant, target)
    said = desk.press(
        "/new/item", 503, code="LATE", name="Too late", kind="raw", unit="EA", tracking="lot", storage="dry"
    )
    assert "moving to another database" in said
    assert "Too late" in said
    assert "I0" in desk.see("/items"), "pages can be looked at"


@pytest.mark.parametrize("after", [0, 1, 7, 25])
def test_a_plug_that_is_pulled_costs_nothing_the_same_command_goes_on(
    shop: Shop, plant: Settings, target: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "ROWS", 3)
    with pytest.raises(PulledOut):
        move(plant, target, pull_after=after)
    with pytest.raises(PlantMoving, match="is being moved"):
        check_installed(plant)
    with pytest.raises(HalfFilled, match="only a part of a plant"):
        check_installed(replace(plant, database_url=target))
    begun = Move(plant, target, SHAPES, NOW).plan().begun_at
    assert begun == NOW
    move(plant, target)
    assert proofs(target) == proofs(address(shop.database))
    assert mark_of(target) is None


def test_what_is_proven_is_not_copied_again(
    shop: Shop, plant: Settings, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PulledOut):
        move(plant, target, pull_after=12)
    asked, blocks = list[int](), values.blocks

    def counted(lines: Iterable[bytes]) -> Iterator[values.Block]:
        asked.append(1)
        return blocks(lines)

    monkeypatch.setattr(filling, "blocks", counted)
    move(plant, target)
    assert 0 < len(asked) < len(SHAPES) - 4


def test_a_plug_that_is_pulled_in_the_last_moment_costs_nothing(
    plant: Settings, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling.Filling, "done", lambda _self: (_ for _ in ()).throw(PulledOut))
    with pytest.raises(PulledOut):
        move(plant, target)
    monkeypatch.undo()
    known = mark_of(plant.database)
    assert known is not None
    assert known.state is MarkState.MOVED
    move(plant, target)
    assert mark_of(target) is None


def test_a_move_that_was_begun_may_be_given_up(shop: Shop, plant: Settings, target: str) -> None:
    with pytest.raises(PulledOut):
        move(plant, target, pull_after=5)
    with pytest.raises(MovingElsewhere, match="was begun on"):
        Move(plant, f"{target}x" if target.startswith("sqlite") else "sqlite:////tmp/no.db", SHAPES, NOW).plan()
    give_up(plant, SHAPES, NOW, target=target, away=False)
    check_installed(plant)
    shop.do(lambda work: add_item(work, code="STAY", name="Here", unit="EA", kind=ItemKind.RAW))
    assert check(shop.database).faults == []
    with pytest.raises(NothingToGiveUp):
        give_up(plant, SHAPES, NOW, target=None, away=False)
    move(plant, target)
    assert proofs(target) == proofs(address(shop.database))


def test_a_plant_that_has_moved_comes_back_only_on_purpose(shop: Shop, plant: Settings, target: str) -> None:
    move(plant, target)
    with pytest.raises(PlantMovedAway):
        give_up(plant, SHAPES, NOW, target=None, away=False)
    give_up(plant, SHAPES, NOW, target=None, away=True)
    shop.do(lambda work: add_item(work, code="STAY", name="Here", unit="EA", kind=ItemKind.RAW))
    check_installed(plant)


def test_a_plant_moves_there_and_back_and_on(shop: Shop, plant: Settings, target: str, tmp_path: Path) -> None:
    move(plant, target)
    there = replace(plant, database_url=target)
    again = empty_server("third") if shop.database.is_sqlite else f"sqlite:///{tmp_path / 'third.db'}"
    move(there, again)  # to a database of its own kind
    back = replace(plant, database_url=again)
    home = f"sqlite:///{tmp_path / 'home.db'}"
    move(back, home)
    assert proofs(home) == proofs(again)
    with reopened(home) as database:
        assert check(database).faults == []


def test_a_database_in_which_something_lies_is_left_alone(shop: Shop, plant: Settings, target: str) -> None:
    with reopened(target) as database, database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebodys (id INTEGER)"))
    with pytest.raises(TargetNotEmpty, match="somebodys"):
        Move(plant, target, SHAPES, NOW).plan()
    check_installed(plant)
    shop.do(lambda work: add_item(work, code="STAY", name="Here", unit="EA", kind=ItemKind.RAW))


def test_looking_at_a_file_that_is_not_there_does_not_make_it(plant: Settings, tmp_path: Path) -> None:
    Move(plant, f"sqlite:///{tmp_path / 'new.db'}", SHAPES, NOW).plan()
    assert not (tmp_path / "new.db").exists()
    with pytest.raises(NotReached, match="unable to open"):
        Move(plant, f"sqlite:///{tmp_path}/nowhere/new.db", SHAPES, NOW).plan()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("mes@north/mes", "mes@north:5432/mes", True), ("mes@north/mes", "mes@north:5433/mes", False),
     ("mes@north/mes", "mes@north/other", False), ("/mes?host=/run/a", "/mes?host=/run/b", False),
     ("mes@/mes?host=one:5432&host=two:5432", "mes@/mes?host=three:5432&host=four:5432", False),
     ("mes@/mes?host=one:5432&host=two:5432", "mes@/mes?host=two&host=three", True),
     ("mes@two/mes", "mes@/mes?host=one,two&port=5433,5432", True)],
)  # fmt: skip
def test_a_plant_moves_to_servers_of_which_it_uses_none(one: str, other: str, same: bool) -> None:
    assert is_same_server(f"postgresql+psycopg://{one}", f"postgresql+psycopg://{other}") is same


def test_what_cannot_be_moved_to_is_told_in_a_sentence(
    plant: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SameDatabase):
        Move(plant, plant.database, SHAPES, NOW).plan()
    nobody = "postgresql+psycopg://mes:secret@127.0.0.1:9/none"
    with pytest.raises(NotReached) as refused:
        Move(plant, nobody, SHAPES, NOW).plan()
    assert "secret" not in str(refused.value)
    for url in ("mysql://root@there/mes", "there", "", "postgresql://"):
        with pytest.raises(NotADatabase):
            read_url(url)
    assert read_url("postgres://a@b/c") == read_url(" postgresql://a@b/c ") == "postgresql+psycopg://a@b/c"
    nothing = Settings(data_dir=tmp_path / "empty")
    with pytest.raises(NotInitialised):
        Move(nothing, f"sqlite:///{tmp_path / 'x.db'}", SHAPES, NOW).plan()
    monkeypatch.setattr("mes.core.schema.head", lambda: "9999")
    with pytest.raises(DatabaseOlder):
        Move(plant, f"sqlite:///{tmp_path / 'x.db'}", SHAPES, NOW).plan()


def test_a_server_that_gives_no_rights_or_loses_letters_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    url = empty_server("rights")
    with opened(url, to_write=True) as side:
        assert isinstance(side, PostgresqlSide)
        side.check_rights()
        side.run("CREATE ROLE onlooker")
        try:
            side.run("SET ROLE onlooker")
            with pytest.raises(NoRights, match="may not make tables"):
                side.check_rights()
        finally:
            side.run("RESET ROLE")
            side.run("DROP ROLE onlooker")
    run = PostgresqlSide.run
    monkeypatch.setattr(
        PostgresqlSide, "run",
        lambda self, command, *given: [("SQL_ASCII",)] if "encoding" in command else run(self, command, *given),
    )  # fmt: skip
    with pytest.raises(OtherLetters, match="SQL_ASCII"), opened(url, to_write=True):
        pass


def test_a_disk_that_keeps_something_else_than_was_written_is_found(
    shop: Shop, plant: Settings, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "mes.moving.postgresql.PostgresqlSide" if shop.database.is_sqlite else "mes.moving.sqlite.SqliteSide"
    module, _dot, name = kind.rpartition(".")
    side = getattr(__import__(module, fromlist=[name]), name)
    put = side.put

    def forgetful(self: object, shape: values.Shape, block: values.Block) -> None:
        lines = block.lines[:-1] if shape.name == "items" else block.lines
        put(self, shape, values.Block(lines))

    monkeypatch.setattr(side, "put", forgetful)
    with pytest.raises(NotSame, match="Table items did not arrive"):
        move(plant, target)


def test_a_new_database_that_lacks_its_guards_is_not_gone_into(plant: Settings, target: str) -> None:
    going = Move(plant, target, SHAPES, NOW)
    with pytest.raises(NotSound, match="Nothing keeps rows"):
        going.run(lambda _database: ["Nothing keeps rows of table events."], lambda _progress: None)
    known = mark_of(plant.database)
    assert known is not None
    assert known.state is MarkState.MOVING


def test_the_guards_of_the_books_are_in_force_after_the_move(plant: Settings, target: str) -> None:
    move(plant, target)
    with reopened(target) as database:
        assert structure(database) == []
        with pytest.raises(Exception, match="append-only"), database.engine.begin() as connection:
            connection.execute(text("UPDATE events SET reason = 'forged'"))


def test_a_server_that_goes_away_in_the_midst_is_told(tmp_path: Path) -> None:
    def read_what_is_gone() -> None:
        with opened(f"sqlite:///{tmp_path / 'a.db'}", to_write=True) as side:
            side.run("SELECT * FROM gone")

    with pytest.raises(Broken, match="no such table"):
        read_what_is_gone()
    (tmp_path / "b.db").write_text("This is no database at all, although it is named like one.")
    with pytest.raises(NotReached), opened(f"sqlite:///{tmp_path / 'b.db'}", to_write=False):
        pass


def test_a_plant_that_was_never_written_before_numbers_from_one(shop: Shop, tmp_path: Path) -> None:
    """An empty table's counter begins at its beginning."""
    target, here = other_kind(shop.database, tmp_path, "fresh"), settings_of(shop.database, tmp_path)
    move(here, target)
    give_up(here, SHAPES, NOW, target=None, away=True)
    with reopened(target) as database:
        made = Shop(database).do(lambda work: add_item(work, code="FIRST", name="First", unit="EA", kind=ItemKind.RAW))
        assert made.id == 1


def test_the_setting_is_written_without_touching_the_others(tmp_path: Path) -> None:
    (tmp_path / "mes.toml").write_text('# ours\nport = 8081\ndatabase_url = "sqlite:///old.db"\n', "utf-8")
    file = write_setting("postgresql+psycopg://a:b@c/d", tmp_path)
    assert file.read_text("utf-8") == '# ours\nport = 8081\ndatabase_url = "postgresql+psycopg://a:b@c/d"\n'
    assert file.stat().st_mode & 0o077 == 0, "a password is in it"
    assert with_database("", "x") == 'database_url = "x"\n'
    assert with_database("port = 1\n[more]\n", "x") == 'port = 1\ndatabase_url = "x"\n[more]\n'
    assert overruled_by(Settings(origin={"database_url": "MES_DATABASE_URL"})) == "MES_DATABASE_URL"
    assert overruled_by(Settings(origin={"database_url": "default"})) is None


def test_times_of_sqlite_are_not_changed_by_the_trip(shop: Shop, plant: Settings, target: str) -> None:
    move(plant, target)
    with shop.read() as one, reopened(target) as database, database.read() as other:
        asked = select(func.min(Event.at), func.max(Event.at))
        assert tuple(other.execute(asked).one()) == tuple(one.execute(asked).one())


def test_a_writer_of_another_program_is_refused_by_the_database_itself(plant: Settings, target: str) -> None:
    move(plant, target)
    if plant.database.startswith("sqlite"):
        file = plant.database.removeprefix("sqlite:///")
        with sqlite3.connect(file) as writer, pytest.raises(sqlite3.IntegrityError, match="MOVES"):
            writer.execute("UPDATE items SET name = 'forged'")
