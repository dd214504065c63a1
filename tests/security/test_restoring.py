"""A backup that somebody made by hand writes nowhere but into the data folder."""

import zipfile
from pathlib import Path

import pytest

from mes.core.config import Settings
from mes.keeping.bundle import leads_out, put_back

OUT = ("data/../evil", "../evil", "/evil", "data/sub/../../evil", "evil", "database/evil")


def test_no_name_in_a_backup_leads_out_of_the_data_folder(tmp_path: Path) -> None:
    plant, scratch, file = tmp_path / "plant", tmp_path / "scratch", tmp_path / "made.zip"
    plant.mkdir()
    scratch.mkdir()
    with zipfile.ZipFile(file, "w") as packed:
        for name in (*OUT, "data/labels/own.toml", "data//absolute"):
            packed.writestr(name, "x")
    with put_back(Settings(data_dir=plant), file, scratch):
        pass
    there = {one.relative_to(plant).as_posix() for one in plant.rglob("*") if one.is_file()}
    assert there == {"labels/own.toml", "absolute"}
    assert not [one for one in tmp_path.rglob("*evil*") if one.is_file()]


@pytest.mark.parametrize("part", ["..\\..\\evil", "C:evil", "C:\\evil", "a:b"])
def test_what_windows_alone_reads_as_a_way_out_is_none_there(part: str) -> None:
    assert leads_out(["data", part], windows=True)
    assert not leads_out(["data", part], windows=False), "a name like any other"
    assert leads_out(["data", ".."], windows=False)
