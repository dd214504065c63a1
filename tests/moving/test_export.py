"""Everything of a plant as files that need no program, and back into an empty plant, to the last letter."""

import csv
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mes.core.config import Settings
from mes.core.files import StoredFile
from mes.items.models import Item, ItemKind
from mes.items.service import add_item
from mes.keeping.installation import check_installed
from mes.keeping.marks import HalfFilled
from mes.moving import described, package
from mes.moving.export import FileInTheWay, OtherVersion, export_all, import_all
from mes.moving.filling import NotSame, NotSound, TargetNotEmpty
from mes.moving.package import ExportChanged, ExportInTheWay, ExportTooLarge, NotAnExport, UnsafeName
from mes.moving.readable import RowUnreadable
from mes.people.plant import set_up_plant
from mes.web.check import check
from mes.web.tables import metadata
from tests.conftest import Shop
from tests.moving.factory import NAUGHTY, NOW, SHAPES, PulledOut, other_kind, proofs, reopened, structure

Take = Callable[[Path], Path]


def export(plant: Settings, out: Path) -> Path:
    """Everything of the plant."""
    export_all(plant, metadata, out, NOW, lambda _progress: None)
    return out


def bring(settings: Settings, path: Path) -> int:
    """Everything into a plant; how many files of the data folder came along."""
    return import_all(settings, metadata, path, NOW, structure, lambda _progress: None).files


@pytest.fixture
def taken(plant: Settings, tmp_path: Path) -> Path:
    """An export as a folder; the plant has a label layout of its own, and its secret key."""
    (plant.data_dir / "labels").mkdir(parents=True)
    (plant.data_dir / "labels" / "own.toml").write_text("width = 100\n", "utf-8")
    (plant.data_dir / "secret.key").write_text("nobody else's", "utf-8")
    (plant.data_dir / "tls").mkdir()
    (plant.data_dir / "tls" / "ca.key").write_text("nobody else's", "utf-8")
    return export(plant, tmp_path / "all")


@pytest.fixture
def empty(tmp_path: Path, target: str) -> Settings:
    """An installation without anything, on the other database."""
    return Settings(data_dir=tmp_path / "new", database_url=target)


def test_a_plant_comes_back_to_the_last_letter_on_the_other_database(
    plant: Settings, taken: Path, empty: Settings
) -> None:
    assert bring(empty, taken) == 1
    assert proofs(empty.database) == proofs(plant.database)
    assert (empty.data_dir / "labels" / "own.toml").read_text("utf-8") == "width = 100\n"
    with reopened(empty.database) as database:
        assert check(database).faults == []
        made = Shop(database).do(lambda work: add_item(work, code="NEW", name="New", unit="EA", kind=ItemKind.RAW))
        with database.read() as read:
            assert made.id == (read.scalar(select(func.max(Item.id)).where(Item.code != "NEW")) or 0) + 1


def test_a_zip_is_the_same_as_a_folder(plant: Settings, taken: Path, empty: Settings, tmp_path: Path) -> None:
    packed = export(plant, tmp_path / "all.zip")
    with package.opened(packed) as one, package.opened(taken) as other:
        assert one.files == other.files
    bring(empty, packed)
    again = export(empty, tmp_path / "again")
    assert (
        json.loads((again / "manifest.json").read_text("utf-8"))["tables"]
        == (json.loads((taken / "manifest.json").read_text("utf-8"))["tables"])
    )


