"""Finding and loading layouts: the ones that come with the program, and the plant's own beside or over them."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from mes.core.errors import Refused
from mes.core.i18n import N_, _, language
from mes.labels.checking import LARGEST, faults_of
from mes.labels.checking_codes import faults_of_logos
from mes.labels.layout import Layout, Stock
from mes.labels.reading import read_layouts

#: In mm.
WIDEST_ROLL = 155
#: What is in a printer of which nobody said it.
USUAL_STOCK = "60x40"


class LayoutBroken(Refused):
    """A layout with a fault would print labels that cannot be read or scanned."""

    message = N_("The label layout %(file)s cannot be used. %(fault)s")
    hint = N_("Mend the file; “mes labels check” names every fault.")


class LayoutUnknown(Refused):
    """No layout goes by this name."""

    message = N_("There is no label layout %(name)s.")
    hint = N_("There are: %(names)s.")
    status = 404


def check_layout(path: Path) -> list[str]:
    """Every fault of a layout file on every stock it names, in sentences; empty when all of it may be printed."""
    return _read(path)[1]


def load_layout(path: Path, stock: str | None = None) -> Layout:
    """The layout of a file, for the stock of this name or else the first one it lists; refused with a fault."""
    layouts, faults = _read(path)
    if faults:
        raise LayoutBroken(file=path.name, fault=faults[0])
    for layout in layouts:
        if stock in (None, layout.stock.name):
            return layout
    raise LayoutUnknown(name=f"{path.stem} {stock}", names=", ".join(one.name for one in layouts))


def find_layouts(folders: Iterable[Path]) -> dict[str, Layout]:
    """All sound layouts by name (``lot-60x40``); a later folder's layout replaces an earlier one of its name.

    Files with faults are left out here and reported by ``find_faults``.
    """
    found: dict[str, Layout] = {}
    for path in _files(folders):
        layouts, faults = _read(path)
        if not faults:
            found.update((layout.name, layout) for layout in layouts)
    return found


def find_faults(folders: Iterable[Path]) -> dict[Path, list[str]]:
    """The layout files that cannot be used, each with its faults."""
    read = {path: _read(path)[1] for path in _files(folders)}
    return {path: faults for path, faults in read.items() if faults}


def get_layout(folders: Iterable[Path], name: str) -> Layout:
    """The layout of a name; refused, naming the ones there are, when there is none."""
    layouts = find_layouts(folders)
    if name not in layouts:
        raise LayoutUnknown(name=name, names=", ".join(sorted(layouts)) or "-")
    return layouts[name]


def is_roll(stock: Stock) -> bool:
    """Whether it is one label after the other, of a width that label printers take (6 inches)."""
    return stock.places == 1 and stock.width <= WIDEST_ROLL


def stock_named(layouts: Iterable[Layout], name: str | None) -> Stock:
    """A roll's stock by its name, as the layouts know it; where nobody said which, a common one."""
    rolls = {one.stock.name: one.stock for one in layouts if is_roll(one.stock)}
    return rolls.get(name or "") or rolls.get(USUAL_STOCK) or Stock(name=USUAL_STOCK, width=60, height=40)


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.toml"))]


def _read(path: Path) -> tuple[list[Layout], list[str]]:
    try:
        changed = path.stat()
    except OSError:
        return [], [_("There is no file %(file)s.", file=path.name)]
    layouts, faults = _read_once(path, changed.st_mtime_ns, changed.st_size, language())
    sized = [layout for layout in layouts if max(layout.stock.width, layout.stock.height) <= LARGEST]
    # a logo comes and goes without its layout, hence it is looked at each time
    return layouts, faults + [f"{one.name}: {fault}" for one in sized for fault in faults_of_logos(one)]


@lru_cache(maxsize=256)
def _read_once(path: Path, _changed: int, _size: int, _spoken: str) -> tuple[list[Layout], list[str]]:
    """Reading and checking takes some milliseconds a file; it is done again only when the file changed.

    The faults are sentences in the language of whoever asks.
    """
    layouts, faults = read_layouts(path)
    if not faults:
        faults = [fault for layout in layouts for fault in faults_of(layout)]
    return layouts, faults
