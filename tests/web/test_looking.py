"""The command line looks at items and lots, and brings lists in: for people and for programs."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from mes.core.config import bundled
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.exchange.exports import LISTS
from mes.items import explosion
from mes.items.models import ItemKind
from mes.items.queries import get_item
from mes.lots.models import Lot
from mes.orders.reporting import record_report
from mes.printing.queries import prints_of
from mes.web.commands.exporting import CannotWrite, FormUnknown, OneSheetOnly
from mes.web.commands.labelling import OnlyThese
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_item, make_released_bom
from tests.orders.bakery import Bakery, D
from tests.web.commands import mes

pytestmark = pytest.mark.xdist_group("looking")


class Plant:
    """A bakery's data folder, with flour that became cakes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = Database(sqlite_database(folder / "mes.db", migrate))
        shop = Shop(database)
        with speaking("en", "Asia/Seoul"):
            bakery = Bakery(shop)
            [self.flour], _film = bakery.receive(bakery.flour, 80), bakery.receive(bakery.film, 500)
            kettle, packing = bakery.order(100).jobs
            for job in (kettle, packing):
                bakery.start(job)
                if job is kettle:
                    bakery.scan(job, self.flour)
                made = shop.do(lambda work, code=job.code: record_report(work, code, good=D(100)))  # type: ignore[misc]
            self.cakes: Lot = bakery.lot(made.lot_id or 0)
        database.close()


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Nothing here changes it."""
    return Plant(tmp_path_factory.mktemp("plant"))


def test_a_bill_of_material_with_quantities(plant: Plant) -> None:
    shown = mes(plant.folder, "bom", "CAKE", "--quantity", "1,000")
    assert shown.output.splitlines()[0] == "CAKE  가래떡  1,000 EA"
    assert "  RF  쌀가루  500 kg" in shown.output.splitlines()
    assert "no bill of material" in mes(plant.folder, "bom", "RF").output


def test_a_bill_of_material_longer_than_a_tree_is_shown_whole_and_a_cut_is_told(
    plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(plant.folder, tmp_path / "plant")
    database = Database(f"sqlite:///{tmp_path}/plant/mes.db")
    shop = Shop(database)
    with speaking("en", "Asia/Seoul"):
        box = shop.do(partial(make_item, code="BOX", kind=ItemKind.FINISHED))
        cake = shop.do(lambda work: get_item(work.session, "CAKE"))
        shop.do(lambda work: make_released_bom(work, box, (cake, 2), *((make_item(work), 1) for _n in range(9))))
    database.close()
    monkeypatch.setattr(explosion, "MOST_BRANCHES", 1)
    for words, lines, cut in ((("BOX",), 11, False), (("BOX", "--explode"), 23, True)):
        shown = mes(tmp_path / "plant", "bom", *words)
        assert len(shown.output.splitlines()) >= lines
        assert "no bill of material" not in shown.output
        assert ("too large to show whole" in shown.output) is cut
    answer = json.loads(mes(tmp_path / "plant", "bom", "BOX", "--explode", "--json").output)
    assert (len(answer["lines"]), answer["whole_tree"]) == (10, False)


def test_a_bill_of_material_for_programs(plant: Plant) -> None:
    answer = json.loads(mes(plant.folder, "bom", "CAKE", "--explode", "--quantity", "3", "--json").output)
    assert (answer["item"], answer["quantity"], answer["revision"], answer["whole_tree"]) == ("CAKE", "3", 1, True)
    assert [(line["item"], line["quantity"]) for line in answer["totals"]] == [("FILM", "3"), ("RF", "1.5")]
    assert "Totals over all levels" in mes(plant.folder, "bom", "CAKE", "--explode").output


def test_an_item_that_is_not_there_and_a_quantity_that_is_none(plant: Plant) -> None:
    assert "There is no item NONE" in mes(plant.folder, "bom", "NONE").stderr
    for wrong in ("zwei", "0", "-3"):
        assert mes(plant.folder, "bom", "CAKE", "--quantity", wrong).exit_code == 2


def test_a_trace_both_ways(plant: Plant) -> None:
    told = mes(plant.folder, "trace", plant.cakes.code).output
    assert plant.flour.code in told
    answer = json.loads(mes(plant.folder, "trace", plant.flour.code, "--down", "--json").output)
    assert answer["finished"] == [plant.cakes.code]
    assert plant.cakes.code not in mes(plant.folder, "trace", plant.flour.code, "--up").output
    assert "NOWHERE" in mes(plant.folder, "trace", "NOWHERE").stderr


def test_a_list_comes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    plant = tmp_path / "plant"
    mes(plant, "init")
    file = tmp_path / "items.csv"
    file.write_text("품목코드,품명,품목구분,단위\n00123,쌀,원자재,kg\n1E5,물엿,원자재,kg\n", "utf-8")
    tried = mes(plant, "import", "items", str(file), "--dry-run")
    assert tried.exit_code == 0
    assert "Nothing was imported." in tried.output
    done = json.loads(mes(plant, "import", "items", str(file), "--json").output)
    assert (done["imported"], done["counts"]["new"]) == (True, 2)
    assert [row["code"] for row in done["rows"]] == ["00123", "1E5"]
    file.write_text("품목코드,품명,품목구분,단위\n77,소금,원자재,kg\n88,설탕,없는구분,kg\n", "utf-8")
    wrong = mes(plant, "import", "auto", str(file))
    assert wrong.exit_code == 1
    assert "Row 3 (88)" in wrong.stderr
    assert "There is no item 77" in mes(plant, "bom", "77").stderr


def test_a_kind_that_is_none_is_refused_with_those_there_are(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n", "utf-8")
    assert "Choose one of: locations" in mes(plant.folder, "import", "wishes", str(tmp_path / "x.csv")).stderr


def test_lists_go_out_and_can_come_back(plant: Plant, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    assert mes(plant.folder, "export", "items", str(file)).exit_code == 0
    again = json.loads(mes(plant.folder, "import", "items", str(file), "--dry-run", "--json").output)
    assert again["counts"] == {"new": 0, "changed": 0, "same": 4, "refused": 0}
    assert mes(plant.folder, "export", "--all", str(tmp_path / "all.xlsx")).exit_code == 0
    assert (tmp_path / "all.xlsx").read_bytes().startswith(b"PK")
    assert mes(plant.folder, "export", "--lists", str(tmp_path / "lists")).exit_code == 0
    assert len(list((tmp_path / "lists").glob("*.csv"))) == len(LISTS)


def test_a_list_without_a_file_or_kind_is_asked_for(plant: Plant, tmp_path: Path) -> None:
    assert mes(plant.folder, "export", "items").exit_code == 2
    for words, refusal in (
        (("--all", str(tmp_path / "all.csv")), OneSheetOnly),
        (("items", str(tmp_path / "items.txt")), FormUnknown),
        (("items", str(tmp_path / "none" / "items.csv")), CannotWrite),
    ):
        said = mes(plant.folder, "export", *words)
        assert said.exit_code == 1
        assert refusal.hint in said.stderr
    assert "Choose one of" in mes(plant.folder, "export", "wishes", str(tmp_path / "x.csv")).stderr


def test_labels_are_printed_and_recorded(plant: Plant, tmp_path: Path) -> None:
    folder = tmp_path / "plant"
    shutil.copytree(plant.folder, folder)
    out = tmp_path / "labels.pdf"
    printed = mes(folder, "labels", plant.flour.code, plant.cakes.code, str(out), "--layout", "lot-50x30", "--json")
    assert json.loads(printed.output) == {"file": str(out), "layout": "lot-50x30", "labels": 2}
    assert out.read_bytes().startswith(b"%PDF")
    assert mes(folder, "labels", plant.flour.code, str(out)).exit_code == 0
    assert mes(folder, "labels", plant.flour.code, str(out), "--reason", "Label lost").exit_code == 0
    with Database(f"sqlite:///{folder}/mes.db").read() as read:
        reasons = [one.reason for one in prints_of(read, "lot", plant.flour.code)]
    assert reasons == ["Label lost", "Printed from the command line", None]


@pytest.mark.parametrize(("ending", "begins", "ends"), [("zpl", b"^XA", b"^XZ\n"), ("TSPL", b"SIZE", b"PRINT 1,1\r\n")])
def test_labels_are_written_for_label_printers(
    plant: Plant, tmp_path: Path, ending: str, begins: bytes, ends: bytes
) -> None:
    folder = tmp_path / "plant"
    shutil.copytree(plant.folder, folder)
    out = tmp_path / f"labels.{ending}"
    words = ("labels", plant.flour.code, plant.cakes.code, str(out), "--dpi", "300", "--copies", "2")
    assert mes(folder, *words, "--layout", "lot-a4-3x8").exit_code == 1  # no roll, so nothing is recorded
    assert mes(folder, *words, "--layout", "lot-60x40").exit_code == 0
    data = out.read_bytes()
    assert data.startswith(begins)
    assert data.endswith(ends)
    assert data.count(ends) == 4
    with Database(f"sqlite:///{folder}/mes.db").read() as read:
        assert len(prints_of(read, "lot", plant.flour.code)) == 1


def test_labels_that_cannot_be_printed_are_refused(plant: Plant, tmp_path: Path) -> None:
    out = str(tmp_path / "labels.pdf")
    for words, said in (
        ((plant.flour.code, "ST", out), "need different labels"),
        (("NOWHERE", out), "NOWHERE"),
        ((plant.flour.code, str(tmp_path / "labels.odt")), OnlyThese.message.partition(",")[0]),
        ((plant.flour.code, out, "--layout", "none"), "There is no label layout none"),
    ):
        assert said in mes(plant.folder, "labels", *words).stderr
    assert mes(plant.folder, "labels", plant.flour.code).exit_code == 2
    assert not Path(out).exists()


def test_a_place_that_takes_no_labels_is_named_before_a_print_is_recorded(plant: Plant, tmp_path: Path) -> None:
    folder = tmp_path / "plant"
    shutil.copytree(plant.folder, folder)
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "file").write_text("x", "utf-8")
    for place, why in (
        ("none/x.pdf", "No such file or directory"),
        ("folder.pdf", "Is a directory"),
        ("file/x.pdf", "Not a directory"),
    ):
        said = mes(folder, "labels", plant.flour.code, str(tmp_path / place))
        assert said.stderr.startswith(f"{tmp_path / place} cannot be used: {why}.")
    with Database(f"sqlite:///{folder}/mes.db").read() as read:
        assert prints_of(read, "lot", plant.flour.code) == []


def test_a_layout_file_is_checked(tmp_path: Path) -> None:
    sound = bundled("labels") / "lot-60x40.toml"
    assert mes(tmp_path, "labels", "check", str(sound)).exit_code == 0
    broken = tmp_path / "broken.toml"
    broken.write_text("title = 3", "utf-8")
    found = mes(tmp_path, "labels", "check", str(broken), "--json")
    assert found.exit_code == 1
    assert json.loads(found.output)[str(broken)]
    assert mes(tmp_path, "labels", "check").exit_code == 2


def test_the_layouts_in_force_are_listed(tmp_path: Path) -> None:
    listed = mes(tmp_path, "labels", "list")
    assert (listed.exit_code, "lot-60x40" in listed.output) == (0, True)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/broken.toml").write_text("title = 3", "utf-8")
    found = mes(tmp_path, "labels", "list", "--json")
    assert found.exit_code == 1
    assert {"name", "width_mm", "height_mm"} <= set(json.loads(found.output)["layouts"][0])
    assert "broken.toml" in mes(tmp_path, "labels", "list").stderr


def test_every_command_explains_itself() -> None:
    shown = mes(Path(), "--help").output
    for command in ("demo", "init", "serve", "upgrade", "import", "bom", "trace", "scan", "backup", "restore", "check"):
        assert f"  {command} " in shown
        assert mes(Path(), command, "--help").exit_code == 0
    assert mes(Path(), "nonsense").exit_code == 2
