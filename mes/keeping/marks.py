"""The mark that a plant bears which is moving to another database, has moved, or is only half there.

It stands in a table of its own, which no version of the tables knows: it is made when a move begins. While it stands,
nobody serves that database, and triggers refuse every write to a plant that moves or has moved (``mes.moving.gate``).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, inspect, text

from mes.core.errors import Refused
from mes.core.i18n import N_, stamp

TABLE = "relocation"
#: The row of the mark itself; a half-filled database has one more for each table.
MARK = "mark"


class MarkState(StrEnum):
    """What is going on."""

    #: From here: nobody writes until it is done or given up.
    MOVING = "moving"
    #: The plant works elsewhere now.
    MOVED = "moved"
    #: Into here: not all of it has come yet.
    FILLING = "filling"


class PlantMoving(Refused):
    """A move was begun and not finished: whoever recorded something now would lose it."""

    message = N_("This plant is being moved to %(where)s (since %(when)s).")
    hint = N_("Go on with: mes move-database URL. Or stay here: mes move-database --give-up")


class PlantMovedAway(Refused):
    """An old database, started by mistake: what was recorded in it would be missing in the plant."""

    message = N_("This plant moved to %(where)s on %(when)s.")
    hint = N_("Set database_url to that (MES_DATABASE_URL or mes.toml), then start again; mes config shows it.")


class HalfFilled(Refused):
    """Not all of a plant has come into this database yet."""

    message = N_("This database holds only a part of a plant: it is being filled from %(where)s (since %(when)s).")
    hint = N_("Give the command again that was filling it (mes move-database or mes import --all): it goes on.")


_REFUSED: dict[MarkState, type[Refused]] = {
    MarkState.MOVING: PlantMoving, MarkState.MOVED: PlantMovedAway, MarkState.FILLING: HalfFilled,
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What stands on a database: what is going on, with which other database (or file), since when."""

    state: MarkState
    #: Without a password.
    where: str
    at: datetime
    #: The same on both sides of one move.
    ident: str
    #: The version of the tables.
    version: str

    @property
    def refusal(self) -> Refused:
        """The sentence for whoever wants to work here."""
        return _REFUSED[self.state](where=self.where, when=stamp(self.at))

    def text(self) -> str:
        """As it is kept."""
        told = {"state": self.state, "where": self.where, "at": self.at.isoformat()}
        return json.dumps(told | {"ident": self.ident, "version": self.version}, ensure_ascii=False)


def read_text(text: str) -> Mark:
    """A mark as it was kept."""
    told = json.loads(text)
    at = datetime.fromisoformat(told["at"])
    return Mark(MarkState(told["state"]), told["where"], at, told["ident"], told["version"])


def find_mark(connection: Connection) -> Mark | None:
    """The mark that a database bears."""
    if not inspect(connection).has_table(TABLE):
        return None
    kept = connection.execute(text(f"SELECT told FROM {TABLE} WHERE name = :name"), {"name": MARK}).scalar()  # noqa: S608
    return read_text(kept) if kept else None
