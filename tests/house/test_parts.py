"""What the program is made of: locked by checksum, listed with versions and licences, under licences that fit."""

import json
import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from mes.core.work import utc_now
from mes.web.commands import sbom as command
from mes.web.parts import bill_of_materials
from tests.databases import ROOT
from tests.house.test_packaging import PROJECT, _name
from tests.web.commands import mes

LINES = (ROOT / "requirements.txt").read_text("utf-8").replace("\\\n", "").splitlines()
LOCKED = [line for line in LINES if "==" in line and not line.startswith("#")]
#: Anybody may use these from a program of any licence, that of ours included, which is not stated yet. The LGPL's are
#: libraries of Python that lie beside the program and can be exchanged, as it asks.
MAY_BE_USED = {
    "MIT", "MIT-0", "MIT-CMU", "0BSD", "ISC", "PSF-2.0", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0",
    "OFL-1.1", "CC0-1.0", "LGPL-3.0-only", "LGPL-2.1-or-later",
}  # fmt: skip


def listed() -> list[dict[str, object]]:
    parts: list[dict[str, object]] = bill_of_materials(utc_now())["components"]
    return parts


def licence(part: dict[str, object]) -> str:
    one = part["licenses"][0]  # type: ignore[index]
    return str(one["expression"] if "expression" in one else next(iter(one["license"].values())))


def test_every_locked_file_is_named_by_its_checksum() -> None:
    assert len(LOCKED) > 30
    for line in LOCKED:
        assert re.search(r" --hash=sha256:[0-9a-f]{64}", line), line
        assert not re.search(r"--hash=(?!sha256)", line)


def test_the_two_locks_say_the_same_versions_and_name_no_host() -> None:
    tested = set((ROOT / "constraints.txt").read_text("utf-8").splitlines())
    assert {re.split(r"\s*(?:;|--hash)", line)[0].strip() for line in LOCKED} <= {
        line.split(";")[0].strip() for line in tested
    }
    assert not [line for line in LINES if re.search(r"^--|://", line)]


def test_all_that_the_program_and_its_build_need_is_locked() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["s3"], *build]
    assert {_name(one) for one in wanted} <= {_name(line) for line in LOCKED}


def test_every_installed_package_is_listed_with_its_version_and_licence() -> None:
    parts = {str(part["name"]): part for part in listed() if str(part["purl"]).startswith("pkg:pypi/")}
    installed = {_name(one.metadata["Name"]): one.version for one in distributions()}
    del installed["mes"]
    assert {name: part["version"] for name, part in parts.items()} == installed
    assert [name for name, part in parts.items() if licence(part) == "not stated"] == []


def test_what_serves_is_told_from_what_lies_beside_it() -> None:
    scope = {str(part["name"]): part["scope"] for part in listed()}
    assert {scope[_name(one)] for one in PROJECT["dependencies"]} == {"required"}
    assert (scope["werkzeug"], scope["psycopg-binary"], scope["pytest"]) == ("required", "required", "excluded")


def test_every_browser_part_is_listed_with_its_checksum() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    parts = {str(part["name"]): part for part in listed() if str(part["purl"]).startswith("pkg:npm/")}
    assert {f"node_modules/{name}": part["version"] for name, part in parts.items()} == {
        place: told["version"] for place, told in lock.items() if place
    }
    assert all(len(part["hashes"][0]["content"]) == 128 for part in parts.values())  # type: ignore[index]


def test_nothing_is_used_whose_licence_would_bind_the_program() -> None:
    odd = {}
    for part in listed():
        words = set(re.split(r" (?:AND|OR) |, ", licence(part))) - {"dependency licenses"}  # of PDFium: all of these
        if part["scope"] != "excluded" and not words <= MAY_BE_USED:
            odd[part["name"]] = licence(part)
    assert odd == {}


def test_the_list_is_one_that_other_programs_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = mes(tmp_path, "sbom", str(tmp_path / "부품 목록.json"))
    assert said.output.endswith("부품 목록.json.\n")
    made = json.loads((tmp_path / "부품 목록.json").read_text("utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    references = [one["bom-ref"] for one in made["components"]]
    assert len(set(references)) == len(references)
    assert set(made["dependencies"][0]["dependsOn"]) <= set(references)
    monkeypatch.setattr(command, "utc_now", lambda: utc_now().replace(year=2030))
    again = json.loads(mes(tmp_path, "sbom").output)
    assert again["serialNumber"] == made["serialNumber"]  # the same parts are the same list, whenever it is made