def test_a_stranger_reads_it_without_our_program(shop: Shop, taken: Path) -> None:
    with (taken / "tables" / "items.csv").open(newline="", encoding="utf-8") as file:
        assert [row["name"] for row in csv.DictReader(file)] == NAUGHTY, "exact, also what a spreadsheet would work out"
    for line in (taken / "SHA256SUMS").read_text("utf-8").splitlines():
        sha256, _space, name = line.partition("  ")
        assert hashlib.sha256((taken / name).read_bytes()).hexdigest() == sha256
    with (taken / "tables" / "files.csv").open(newline="", encoding="utf-8") as file:
        [photo] = csv.DictReader(file)
    with shop.read() as read:
        assert (taken / photo["content"]).read_bytes() == read.scalar(select(StoredFile.content))
    assert photo["content"].endswith(".jpg")
    assert "Evaluate formulas" in (taken / "README.md").read_text("utf-8")
    korean = (taken / "README.ko.md").read_text("utf-8")
    assert "이사공장" in korean
    assert "@" not in korean.replace("@PLANT@", "")


def test_every_table_and_column_is_told_in_words(taken: Path) -> None:
    told = {table["name"]: table for table in json.loads((taken / "schema.json").read_text("utf-8"))["tables"]}
    page = (taken / "TABLES.md").read_text("utf-8")
    for shape in SHAPES:
        assert told[shape.name]["about"], f"say in the class of {shape.name} what a row is"
        assert all(column["about"] for column in told[shape.name]["columns"])
        assert f"## {shape.name}\n" in page
    lots = {column["name"]: column for column in told["lots"]["columns"]}
    assert lots["item_id"]["refers_to"] == "items.id"
    assert "available" in lots["status"]["one_of"]
    assert "items.unit" in lots["on_hand"]["unit"]
    people = {column["name"]: column for column in told["persons"]["columns"]}
    assert {name for name, column in people.items() if column.get("secret")} == {"password_hash", "pin_hash", "badge"}


def test_a_program_packed_without_its_sources_still_describes_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_thing: object) -> str:
        raise OSError

    described._comments.cache_clear()
    monkeypatch.setattr("inspect.getsource", gone)
    assert described.schema(metadata, SHAPES)["tables"]
    described._comments.cache_clear()


def test_keys_of_this_installation_stay_here(taken: Path) -> None:
    assert not [file for file in taken.rglob("*") if file.name in ("secret.key", "ca.key")]
    assert "nobody else's" not in "".join(file.read_text("utf-8", "replace") for file in taken.rglob("*.csv"))


def test_an_installation_that_nobody_has_used_gives_way_and_one_in_use_does_not(
    taken: Path, empty: Settings, plant: Settings
) -> None:
    with reopened(empty.database) as database:
        from mes.core.schema import upgrade

        upgrade(database)
        Shop(database).do(lambda work: set_up_plant(work, name="Fresh"))
    bring(empty, taken)
    assert proofs(empty.database) == proofs(plant.database)
    with pytest.raises(TargetNotEmpty):
        bring(empty, taken)
    check_installed(empty)


