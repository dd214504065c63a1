"""What a plant tells head office, and what it keeps back."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from mes.core.config import Settings
from mes.core.i18n import speaking
from mes.people.plant import mark_plant, set_up_plant
from mes.plants import publication
from mes.plants.copies import check_boss, look_at, url_of
from mes.plants.refusals import (
    BadRole,
    FollowedAlready,
    NoBoss,
    NoMark,
    NoServer,
    NotFollowed,
    NotLogical,
    NotTold,
    OtherTables,
    PlantAway,
    RoleMissing,
    ServerTooOld,
    StillFollowed,
)
from mes.plants.service import check_new, leave_plant, note_plant
from mes.plants.tracing import WhichPlant
from mes.web.commands import plants as commands
from mes.web.tables import metadata
from tests.conftest import Shop


def told() -> dict[str, list[str]]:
    return {table.name: publication.columns_told(table) for table in publication.tables_told(metadata)}


def test_nothing_is_told_that_opens_a_door() -> None:
    columns = [f"{table}.{column}" for table, names in told().items() for column in names]
    assert "persons.name" in columns
    assert not [name for name in columns if name.endswith("_hash") or name in ("persons.badge", "computers.key_mark")]
    assert not {"sign_ins", "api_tokens", "second_factors", "recovery_codes", "one_time_keys"} & set(told())


def test_every_other_table_is_told() -> None:
    assert set(metadata.tables) - set(told()) == publication.KEPT_BACK


def test_what_is_kept_back_is_of_this_version() -> None:
    assert set(metadata.tables) >= publication.KEPT_BACK, "a table that is gone is kept back"


def test_a_plant_without_a_mark_is_not_followed(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="부산"))
    with pytest.raises(NoMark):
        publication.check_mark(shop.database)
    shop.do(lambda work: mark_plant(work, "B"))
    assert publication.check_mark(shop.database) == "B"


def test_a_server_that_writes_too_little_is_refused(shop: Shop) -> None:
    with shop.database.engine.connect() as connection:
        refusal = NoServer if shop.database.is_sqlite else NotLogical
        with pytest.raises(refusal):
            list(publication.statements(connection, metadata, "head_office"))
        with pytest.raises(BadRole):
            list(publication.statements(connection, metadata, "head office"))


def test_an_embedded_plant_notices_nothing(sqlite: object, shop: Shop) -> None:
    if shop.database.is_sqlite:
        with shop.database.engine.connect() as connection, publication.quiet(connection, metadata):
            assert connection.execute(text("SELECT 1")).scalar() == 1
        with pytest.raises(NoServer):
            look_at(shop.database.url)
        with pytest.raises(NoServer):
            check_boss(shop.database.url)
    else:
        with pytest.raises(NotTold):
            look_at(shop.database.url)


def test_who_cannot_be_reached_is_said_in_a_sentence() -> None:
    with pytest.raises(PlantAway):
        look_at("postgresql://head_office@127.0.0.1:1/plant?connect_timeout=2")


def test_a_plant_is_followed_once_and_left(shop: Shop) -> None:
    shop.do(lambda work: note_plant(work, "B", "b.example:5432"))
    with pytest.raises(FollowedAlready):
        shop.do(lambda work: check_new(work, "B"))
    shop.do(lambda work: note_plant(work, "B", "new.example:5432"))
    assert shop.do(lambda work: leave_plant(work, "B")).place == "new.example:5432"
    with pytest.raises(NotFollowed):
        shop.do(lambda work: leave_plant(work, "B"))


def test_a_copy_lies_beside_head_offices_own_database() -> None:
    own = "postgresql+psycopg://boss:secret@ho.example:5432/office?connect_timeout=5"
    assert url_of(own, "B") == own.replace("/office", "/office_b")


def test_what_is_kept_for_a_head_office_that_is_connected_is_not_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = publication.Slot("head_office_a", active=True, kept=5 * 2**20, lost=False)
    monkeypatch.setattr(publication, "slots", lambda _connection: [slot])
    monkeypatch.setattr(publication, "most_kept", lambda _connection: -1)
    with pytest.raises(StillFollowed):
        publication.unpublish(None)  # type: ignore[arg-type]
    with speaking("en", "Asia/Seoul"):
        assert "max_slot_wal_keep_size" in " ".join(publication.alarms(None))  # type: ignore[arg-type]
        away = publication.Slot("head_office_a", active=False, kept=5 * 2**20, lost=False)
        monkeypatch.setattr(publication, "slots", lambda _connection: [away])
        assert "keeps 5.0 MB" in " ".join(publication.alarms(None))  # type: ignore[arg-type]
        gone = publication.Slot("head_office_a", active=False, kept=0, lost=True)
        monkeypatch.setattr(publication, "slots", lambda _connection: [gone])
        assert "anew" in " ".join(publication.alarms(None))  # type: ignore[arg-type]


def test_only_a_superuser_may_follow(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    if not shop.database.is_sqlite:
        check_boss(shop.database.url)  # the role of the tests is one
        with shop.database.engine.connect() as connection:
            connection.execute(text("DROP ROLE IF EXISTS mes_no_boss"))
            connection.execute(text("CREATE ROLE mes_no_boss LOGIN"))
            connection.commit()
        with pytest.raises(NoBoss):
            check_boss(shop.database.url.replace("//mes@", "//mes_no_boss@"))


def test_a_server_of_before_columns_could_be_kept_back_is_refused() -> None:
    old = SimpleNamespace(dialect=SimpleNamespace(name="postgresql"), scalar=lambda _asked, *_values: "140005")
    with pytest.raises(ServerTooOld):
        list(publication.statements(cast("Any", old), metadata, "head_office"))


def test_a_plant_of_another_version_is_not_followed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    if shop.database.is_sqlite:
        return
    with publication.changing(shop.database) as connection:
        connection.execute(text(f"CREATE PUBLICATION {publication.NAME} FOR TABLE alembic_version"))
    try:
        assert look_at(shop.database.url).mark == ""
        monkeypatch.setattr("mes.plants.copies.schema.head", lambda: "9999")
        with pytest.raises(OtherTables):
            look_at(shop.database.url)
    finally:
        with publication.changing(shop.database) as connection:
            publication.unpublish(connection)


def test_a_plant_lets_in_only_a_role_that_is_there(shop: Shop, tmp_path: Path) -> None:
    shop.do(lambda work: set_up_plant(work, name="부산"))
    shop.do(lambda work: mark_plant(work, "B"))
    said = told_by(shop, tmp_path, "publish", "--role", "nobody_here")
    assert isinstance(said, NoServer if shop.database.is_sqlite else RoleMissing)


def test_a_code_of_several_plants_asks_which_one(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = SimpleNamespace(standing=SimpleNamespace(called="수원 (A)"), handle=SimpleNamespace(item="볼트"))
    monkeypatch.setattr(commands, "trace_across", lambda *_asked: [one, one])
    assert isinstance(told_by(shop, tmp_path, "trace", "L260105-0001K"), WhichPlant)


def told_by(shop: Shop, folder: Path, *words: str) -> BaseException | None:
    """What a command says no with."""
    settings = Settings(data_dir=folder, database_url=shop.database.url)
    return CliRunner().invoke(commands.plants, words, obj=settings).exception
