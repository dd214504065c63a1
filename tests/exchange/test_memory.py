"""A file for which the computer has too little memory is refused in a sentence, before it or afterwards."""

from pathlib import Path

import pytest
from flask import Flask

from mes.core import memory
from mes.core.access import Role
from mes.exchange import roominess, service
from mes.exchange.roominess import FileNeedsMemory
from mes.exchange.service import prepare
from mes.web.errors import MemoryShort
from tests.conftest import Shop
from tests.desk import Desk
from tests.faults.capped import a_list, a_workbook

LIMITS = """Limit                     Soft Limit           Hard Limit           Units
Max data size             268435456            unlimited            bytes
Max address space         unlimited            unlimited            bytes
"""


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the kernel says of this process."""
    (tmp_path / "status").write_text("Name:\tmes\nVmData:\t  204800 kB\nVmSize:\t  900000 kB\n", "utf-8")
    (tmp_path / "limits").write_text(LIMITS, "utf-8")
    (tmp_path / "meminfo").write_text("MemTotal:  2048000 kB\nMemAvailable:    1024000 kB\n", "utf-8")
    monkeypatch.setattr(memory, "PROCESS", tmp_path)
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "GROUPS", ((tmp_path / "max", tmp_path / "current"),))
    return tmp_path


def test_what_is_left_is_the_least_of_machine_process_and_container(proc: Path) -> None:
    assert memory.room() == 56 * 2**20
    (proc / "limits").unlink()
    assert memory.room() == 1000 * 2**20
    (proc / "max").write_text("max\n", "utf-8")
    assert memory.room() == 1000 * 2**20
    (proc / "max").write_text("1000000\n", "utf-8")
    (proc / "current").write_text("900000\n", "utf-8")
    assert memory.room() == 100_000


def test_a_system_that_does_not_say_what_is_left_reads_the_file(proc: Path) -> None:
    for file in proc.iterdir():
        file.unlink()
    assert memory.room() is None
    assert len(prepare("items", "items.csv", a_list(300)).sheet.rows) > 0


@pytest.mark.parametrize(("name", "content"), [("items.csv", a_list(3 * 2**20)), ("items.xlsx", a_workbook(3 * 2**20))])
def test_a_file_that_needs_more_than_there_is_is_not_even_begun(
    name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "room", lambda: 10 * 2**20)
    with pytest.raises(FileNeedsMemory) as refused:
        prepare("items", name, content)
    assert f"Reading the file {name} needs about " in str(refused.value)
    assert "only 10 MB are free" in str(refused.value)
    monkeypatch.setattr(memory, "room", lambda: 2**30)
    assert prepare("items", name, content).name == name


def test_a_small_file_is_read_whatever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "room", lambda: 0)
    assert roominess.SMALL > 300
    assert prepare("items", "items.csv", a_list(300)).name == "items.csv"


def test_memory_that_ends_in_the_midst_of_a_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(*_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(service, "read_table", nothing_left)
    with pytest.raises(FileNeedsMemory, match=r"items\.csv"):
        prepare("items", "items.csv", a_list(300))


def test_memory_that_ends_anywhere_else_is_said_on_the_page(
    app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_left(*_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr("mes.web.copy_views.standing.kept", nothing_left)
    desk = Desk(app, shop, Role.ADMIN)
    assert MemoryShort.message % {} in desk.see("/copies", 422)
