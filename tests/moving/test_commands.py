"""From the command line, as somebody does it who only read ``--help``."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mes.core.access import Role
from mes.core.config import Settings
from mes.moving.package import ExportInTheWay
from mes.people.service import add_person
from mes.people.sign_ins import prove_password
from mes.web.demo import build
from tests.conftest import WORKER, Shop, migrate
from tests.databases import ROOT, postgresql_database, sqlite_database
from tests.moving.factory import NOW, proofs, reopened
from tests.needs import needs
from tests.web.commands import mes, program, unused_port

PASSWORD = "try-the-factory"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation with somebody who can sign in."""
    folder = tmp_path / "data"
    folder.mkdir()
    with reopened(sqlite_database(folder / "mes.db", migrate)) as database:
        Shop(database).do(
            lambda work: add_person(
                work, code="P1", name="Anna", roles=[Role.ADMIN], login="anna", password="try-the-factory"
            )
        )
    return folder


@pytest.fixture
def server() -> str:
    """The address of an empty database, as somebody types it."""
    needs("postgresql")
    return postgresql_database(f"mes_typed_{WORKER}").replace("postgresql+psycopg", "postgresql")


def test_a_plant_moves_by_one_command_and_works_there(
    folder: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "EMPTY database" in mes(folder, "move-database", "--help").output
    assert mes(folder, "move-database", server, typed="n\n").exit_code == 1
    said = mes(folder, "move-database", server, "--switch", typed="y\n")
    assert said.exit_code == 0, said.output
    for sentence in ("nothing can be recorded", "read back and compared", "everything agrees", "was written into"):
        assert sentence in said.output
    assert (tmp_path / "mes.toml").read_text("utf-8").startswith('database_url = "postgresql+psycopg://')
    assert "This plant moved to" in mes(folder, "check", MES_DATABASE_URL=f"sqlite:///{folder / 'mes.db'}").stderr
    assert "everything agrees" in mes(folder, "check").output, "mes.toml says where"
    assert "is in postgresql" in mes(folder, "move-database", server, "--yes").stderr


def test_a_server_is_not_started_on_the_old_database(folder: Path, server: str) -> None:
    assert mes(folder, "move-database", server, "--yes", "--no-check").exit_code == 0
    with program(folder, unused_port(), "serve") as running:
        running.process.wait(60)
        code, _out, err = running.end()
    assert code != 0
    assert "This plant moved to" in err
    back = mes(folder, "move-database", "--give-up", typed="y\n")
    assert "works in" in back.output
    assert "everything agrees" in mes(folder, "check").output


def test_a_command_without_an_address_says_how_it_is_used(folder: Path) -> None:
    assert mes(folder, "move-database").exit_code == 2
    assert "is not the address of a database" in mes(folder, "move-database", "there").stderr
    assert "is not being moved" in mes(folder, "move-database", "--give-up", "--yes").stderr


def test_everything_goes_out_and_comes_into_an_empty_installation_where_people_sign_in(
    folder: Path, server: str, tmp_path: Path
) -> None:
    out, new = tmp_path / "all.zip", tmp_path / "new"
    said = mes(folder, "export", "--all", str(out))
    assert said.exit_code == 0, said.output
    assert "The hash that stands for all of it" in said.output
    assert ExportInTheWay.hint in mes(folder, "export", "--all", str(out)).stderr
    read = mes(new, "import", "--all", str(out), MES_DATABASE_URL=server.replace("postgresql:", "postgresql+psycopg:"))
    assert read.exit_code == 0, read.output
    assert "each compared with its hash" in read.output
    assert "everything agrees" in read.output
    assert proofs(server.replace("postgresql:", "postgresql+psycopg:")) == proofs(f"sqlite:///{folder / 'mes.db'}")
    with reopened(server.replace("postgresql:", "postgresql+psycopg:")) as database:
        anna = Shop(database).do(lambda work: prove_password(work, "anna", PASSWORD))
        assert anna is not None
        assert anna.name == "Anna"
    assert mes(new, "import", "--all", str(tmp_path / "nothing")).exit_code == 2
    assert mes(new, "import", "--all", str(out), str(out)).exit_code == 2


# Both sample factories, and a kill in the midst


@pytest.fixture(scope="module", params=["food", "machinery"])
def factory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A sample factory."""
    folder = tmp_path_factory.mktemp("factory")
    url = f"sqlite:///{folder / 'mes.db'}"
    migrate(url)
    with reopened(url) as database:
        build(database, request.param, NOW)
    return Settings(data_dir=folder, database_url=url)


@pytest.mark.thorough
@pytest.mark.long
def test_a_sample_factory_goes_to_postgresql_out_into_files_and_back_to_sqlite(
    factory: Settings, server: str, tmp_path: Path
) -> None:
    before, there = proofs(factory.database), server.replace("postgresql:", "postgresql+psycopg:")
    assert mes(factory.data_dir, "move-database", server, "--yes").exit_code == 0
    moved = proofs(there)
    assert moved | {"events": before["events"]} == before, "the event of the move has come in"
    assert moved == proofs(factory.database)
    folder, back = tmp_path / "all", tmp_path / "back"
    assert mes(factory.data_dir, "export", "--all", str(folder), MES_DATABASE_URL=there).exit_code == 0
    assert mes(back, "import", "--all", str(folder)).exit_code == 0
    assert proofs(f"sqlite:///{back / 'mes.db'}") == moved
    mes(factory.data_dir, "move-database", "--give-up", "--yes")


#: Moves in small steps, so that a kill comes at any of them.
SLOWLY = """
import sys
from mes.moving import values
values.ROWS = 40
from mes.web.cli import main
main(sys.argv[1:])
"""


@pytest.mark.thorough
@pytest.mark.long
def test_a_program_that_is_killed_again_and_again_moves_the_plant_once(folder: Path, server: str) -> None:
    assert mes(folder, "generate", "--edges", "1000").exit_code == 0
    chance, there = random.Random(7), server.replace("postgresql:", "postgresql+psycopg:")
    environment = os.environ | {"MES_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-c", SLOWLY, "move-database", server, "--yes", "--no-check"]
    for _kill in range(6):
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env=environment, cwd=folder, stdout=quiet, stderr=quiet) as one:
            try:
                one.wait(chance.uniform(2.0, 9.0))
            except subprocess.TimeoutExpired:
                os.kill(one.pid, signal.SIGKILL)
    done = mes(folder, "move-database", server, "--yes")
    assert done.exit_code == 0 or "is in postgresql" in done.stderr or "moved to" in done.stderr
    assert proofs(there) == proofs(f"sqlite:///{folder / 'mes.db'}")
    assert "everything agrees" in mes(folder, "check", MES_DATABASE_URL=there).output
