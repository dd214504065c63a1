"""A byte that changed on the disk is found when the books are proved each night; the backup to go back to is named."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.db import Database
from mes.items.models import Item
from mes.items.service import change_item
from mes.keeping import queries
from mes.keeping.backup import backup
from mes.keeping.copying import Copying
from mes.keeping.proving import damage, prove_apart
from mes.keeping.rules import DAYS
from mes.people.plant import set_up_plant
from mes.web import check_against, check_values
from mes.web.cli import main
from mes.web.doctor import examine
from mes.web.tables import metadata
from tests.conftest import MORNING, Shop, migrate
from tests.databases import sqlite_database
from tests.desk import Desk
from tests.factories import make_item, make_person

pytestmark = pytest.mark.xdist_group("damage")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An embedded plant's data folder."""
    (tmp_path / "data").mkdir()
    return Settings(data_dir=tmp_path / "data", secret_key="only tested")


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    """A plant with an item and a person, in a file of its own."""
    database = Database(sqlite_database(settings.data_dir / "mes.db", migrate))
    shop = Shop(database)
    shop.do(lambda work: set_up_plant(work, name="가나다", language="en"))
    shop.do(lambda work: make_item(work, code="PUMP"))
    shop.do(make_person)
    yield shop
    database.engine.dispose()


def spoil(settings: Settings, *statements: str) -> None:
    """What a disk does: past all rules and guards."""
    with closing(sqlite3.connect(settings.data_dir / "mes.db", isolation_level=None)) as file:
        triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            file.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            file.execute(statement)
        for _name, sql in triggers:
            file.execute(sql)


def values_told(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [message % values for message, values in check_values.faults(read, metadata, 20, [])]


def test_a_plant_whose_values_are_right_has_none_that_are_wrong(shop: Shop) -> None:
    assert values_told(shop) == []


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE items SET kind = 'fin#shed'", "items, kind"),
        ("UPDATE items SET name = CAST(x'ed8e8cfced9484' AS TEXT)", "items, name"),
        ("UPDATE persons SET active = 'yes'", "persons, active"),
        ("UPDATE events SET at = '2026-01-05#00:30:00.000000'", "events, at"),
        ("UPDATE events SET at = '2026-13-05 00:30:00.000000'", "events, at"),
        ("UPDATE items SET version = x'01'", "items, version"),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_named(
    shop: Shop, settings: Settings, statement: str, where: str
) -> None:
    spoil(settings, statement)
    table, column = where.split(", ")
    said = values_told(shop)
    assert said
    assert all(one.startswith(f"In table {table}, {column} of row 1") or "of row" in one for one in said)


def older(settings: Settings) -> Path:
    """Last night's copy."""
    file = settings.data_dir.parent / "older.db"
    with closing(sqlite3.connect(settings.data_dir / "mes.db")) as now, closing(sqlite3.connect(file)) as copy:
        now.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return file


def against(settings: Settings, copy: Path) -> list[str]:
    found = check_against.faults(settings.data_dir / "mes.db", copy, metadata, 20)
    return [message % values for message, values in found]


def test_what_people_changed_since_the_copy_is_no_damage(shop: Shop, settings: Settings) -> None:
    copy = older(settings)
    with shop.read() as read:
        pump = read.scalars(select(Item)).one()
    shop.do(lambda work: change_item(work, pump.code, name="다른 펌프", version=pump.version))
    shop.do(make_item)
    assert against(settings, copy) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE items SET name = 'Punp'", "Row 1 of table items is not what it was"),
        ("UPDATE events SET verb = 'items.bdd' WHERE id = 1", "Row 1 of table events is not what it was"),
        ("DELETE FROM events WHERE id = 1", "Row 1 of table events is in the copy and was removed"),
        ("DROP INDEX ix_events_at", "index ix_events_at of the database is not what it was"),
    ],
)
def test_what_nobody_changed_is_still_what_it_was_in_the_copy(
    shop: Shop, settings: Settings, statement: str, said: str
) -> None:
    copy = older(settings)
    spoil(settings, statement)
    [sentence] = against(settings, copy)
    assert sentence.startswith(said)


def test_a_copy_of_other_tables_is_not_compared_and_one_that_is_none_is_said(shop: Shop, settings: Settings) -> None:
    copy = older(settings)
    with closing(sqlite3.connect(copy)) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
        file.commit()
    spoil(settings, "UPDATE items SET name = 'Punp'")
    assert against(settings, copy) == []
    copy.write_bytes(b"no database at all" * 1000)
    [sentence] = against(settings, copy)
    assert sentence.startswith("The database cannot be held against the copy")


class Night:
    """The plant's nights, each proved by whatever the disk has left."""

    def __init__(self, shop: Shop, settings: Settings) -> None:
        self.shop = shop
        self.asked: list[Path | None] = []
        self.wrong: list[str] = []
        self.keeper = Copying(shop.database, settings, lambda: shop.now, prove=self._prove)

    def _prove(self, _settings: Settings, _url: str, copy: Path | None) -> list[str]:
        self.asked.append(copy)
        return self.wrong

    def comes(self, *wrong: str) -> str | None:
        """A night, and what is told in the morning."""
        self.shop.later(days=1)
        self.wrong = list(wrong)
        self.keeper.look()
        return self.keeper.damage


