"""What starts the program with the machine: the same ``mes serve`` under systemd, Windows and in a container."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mes.core.config import Settings, read_settings
from mes.web import services
from mes.web.services import CONTAINER, systemd_unit, windows_task
from tests.databases import ROOT
from tests.web.commands import mes

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
#: Folders as plants name them.
ODD = '공장 데이터 50% "새것" $HOME'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with blanks, Korean letters and signs that mean something to systemd."""
    made = tmp_path / ODD
    made.mkdir()
    return made


@pytest.fixture
def settings(folder: Path) -> Settings:
    """Settings of a terminal in which somebody set some."""
    return read_settings(
        {"MES_DATA_DIR": str(folder), "MES_PORT": "8090", "MES_TLS": "1", "MES_SECRET_KEY": "geheim"}, folder
    )


def entries(unit: str, name: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.splitlines() if line.startswith(f"{name}=")]


def word(text: str) -> str:
    """A quoted word as systemd reads it."""
    return shlex.split(text)[0].replace("%%", "%").replace("$$", "$")


def test_the_unit_starts_mes_serve_in_its_folder(settings: Settings, folder: Path) -> None:
    unit = systemd_unit(settings, folder, "mes")
    (start,) = entries(unit, "ExecStart")
    assert shlex.split(start) == [str(Path(sys.executable).with_name("mes")), "serve"]
    assert entries(unit, "WorkingDirectory") == [str(folder).replace("%", "%%")]
    assert [word(one) for one in entries(unit, "ReadWritePaths")] == [str(folder)]
    assert {word(one) for one in entries(unit, "Environment")} >= {
        f"MES_DATA_DIR={folder}", "MES_PORT=8090", "MES_TLS=1"
    }  # fmt: skip


def test_no_secret_gets_into_a_unit_or_task(settings: Settings, folder: Path) -> None:
    for made in (systemd_unit(settings, folder, "mes"), windows_task(settings, folder)):
        assert "geheim" not in made
        assert "MES_SECRET_KEY" in made  # but whoever installs it is told


def test_a_unit_without_odd_settings_may_write_to_its_own_folders_only(folder: Path, tmp_path: Path) -> None:
    unit = systemd_unit(Settings(data_dir=folder), folder, "mes", [tmp_path / "stick"])
    assert [word(one) for one in entries(unit, "ReadWritePaths")] == [str(folder), str(tmp_path / "stick")]
    assert entries(unit, "ProtectSystem") == ["strict"]
    assert entries(unit, "CapabilityBoundingSet") == [""]


def test_a_port_of_the_machine_itself_needs_one_right_more(folder: Path) -> None:
    unit = systemd_unit(Settings(data_dir=folder, port=80), folder, "mes")
    assert entries(unit, "AmbientCapabilities") == ["CAP_NET_BIND_SERVICE"]
    unit = systemd_unit(Settings(data_dir=folder, tls=True, tls_port=443), folder, "mes")
    assert entries(unit, "AmbientCapabilities") == ["CAP_NET_BIND_SERVICE"]


def test_a_plant_in_somebodys_home_is_readable_there(folder: Path) -> None:
    unit = systemd_unit(Settings(data_dir=Path("/home/kim/mes-data")), folder, "kim")
    assert entries(unit, "ProtectHome") == ["read-only"]


def test_systemd_takes_the_unit(settings: Settings, folder: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        return  # the machine has none; the unit's lines are looked at above
    for one in (settings, replace(settings, port=80)):
        file = folder.parent / "mes.service"
        file.write_text(systemd_unit(one, folder, "root"), "utf-8")
        said = subprocess.run([program, "verify", str(file)], capture_output=True, encoding="utf-8", check=False)
        about = [line for line in said.stderr.splitlines() if "mes.service" in line]
        assert (said.returncode, about) == (0, [])


def test_the_task_starts_mes_serve_in_its_folder(settings: Settings, folder: Path) -> None:
    text = windows_task(settings, folder)
    assert text.isascii()  # no code page between the terminal and the file can spoil it
    task = ElementTree.fromstring(text)
    said = {one.tag.removeprefix(TASK): one.text for one in task.iter()}
    assert said["Command"] == str(Path(sys.executable).with_name("mes"))
    assert (said["Arguments"], said["WorkingDirectory"]) == ("serve", str(folder))
    assert (said["UserId"], said["ExecutionTimeLimit"]) == ("S-1-5-19", "PT0S")
    assert task.find(f"{TASK}Triggers/{TASK}BootTrigger") is not None
    assert 1 <= int(said["Count"] or 0) <= 255  # one byte, in Microsoft's description of the file


def test_a_task_has_no_environment_so_its_settings_are_named(settings: Settings, folder: Path) -> None:
    text = windows_task(settings, folder)
    assert "mes.toml, as a task has no environment: MES_PORT=8090" in text


def test_a_program_without_its_command_is_called_by_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert services.program() == [str(tmp_path / "python"), "-P", "-m", "mes"]


def test_the_container_is_built_from_what_is_here_and_starts_mes_serve() -> None:
    lines = re.sub(r"\\\n", " ", CONTAINER).splitlines()
    says = [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line and not line.startswith("#")]
    last = dict(says)
    assert (last["ENTRYPOINT"], last["CMD"]) == ('["/opt/mes/bin/mes"]', '["serve"]')
    assert last["USER"] == "mes"
    assert (ROOT / "requirements.txt").is_file()
    assert "--require-hashes -r requirements.txt" in CONTAINER
    stated = dict(entry.split("=") for entry in last["ENV"].split())
    assert read_settings(stated, ROOT / "tests").port == int(last["EXPOSE"])
    assert set(stated) <= {f"MES_{name.upper()}" for name in Settings.__dataclass_fields__}
    wanted = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert wanted
    assert last["FROM"].startswith(f"python:{wanted[1]}")


def test_the_command_prints_each(folder: Path) -> None:
    assert "[Service]" in mes(folder, "service", "systemd", "--user", "kim", "--writes", "/mnt/copies").output
    assert "<Task " in mes(folder, "service", "windows").output
    assert mes(folder, "service", "container").output == CONTAINER
