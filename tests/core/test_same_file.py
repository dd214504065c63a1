"""The database file is taken away under the running program: nothing is acknowledged that would be gone tomorrow."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mes.core.db import Database
from mes.core.errors import FileMoved
from mes.equipment.models import Location, LocationKind
from mes.equipment.service import add_location
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Shop]:
    """An embedded plant at work, with its file at ``mes.db``."""
    database = Database(sqlite_database(tmp_path / "mes.db", migrate))
    shop = Shop(database)
    place(shop, "A")
    with shop.read() as read:
        assert read.query(Location).count() == 1
    yield shop
    database.engine.dispose()


def place(shop: Shop, code: str) -> None:
    shop.do(lambda work: add_location(work, code=code, name=code, kind=LocationKind.STORE))


def places(file: Path) -> list[str]:
    """What the next start finds."""
    database = Database(f"sqlite:///{file}")
    with database.read() as read:
        found = sorted(one.code for one in read.query(Location))
    database.engine.dispose()
    return found


def test_a_file_that_is_moved_away_takes_nothing_with_it_and_work_goes_on_when_it_is_back(
    plant: Shop, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "mes.db", tmp_path / "elsewhere.db"
    file.rename(elsewhere)
    with pytest.raises(FileMoved, match=r"mes\.db was moved, replaced or deleted"):
        place(plant, "B")
    assert not plant.database.same_file.is_well
    assert not file.exists(), "no empty file is made in its place"
    elsewhere.rename(file)
    place(plant, "B")
    assert plant.database.same_file.is_well
    assert places(file) == ["A", "B"]


def test_nothing_is_recorded_beside_a_copy_that_was_put_in_its_place(plant: Shop, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "mes.db", tmp_path / "copy.db")
    (tmp_path / "copy.db").replace(tmp_path / "mes.db")
    with pytest.raises(FileMoved):
        place(plant, "B")


def test_a_file_that_is_replaced_in_the_midst_of_an_act_is_noticed_before_its_end(plant: Shop, tmp_path: Path) -> None:
    def act(work: object) -> None:
        add_location(work, code="B", name="B", kind=LocationKind.STORE)  # type: ignore[arg-type]
        (tmp_path / "mes.db").rename(tmp_path / "gone.db")

    with pytest.raises(FileMoved):
        plant.do(act)
    (tmp_path / "gone.db").rename(tmp_path / "mes.db")
    assert places(tmp_path / "mes.db") == ["A"]


def test_what_lay_in_a_log_that_was_deleted_is_saved_and_no_more_is_taken_until_a_new_start(
    plant: Shop, tmp_path: Path
) -> None:
    place(plant, "B")
    (tmp_path / "mes.db-wal").unlink()
    for _ in range(2):
        with pytest.raises(FileMoved):
            place(plant, "C")
    assert not plant.database.same_file.is_well
    power_cut = tmp_path / "after.db"
    shutil.copy(tmp_path / "mes.db", power_cut)
    assert places(power_cut) == ["A", "B"]
    plant.database.engine.dispose()
    place(plant, "C")
    assert places(tmp_path / "mes.db") == ["A", "B", "C"]
