"""What an installation gets: the wheel's content, the browser files, versions without addresses."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from hatch_build import ASSETS, BUNDLED, SPRITE, assets_are_current, icon_names
from mes.core.config import asset, bundled
from tests.databases import ROOT

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("wheel")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
PIP = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt"
COMMANDS = (f"{PIP} . && .venv/bin/mes demo", f"{PIP} -e '.[test]' && .venv/bin/python -m pytest")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip would build here."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("mes-*.whl"))


@pytest.fixture(scope="module")
def content(wheel: Path) -> set[str]:
    """The names of the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


@pytest.mark.parametrize("name", BUNDLED)
def test_the_wheel_brings_the_data_folders(name: str, content: set[str]) -> None:
    files = _files(bundled(name))
    assert files
    assert {f"mes/_bundled/{name}/{file}" for file in files} <= content


def test_the_wheel_brings_browser_files_and_fonts(content: set[str]) -> None:
    assert {f"mes/static/vendor/{name}" for name in (*ASSETS, SPRITE)} <= content
    assert "mes/_bundled/package-lock.json" in content  # which versions these are, for mes sbom
    assert {f"mes/static/{name}" for name in _files(ROOT / "mes/static")} - {"mes/static/icons.txt"} <= content


def test_the_wheel_brings_a_compiled_catalogue_for_each_language(content: set[str]) -> None:
    sources = [path.relative_to(ROOT) for path in ROOT.glob("mes/translations/*/LC_MESSAGES/messages.po")]
    assert sources
    assert {path.with_suffix(".mo").as_posix() for path in sources} <= content


def test_the_wheel_brings_nothing_else(content: set[str]) -> None:
    odd = [name for name in content if re.search(r"(\.po|\.pyc|icons\.txt)$|__pycache__|node_modules", name)]
    assert not odd
    assert {name.split("/")[0] for name in content} <= {"mes", f"mes-{_version()}.dist-info"}


def _version() -> str:
    text = (ROOT / "mes/__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "(.+)"', text)
    assert found
    return found[1]


def test_the_browser_files_here_match_the_lock_file() -> None:
    assert assets_are_current(), "run python hatch_build.py: the lock file or the list of icons has changed"
    sprite = asset(SPRITE).read_text("utf-8")
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == icon_names(ROOT / "mes/static/icons.txt")


def test_lock_files_name_no_host() -> None:
    for name in ("constraints.txt", "requirements.txt", "package-lock.json", "pyproject.toml", ".npmrc"):
        text = (ROOT / name).read_text("utf-8")
        found = re.findall(r'^--.*|\S+://\S+|"resolved"', text, re.MULTILINE)
        assert not found, f"{name}: installations bring their own addresses: {found}"


def test_every_requirement_has_a_tested_version() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {_name(line) for line in lines if "==" in line}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    missing = {_name(line) for line in wanted} - pinned
    assert not missing, f"make constraints.txt again (its first lines say how): {missing}"


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_every_browser_package_is_locked_with_its_checksum() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked[""]["dependencies"] == wanted
    assert all(package["integrity"].startswith("sha512-") for name, package in locked.items() if name)


def test_the_readme_gives_the_two_commands() -> None:
    for command in COMMANDS:
        assert command in README.splitlines()


@pytest.mark.thorough
def test_a_fresh_installation_has_all_it_needs(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / "bin"
    pins = str(ROOT / "constraints.txt")
    subprocess.run([programs / "pip", "install", "-q", "-c", pins, str(wheel)], check=True, cwd=tmp_path)
    found = subprocess.run(
        [programs / "mes", "--help"],
        cwd=tmp_path,
        env=os.environ | {"MES_DATA_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "demo" in found.stdout
    script = "from mes.core.config import asset, bundled\nprint(bundled('templates'), asset('icons.svg').is_file())\n"
    answer = subprocess.run(
        [programs / "python", "-c", script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert answer.stdout.split() == [str(_site_packages(tmp_path) / "mes/_bundled/templates"), "True"]


def _site_packages(folder: Path) -> Path:
    return next((folder / "venv").glob("lib/python3*/site-packages"))