def test_a_plug_that_is_pulled_leaves_no_half_plant(
    plant: Settings, taken: Path, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(_progress: object) -> None:
        raise PulledOut

    with pytest.raises(PulledOut):
        import_all(empty, metadata, taken, NOW, structure, pull)
    with pytest.raises(HalfFilled):
        check_installed(empty)
    other = tmp_path / "other"
    shutil.copytree(taken, other)
    change_list(other, lambda about: about | {"plant": "another"})
    with pytest.raises(TargetNotEmpty, match="being filled"):
        bring(empty, other)
    bring(empty, taken)
    assert proofs(empty.database) == proofs(plant.database)


def change_list(folder: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Write the list anew, as somebody would who wants to pass something off."""
    file = folder / "manifest.json"
    file.write_text(json.dumps(change(json.loads(file.read_text("utf-8")))), "utf-8")


def relist(folder: Path, name: str) -> None:
    """Put a changed file's new hash on the list."""
    content = (folder / name).read_bytes()
    told = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    change_list(folder, lambda about: about | {"files": {**about["files"], name: told}})  # type: ignore[dict-item]


def test_one_changed_letter_is_found_before_anything_is_made(taken: Path, empty: Settings) -> None:
    file = taken / "tables" / "items.csv"
    file.write_bytes(file.read_bytes().replace(b"quoted", b"quotes"))
    with pytest.raises(ExportChanged, match=r"tables/items\.csv"):
        bring(empty, taken)
    relist(taken, "tables/items.csv")
    with pytest.raises(NotSame, match="Table items"):
        bring(empty, taken)
    with reopened(empty.database) as database, database.reads.connect() as connection:
        assert not database.engine.dialect.has_table(connection, "items"), "nothing is left of it"
    file.write_bytes(file.read_bytes().replace(b',"', b",;", 1))
    relist(taken, "tables/items.csv")
    with pytest.raises(RowUnreadable, match="Row 2"):
        bring(empty, taken)


def test_what_is_cut_or_missing_is_found(plant: Settings, taken: Path, empty: Settings, tmp_path: Path) -> None:
    packed = export(plant, tmp_path / "all.zip")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(packed.read_bytes()[:-4000])
    with pytest.raises(NotAnExport):
        bring(empty, cut)
    spoilt = bytearray(packed.read_bytes())
    spoilt[2000] ^= 0xFF
    cut.write_bytes(spoilt)
    with pytest.raises(ExportChanged):
        bring(empty, cut)
    (taken / "tables" / "lots.csv").unlink()
    with pytest.raises(ExportChanged, match=r"tables/lots\.csv"):
        bring(empty, taken)
    for nothing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(NotAnExport):
            bring(empty, nothing)
    for told in ("{", "[]", "{}", '{"format": 1}', '{"format": 1, "files": {"a": {"size": -1, "sha256": ""}}}'):
        (taken / "manifest.json").write_text(told)
        with pytest.raises(NotAnExport):
            bring(empty, taken)


def test_a_file_that_would_climb_out_of_the_export_is_refused(taken: Path, empty: Settings, tmp_path: Path) -> None:
    packed = tmp_path / "slip.zip"
    for name in (
        "../../evil",
        "/etc/evil",
        "data\\..\\evil",
        "C:evil",
        "data/../../evil",
        "data//evil",
        "./evil",
        "a/./b",
    ):
        with zipfile.ZipFile(packed, "w") as file:
            file.write(taken / "manifest.json", "manifest.json")
            file.writestr(name, "evil")
        with pytest.raises(UnsafeName):
            bring(empty, packed)
        folder = tmp_path / "listed"
        shutil.copytree(taken, folder, dirs_exist_ok=True)
        change_list(folder, lambda about, name=name: about | {"files": {name: {"size": 1, "sha256": ""}}})  # type: ignore[misc]
        with pytest.raises(UnsafeName):
            bring(empty, folder)
    (taken / "tables" / "lots.csv").unlink()
    (taken / "tables" / "lots.csv").symlink_to("/etc/hostname")
    with pytest.raises(UnsafeName):
        bring(empty, taken)


def plant_in(folder: Path, *names: str) -> None:
    """Put files into an export, and on its list."""
    for name in names:
        change_list(folder, lambda about, name=name: about | {"files": {**about["files"], name: {}}})  # type: ignore[misc]
        place = folder.joinpath(*name.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("evil", "utf-8")
        relist(folder, name)


def test_a_foreign_export_brings_no_key_along_however_its_name_is_spelt(taken: Path, empty: Settings) -> None:
    plant_in(taken, "data/secret.key", "data/SECRET.KEY", "data/Secret.key.", "data/TLS/ca.key", "data/tls /ca.crt")
    assert bring(empty, taken) == 1
    left = {file.relative_to(empty.data_dir).parts[0] for file in empty.data_dir.rglob("*")}
    assert {name for name in left if name.casefold().startswith(("secret", "tls"))} == set()


def test_nor_what_lies_beside_the_database(taken: Path, tmp_path: Path) -> None:
    plant_in(taken, "data/mes.db-journal")
    with pytest.raises(FileInTheWay):
        bring(Settings(data_dir=tmp_path / "embedded"), taken)


def test_an_export_that_somebody_packed_again_with_its_folders_is_read(
    plant: Settings, taken: Path, empty: Settings, tmp_path: Path
) -> None:
    shutil.make_archive(str(tmp_path / "again"), "zip", taken)
    with zipfile.ZipFile(tmp_path / "again.zip") as packed:
        assert "tables/" in packed.namelist()
    assert bring(empty, tmp_path / "again.zip") == 1


def test_what_would_fill_the_disk_is_refused_before_it_is_unpacked(
    taken: Path, empty: Settings, tmp_path: Path
) -> None:
    change_list(taken, lambda about: about | {"files": {"tables/items.csv": {"size": 10**15, "sha256": ""}}})
    with pytest.raises(ExportTooLarge):
        bring(empty, taken)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", json.dumps({
            "format": 1, "files": {"tables/items.csv": {"size": 2 * package.SMALL, "sha256": ""}},
        }))  # fmt: skip
    with package.opened(bomb) as found, pytest.raises(ExportTooLarge):
        found.check(10**15)


