"""What a kind of list is to the importer: how it is read, how its rows are judged, and what is then recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from mes.core.access import Who
from mes.core.work import Work
from mes.exchange.columns import Sheet
from mes.exchange.headings import Mapping
from mes.exchange.reading import Table
from mes.exchange.rules import Judged


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the person may choose.

    ``parent``: the item whose BOM a one-level file is. ``create_missing``: enter items that the file names and the
    plant does not know yet. ``release``: put new BOM and routing revisions in force at once. ``today``: the plant's
    calendar day; what lies ahead of it cannot have happened.
    """

    parent: str | None = None
    create_missing: bool = False
    release: bool = True
    today: date = date.max


@dataclass
class Plan:
    """The verdict on every row, and the deed that records what is new or changed."""

    rows: list[Judged]
    record: Callable[[Work], None]
    #: Codes of items that the deed makes on the way.
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of list. ``read`` needs no database, ``judge`` writes nothing, ``record`` of its plan writes."""

    name: str
    label: str
    who: Who
    read: Callable[[Table, Mapping, Options], Sheet]
    judge: Callable[[Session, Sheet, Options], Plan]
    #: Locks what the rows may change, before an import judges them: what is compared stays so until it is recorded.
    lock: Callable[[Session, Sheet], None] = lambda _session, _sheet: None
    #: Whether rows without a code of their own are entered again when the same file is imported again.
    repeats: bool = False
