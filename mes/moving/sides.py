"""The two databases as something that is read and filled line by line."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.moving.values import Block, Shape

#: Rows that are asked of a database at once.
AT_ONCE = 500
Found = list[tuple[Any, ...]]


class NotADatabase(Refused):
    """The address of the other database leads to none that this program knows."""

    message = N_("%(url)s is not the address of a database.")
    hint = N_("Write postgresql://USER:PASSWORD@HOST/DATABASE, or sqlite:////folder/mes.db for a file.")
    status = 422


class NotReached(Refused):
    """The other database does not answer."""

    message = N_("%(where)s cannot be reached: %(why)s.")
    hint = N_("Check that it runs, its address, name and password.")


class NoRights(Refused):
    """The user of the database may not do what is needed."""

    message = N_("The user of %(where)s may not make tables there.")
    hint = N_("Use the user who owns the database.")


class OtherLetters(Refused):
    """A database that does not keep every letter."""

    message = N_("%(where)s keeps its texts in %(encoding)s, not in UTF-8.")
    hint = N_("Make one that keeps every letter: createdb --encoding=UTF8 --template=template0 NAME")


class Broken(Refused):
    """A database stopped answering, or said no, in the midst."""

    message = N_("The work was broken off: %(why)s.")
    hint = N_("Nothing is lost. Put right what is said, then give the same command again: it goes on where it stopped.")


class Side(Protocol):
    """One of the two databases."""

    url: str
    where: str
    is_sqlite: bool

    def lines(self, shape: Shape, after: Sequence[str | int] = ()) -> Iterator[bytes]:
        """The lines of a table in the order of its key, those behind ``after``."""

    def run(self, command: str, *values: object) -> Found:
        """Run one command (? for each value) and give what comes back."""

    def doing(self) -> AbstractContextManager[None]:
        """What is done inside is kept as a whole or not at all."""

    def one_state(self) -> AbstractContextManager[None]:
        """What is read inside is as of one moment, while others write."""

    def put(self, shape: Shape, block: Block) -> None:
        """Add the rows of a block."""

    def things(self) -> list[str]:
        """The names of all tables, views and the like that are there."""

    def loosen(self, shapes: Sequence[Shape]) -> list[tuple[str, str]]:
        """Take away what makes filling slow (indexes, references); gives names and commands that make it again."""

    def made(self) -> set[str]:
        """The names of all indexes and references that are there."""

    def number(self, shapes: Sequence[Shape]) -> None:
        """The next new row of each table takes the number after the last one."""

    def settle(self) -> None:
        """All that was done is safely on the disk, and the statistics are fresh."""

    def empty(self) -> None:
        """Remove everything that is there."""

    def close(self) -> None:
        """Let go."""