def test_a_file_larger_than_its_list_says_is_not_read_to_its_end(taken: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", json.dumps({"format": 1, "files": {"a": {"size": 3, "sha256": ""}}}))
        file.writestr("a", b"0" * 10_000_000)
    with package.opened(bomb) as found, pytest.raises(ExportChanged):
        found.check(10**15)


def test_an_export_of_another_version_names_both(taken: Path, empty: Settings) -> None:
    change_list(taken, lambda about: about | {"tables_version": "0001"})
    with pytest.raises(OtherVersion, match="0001"):
        bring(empty, taken)


def test_a_layout_that_is_there_already_is_not_written_over(taken: Path, empty: Settings) -> None:
    (empty.data_dir / "labels").mkdir(parents=True)
    (empty.data_dir / "labels" / "own.toml").write_text("width = 50\n", "utf-8")
    with pytest.raises(FileInTheWay, match=r"own\.toml"):
        bring(empty, taken)
    (empty.data_dir / "labels" / "own.toml").write_text("width = 100\n", "utf-8")
    bring(empty, taken)


def test_a_database_around_the_rows_that_is_not_sound_is_not_kept(taken: Path, empty: Settings) -> None:
    with pytest.raises(NotSound):
        import_all(empty, metadata, taken, NOW, lambda _database: ["A guard is missing."], lambda _progress: None)
    bring(empty, taken)


def test_nothing_is_written_over(plant: Settings, taken: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportInTheWay):
        export(plant, taken)
    (tmp_path / "there.zip").write_text("somebody's")
    with pytest.raises(ExportInTheWay):
        export(plant, tmp_path / "there.zip")
    assert sorted(file.name for file in tmp_path.iterdir() if ".part" in file.name) == []


def test_an_export_is_as_of_one_moment_while_people_work(
    shop: Shop, plant: Settings, tmp_path: Path, empty: Settings
) -> None:
    before = proofs(plant.database)
    told: list[object] = []

    def work_on(progress: object) -> None:
        if not told:
            shop.do(lambda work: add_item(work, code="LATER", name="Later", unit="EA", kind=ItemKind.RAW))
        told.append(progress)

    export_all(plant, metadata, tmp_path / "all", NOW, work_on)
    bring(empty, tmp_path / "all")
    assert proofs(empty.database) == before
    with shop.read() as read:
        assert read.scalar(select(Item).where(Item.code == "LATER")) is not None


def test_a_plant_goes_from_one_kind_of_database_to_the_same_kind(
    plant: Settings, taken: Path, tmp_path: Path, empty: Settings
) -> None:
    bring(empty, taken)
    third = tmp_path / "third"
    export(empty, third)
    with reopened(empty.database) as database:
        url = other_kind(database, tmp_path, "fourth")
    bring(replace(empty, database_url=url, data_dir=tmp_path / "newer"), third)
    assert proofs(url) == proofs(plant.database)
