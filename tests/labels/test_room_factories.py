"""The labels of both sample factories, as a label printer of 203 dpi prints them, read by two decoders."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mes.core.access import SYSTEM
from mes.core.config import bundled
from mes.core.db import Database
from mes.core.i18n import speaking
from mes.core.work import Work, act
from mes.exchange.kinds import KINDS
from mes.exchange.service import Prepared, import_prepared, prepare
from mes.labels.files import get_layout
from mes.labels.layout import Layout
from mes.labels.pdf import render_pdf
from mes.labels.queries import everything_of, things_of
from mes.labels.service import codes_of_all
from mes.lots.models import Lot
from mes.orders.models import WorkOrder
from mes.printing.service import preview_rows
from tests.conftest import migrate
from tests.databases import sqlite_database
from tests.labels.paper import cut_out, pages, read_by_zbar, read_by_zxing

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LAYOUTS = {
    "lot": ("lot-60x40", "lot-40x20", "lot-100x60", "lot-a4-3x8"),
    "order": ("order-100x60", "order-100x150"),
    "location": ("location-60x40",),
    "machine": ("machine-60x40",),
    "badge": ("badge-60x40",),
}


def only_one_worker(name: str) -> Any:
    """A factory is opened once, whoever tests it."""
    together = pytest.mark.xdist_group(f"labels of {name}")
    return pytest.param(name, marks=[pytest.mark.thorough, pytest.mark.long, together])


@pytest.fixture(scope="module", params=[only_one_worker(name) for name in ("food", "machinery")])
def factory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A plant that has just brought in its own files."""
    database = Database(sqlite_database(tmp_path_factory.mktemp("factory") / "mes.db", migrate))
    with speaking("ko", "Asia/Seoul"):
        for kind in KINDS:
            for file in (bundled("sample_data") / request.param).glob(f"{kind}.*"):
                prepared = prepare(kind, file.name, file.read_bytes())
                act(database, SYSTEM, partial(_bring, prepared), source="import", now=NOW)
        yield database
    database.close()


def _bring(prepared: Prepared, work: Work) -> None:
    import_prepared(work, prepared)


def codes_of(database: Database, subject: str) -> list[str]:
    """Everything in the factory that carries such a label."""
    with database.read() as read:
        if subject == "lot":
            return [lot.code for lot in read.query(Lot).order_by(Lot.id)]
        if subject == "order":
            return [order.code for order in read.query(WorkOrder).order_by(WorkOrder.id)]
        return codes_of_all(read, SYSTEM, subject) if subject == "badge" else everything_of(read, subject)


@pytest.mark.parametrize("subject", LAYOUTS)
def test_every_label_of_the_factory_is_read_by_two_decoders(factory: Database, subject: str, tmp_path: Path) -> None:
    codes = codes_of(factory, subject)
    assert codes
    with factory.read() as read:
        things = things_of(read, subject, codes)
        for language in ("ko", "en"):
            rows = preview_rows(read, subject, things, language, date(2026, 1, 5))
            for name in LAYOUTS[subject]:
                layout = get_layout([bundled("labels")], name)
                images = printed(layout, render_pdf(layout, rows, language), len(rows), tmp_path)
                wanted = [[row["code"]] for row in rows]
                assert [read_by_zxing(image) for image in images] == wanted, name
                assert read_by_zbar(images, tmp_path) == wanted, name


def printed(layout: Layout, pdf: bytes, count: int, folder: Path) -> list[Image.Image]:
    """Each label as black and white dots."""
    dpi = layout.stock.dpi
    sheets = pages(pdf, folder, dpi)
    places = [divmod(number, layout.stock.places) for number in range(count)]
    return [cut_out(sheets[sheet], layout.stock, place, dpi) for sheet, place in places]
