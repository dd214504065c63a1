"""The computers that serve one plant from one PostgreSQL: what they must have in common, and whether they have.

Everything recorded, photos and files too, is in the database. Three things lie in the data folder of each computer: the
key that signs sign-ins, the plant's own label layouts, and the copies that this computer has made. Each program that
serves says every few seconds what it has, so that another one can tell what differs.
"""

import hashlib
import hmac
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes import __version__
from mes.core.config import Settings, secret_key
from mes.core.db import Base
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.types import Id, Moment
from mes.core.work import Work

#: Seconds between two words of a program, after which it counts as gone, and after which it is forgotten.
BEAT, GONE = 20.0, timedelta(seconds=90)
FORGOTTEN = timedelta(days=7)


class Computer(Base):
    """A program that serves this plant, and when it was last heard of."""

    __tablename__ = "computers"
    __table_args__ = (UniqueConstraint("name", "port"),)

    id: Mapped[Id]
    #: The computer and its data folder.
    name: Mapped[str] = mapped_column(String(200))
    port: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    #: What is the same where the key is the same; the key cannot be worked out from it.
    key_mark: Mapped[str] = mapped_column(String(32), info={"secret": True})
    layouts_mark: Mapped[str] = mapped_column(String(32))
    seen_at: Mapped[Moment]


class OtherKey(Refused):
    """Who signs in at one computer would be a stranger at the other."""

    message = N_("%(other)s serves this plant with another secret key: a sign-in here would be none there.")
    hint = N_("Copy secret.key from its data folder into this one, or set the same MES_SECRET_KEY on both.")


class Me(NamedTuple):
    """What this program has."""

    name: str
    port: int
    key_mark: str
    layouts_mark: str


def this_computer(settings: Settings) -> str:
    """What this computer, with its data folder, is called among those of the plant."""
    return f"{socket.gethostname()} {settings.data_dir.absolute()}"[:200]


def me(settings: Settings) -> Me:
    """What this program has, as others are told."""
    mark = hmac.new(secret_key(settings).encode(), b"computers", "sha256").hexdigest()[:32]
    return Me(this_computer(settings), settings.port, mark, _mark_of(settings.layouts_dir))


def _mark_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.is_file():
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def say(work: Work, who: Me) -> None:
    """Be heard of. What was not heard of for days is forgotten."""
    found = work.session.scalar(select(Computer).where(Computer.name == who.name, Computer.port == who.port))
    if found is None:
        found = Computer(name=who.name, port=who.port, version="", key_mark="", layouts_mark="", seen_at=work.now)
        work.session.add(found)
    found.version, found.key_mark, found.layouts_mark = __version__, who.key_mark, who.layouts_mark
    found.seen_at = work.now
    work.session.flush()
    work.session.execute(delete(Computer).where(Computer.seen_at < work.now - FORGOTTEN))


def leave(work: Work, who: Me) -> None:
    """This program stops."""
    work.session.execute(delete(Computer).where(Computer.name == who.name, Computer.port == who.port))


def others(session: Session, who: Me, now: datetime) -> Sequence[Computer]:
    """The other computers that serve this plant now."""
    query = select(Computer).where(Computer.name != who.name, Computer.seen_at > now - GONE)
    return session.scalars(query.order_by(Computer.name, Computer.port)).all()


def check_key(session: Session, who: Me, now: datetime) -> None:
    """Raise OtherKey when another computer that serves now signs with another key."""
    for other in others(session, who, now):
        if other.key_mark != who.key_mark:
            raise OtherKey(other=other.name)


def differences(session: Session, who: Me, now: datetime) -> Iterator[str]:
    """What other computers of the plant have that is not what this one has, in sentences."""
    for other in others(session, who, now):
        if other.key_mark != who.key_mark:
            yield str(OtherKey(other=other.name))
        if other.layouts_mark != who.layouts_mark:
            yield _(
                "%(other)s has other label layouts than this computer: copy the folder labels from one to the other.",
                other=other.name,
            )
        if other.version != __version__:
            yield _("%(other)s runs version %(there)s of the program, this computer %(here)s: bring both to the same.",
                    other=other.name, there=other.version, here=__version__)  # fmt: skip
