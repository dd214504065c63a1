"""``mes generate``: a large plant is believable to the last row, always the same, and never mixed with a real one."""

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, text

from mes.core.db import Database
from mes.lots.models import Edge, Lot
from mes.lots.service import receive_lots
from mes.trace.queries import Direction, trace
from mes.web.check import check
from mes.web.generating.campaigns import edges_of, lines, plan
from mes.web.generating.ledger import COLUMNS
from mes.web.generating.service import TRACED, PlantNotEmpty, generate
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_item
from tests.web.commands import mes

pytestmark = [pytest.mark.long, pytest.mark.thorough, pytest.mark.xdist_group("generating")]
EDGES = 3_500


def test_it_has_about_as_many_edges_as_asked_and_families_of_a_known_size(database: Database) -> None:
    done = generate(database, EDGES)
    assert EDGES <= done.rows["genealogy"] < EDGES + edges_of()
    assert list(done.roots) == [TRACED[0]]
    with database.read() as read:
        assert read.scalar(select(func.count(Edge.id))) == done.rows["genealogy"]
        root = read.scalars(select(Lot.id).where(Lot.code == done.roots[TRACED[0]])).one()
        assert len(trace(read, [root], Direction.DOWN).lots) == TRACED[0]


def test_all_that_is_proved_of_a_plant_is_true_of_a_generated_one_and_work_goes_on_in_it(shop: Shop) -> None:
    generate(shop.database, EDGES)
    with shop.read() as read:
        newest = read.scalar(select(func.max(Lot.id))) or 0
    item = shop.do(lambda work: make_item(work, code="NEW"))
    [lot] = shop.do(lambda work: receive_lots(work, item=item, quantities=[Decimal(1)]))
    assert lot.id == newest + 1
    assert check(shop.database).faults == []


def test_the_same_seed_gives_the_same_rows_and_another_one_others(tmp_path: Path) -> None:
    plants = {}
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        sqlite_database(tmp_path / name, migrate)
        database = Database(f"sqlite:///{tmp_path / name}")
        generate(database, 1_000, seed)
        plants[name] = _rows(database)
    assert plants["first"] == plants["again"] != plants["other"]


def test_the_command_makes_the_plant_too_and_says_how_fast_it_was(tmp_path: Path) -> None:
    done = mes(tmp_path, "generate", "--edges", "1000")
    assert done.exit_code == 0, done.output
    assert "rows in" in done.output
    assert "There is something in this plant already" in mes(tmp_path, "generate", "--edges", "1000").output


def _rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as read:
        found = {table: [tuple(row) for row in read.execute(text(f"SELECT * FROM {table}"))] for table in COLUMNS}
    database.close()
    return found


def test_a_plant_in_which_anything_was_recorded_is_refused_and_stays_as_it_is(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="FLOUR"))
    with pytest.raises(PlantNotEmpty) as refused:
        generate(shop.database, 1_000)
    assert "1 items" in str(refused.value)
    with shop.read() as read:
        assert read.scalar(select(func.count(Lot.id))) == 0


def test_a_writing_that_is_cut_off_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mes.web.generating.books.Books._ship", cut)
    with pytest.raises(KeyboardInterrupt):
        generate(shop.database, 1_000)
    with shop.read() as read:
        assert read.scalar(select(func.count(Lot.id))) == 0


def test_every_lot_of_a_campaign_covers_what_is_taken_from_it() -> None:
    chance = Random(3)
    for line in lines(chance):
        lots = plan(chance, line)
        taken = dict.fromkeys(range(len(lots)), 0)
        for place, lot in enumerate(lots):
            assert all(part.place < place for part in lot.parts)
            for part in lot.parts:
                taken[part.place] += part.taken
        finished = max(lot.item for lot in lots)
        assert all(lot.made == taken[place] + lot.rest for place, lot in enumerate(lots) if lot.item != finished)