def test_each_night_the_books_are_proved_and_held_against_the_last_good_copy(shop: Shop, settings: Settings) -> None:
    night = Night(shop, settings)
    assert night.comes() is None
    assert night.comes() is None
    with shop.read() as read:
        copies = queries.page_of_copies(read, None).rows
    assert [one.tried_well for one in copies] == [True, True]
    assert night.asked == [None, night.keeper.folder / copies[1].file]
    night.keeper.look()
    assert len(night.asked) == 2, "each copy is proved once"


def test_what_the_night_found_is_told_with_the_backup_to_go_back_to(shop: Shop, settings: Settings) -> None:
    night = Night(shop, settings)
    night.comes()
    good = next(night.keeper.folder.iterdir()).name
    said = night.comes("Row 7 of table lots is not what it was.")
    assert said is not None
    assert "Row 7 of table lots is not what it was." in said
    assert f"The last good backup is {good} of " in said
    with shop.read() as read:
        assert damage(read) == said, "another process of the plant says the same"
    for _night in range(2 * DAYS):
        night.comes("Row 7 of table lots is not what it was.")
    assert (night.keeper.folder / good).is_file(), "it is kept as long as nothing after it is known to be well"
    assert night.comes() is None


def test_a_plant_without_a_proven_backup_is_told_so(shop: Shop, settings: Settings) -> None:
    assert "No backup was proven yet." in str(Night(shop, settings).comes("wrong"))


def test_a_page_that_is_none_any_more_is_told_at_once(shop: Shop, settings: Settings) -> None:
    night = Night(shop, settings)
    night.comes()
    shop.database.close()
    with closing(sqlite3.connect(settings.data_dir / "mes.db")) as file:
        file.execute("PRAGMA writable_schema=ON")
        file.execute("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'lots') "
                     "WHERE name = 'ix_genealogy_up'")  # fmt: skip
        file.commit()
    said = night.comes()
    assert said is not None
    assert said.startswith("The database is damaged")
    assert "backup is" in said
    night.keeper.look()
    assert night.keeper.damage == said, "as long as no copy can be made"


def test_the_check_runs_by_itself_beside_the_program(shop: Shop, settings: Settings) -> None:
    copy = backup(settings, settings.data_dir / "older.zip", MORNING)
    shop.database.close()
    assert prove_apart(settings, settings.database, copy) == []
    spoil(settings, "UPDATE items SET name = 'Punp'")
    [said] = prove_apart(settings, settings.database, copy)
    assert said.startswith("Row 1 of table items is not what it was")
    [said] = prove_apart(settings, "sqlite:////nowhere/at/all.db", copy)
    assert "There is no plant in" in said or "mes init" in said


def run(settings: Settings, *words: str) -> tuple[int, str]:
    named = {"MES_DATA_DIR": str(settings.data_dir), "LC_ALL": "C.UTF-8"}
    done = CliRunner(env=named).invoke(main, list(words))
    return done.exit_code, done.output


def test_the_command_line_holds_the_plant_against_a_backup_and_names_the_last_good_one(
    shop: Shop, settings: Settings
) -> None:
    night = Night(shop, settings)
    night.comes()
    [good] = night.keeper.folder.iterdir()
    assert run(settings, "check", "--against", str(good))[0] == 0
    spoil(settings, "UPDATE items SET name = 'Punp'")
    status, said = run(settings, "check", "--against", str(good))
    assert (status, "Row 1 of table items" in said, f"The last good backup is {good.name}" in said) == (1, True, True)
    status, told = run(settings, "check", "--against", str(good), "--json")
    assert (status, [one["rule"] for one in json.loads(told)["faults"]]) == (1, ["against"])


def test_a_database_that_cannot_be_opened_is_told_with_the_newest_backup(shop: Shop, settings: Settings) -> None:
    Night(shop, settings).comes()
    shop.database.close()
    (settings.data_dir / "mes.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    status, said = run(settings, "check")
    assert status == 1
    assert "The newest backup is" in said
    assert "mes restore" in said


def test_a_postgresql_plant_is_not_held_against_a_file(shop: Shop, settings: Settings) -> None:
    copy = backup(settings, settings.data_dir / "older.zip", MORNING)
    elsewhere = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    from mes.keeping.backup import NoBackup
    from mes.web.commands.checking import _against

    with pytest.raises(NoBackup, match=r"PostgreSQL\?"):
        list(_against(elsewhere, copy))


def test_a_server_whose_pages_carry_no_checksums_says_what_that_means(postgresql: Database) -> None:
    not_checked: list[str] = []
    with postgresql.read() as read:
        assert list(check_values.faults(read, metadata, 20, not_checked)) == []
        assert check_values.without_checksums(read) in not_checked
    assert any("pg_checksums --enable" in said for said in not_checked)


def test_the_doctor_names_what_the_night_found(shop: Shop, settings: Settings) -> None:
    night = Night(shop, settings)
    night.comes()
    night.comes("Row 7 of table lots is not what it was.")
    [said] = [one.sentence for one in examine(settings, shop.now) if one.about == "damage"]
    assert "Row 7 of table lots" in said
    assert "The last good backup is" in said


def test_the_first_page_tells_managers_what_the_night_found(
    app: Flask, shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = Night(shop, settings)
    night.comes()
    said = night.comes("Row 7 of table lots is not what it was.")
    monkeypatch.setitem(app.extensions, "keeping", type("Thread", (), {"copying": night.keeper})())
    with shop.database.read() as read:
        assert damage(read) == said
    assert "Row 7 of table lots is not what it was." in Desk(app, shop, Role.MANAGER).see("/")
    assert "Row 7 of table lots" not in Desk(app, shop, Role.OPERATOR).see("/")
