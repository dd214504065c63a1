"""The test bench itself: databases and skips."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import (
    ROOT,
    VARIABLE,
    clean_postgresql,
    postgresql_database,
    session_folder,
    sqlite_database,
)
from tests.needs import needs


def _prepare(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE lot (id integer PRIMARY KEY, code text)"))
        connection.execute(sa.text("CREATE TABLE part (id integer PRIMARY KEY, lot integer REFERENCES lot(id))"))
    engine.dispose()


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch folder like the session's, so that its databases are not touched."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_a_sqlite_database_is_a_copy_of_the_prepared_one(own_folder: Path) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        _prepare(url)

    for name in ("one.db", "two.db"):
        engine = sa.create_engine(sqlite_database(own_folder / name, prepare))
        assert sa.inspect(engine).get_table_names() == ["lot", "part"]
        engine.dispose()
    assert len(prepared) == 1


def test_a_postgresql_database_is_emptied_between_tests(worker_id: str) -> None:
    needs("postgresql")
    engine = sa.create_engine(postgresql_database(f"bench_{worker_id}"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE lot (id integer PRIMARY KEY)"))
        connection.execute(sa.text("CREATE TABLE part (lot integer REFERENCES lot(id))"))
        connection.execute(sa.text("INSERT INTO lot VALUES (1)"))
        connection.execute(sa.text("INSERT INTO part VALUES (1)"))
    with engine.connect() as connection:
        clean_postgresql(connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM lot")) == 0
        assert connection.scalar(sa.text("SELECT count(*) FROM part")) == 0
        assert connection.scalar(sa.text("SHOW session_replication_role")) == "origin"
    engine.dispose()


@pytest.mark.thorough
def test_a_session_that_is_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    needs("postgresql")
    script = (
        "import time\n"
        "from tests.databases import open_folder, postgresql_database\n"
        "folder = open_folder()\n"
        "postgresql_database('bench')\n"
        "print(folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    ) as session:
        assert session.stdout is not None
        folder = Path(session.stdout.readline().strip())
        server = int((folder / "postgresql/data/postmaster.pid").read_text("utf-8").splitlines()[0])
        session.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (folder.exists() or _is_running(server)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
    assert not _is_running(server)


def _is_running(pid: int) -> bool:
    """Whether the process still has a command line: a dead one that nobody has buried yet has none."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(("required", "outcome"), [("0", "1 skipped"), ("1", "1 failed")])
def test_a_skip_is_a_failure_where_everything_is_required(required: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "test_skip.py").write_text("import pytest\ndef test_skip():\n    pytest.skip('no scale')\n", "utf-8")
    plugins = ("tests.plugin", "no:cacheprovider", "no:schemathesis", "no:hypothesispytest", "no:anyio")
    options = [word for name in plugins for word in ("-p", name)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", os.devnull, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"MES_REQUIRE_ALL": required},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome in done.stdout, done.stdout + done.stderr
    assert ("no scale" in done.stdout) == (required == "1")
    assert session_folder().is_dir()
