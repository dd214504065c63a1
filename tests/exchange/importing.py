"""Importing into a test's plant, from a table written as in a spreadsheet."""

from typing import Any

from mes.exchange.plans import Options
from mes.exchange.rules import Judged, Preview, RowsRefused
from mes.exchange.service import import_file, prepare, preview
from tests.conftest import Shop


def csv(*rows: str) -> bytes:
    """A file of rows whose cells are parted by |."""
    return "\n".join(";".join(f'"{cell}"' for cell in row.split("|")) for row in rows).encode()


def bring(shop: Shop, kind: str, *rows: str, name: str = "", confirmed: bool = False, **options: Any) -> Preview:
    """Import rows below their headings."""
    chosen = Options(**options)
    data = csv(*rows)
    return shop.do(
        lambda work: import_file(work, kind, name or f"{kind}.csv", data, options=chosen, confirmed=confirmed).preview
    )


def look(shop: Shop, kind: str, *rows: str, name: str = "", **options: Any) -> Preview:
    """What rows would do."""
    with shop.read() as read:
        return preview(read, prepare(kind, name or f"{kind}.csv", csv(*rows), options=Options(**options)))


def refused(shop: Shop, kind: str, *rows: str, **options: Any) -> list[Judged]:
    """The refused rows of a file, which is then not imported."""
    try:
        bring(shop, kind, *rows, **options)
    except RowsRefused as no:
        return no.preview.refused
    raise AssertionError("nothing was refused")


def why(rows: list[Judged]) -> list[tuple[str, str]]:
    """Cell and name of the reason of each refused row."""
    return [(row.cell, row.reason.code if row.reason else "") for row in rows]
