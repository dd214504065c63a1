"""One-time keys: every write from a screen or a program carries one, and is recorded once."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.errors import KeyReused
from mes.core.fetch import Fetch
from mes.core.types import Moment


class OneTimeKey(Base):
    """A key that was used, what came with it (as a hash), and the answer that was given."""

    __tablename__ = "one_time_keys"
    straight = True

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment]
    answer: Mapped[str] = mapped_column(Text)


BY_NAME = Fetch(OneTimeKey, select(OneTimeKey).where(OneTimeKey.key == bindparam("name")))


class AlreadyDone(Exception):
    """The same write came before: here is the answer it got."""

    def __init__(self, answer: dict[str, object], at: datetime) -> None:
        super().__init__(answer)
        self.answer = answer
        self.at = at
        #: It was this very sending whose acknowledgement got lost between the program and its database: its ``Work``.
        self.just_now: Any = None


def fingerprint(parts: Iterable[str | bytes]) -> str:
    """What a write said, as a hash: the same key with another content is refused."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def is_used(session: Session, key: str) -> bool:
    """Whether something was recorded with this key; a no that counts (a wrong try) is not what was meant by it."""
    used = BY_NAME.first(session, name=key)
    return used is not None and "refused" not in json.loads(used.answer)


def says(session: Session, key: str) -> str | None:
    """The sentence that was said of what was recorded with this key, if one was."""
    used = BY_NAME.first(session, name=key)
    return json.loads(used.answer).get("said") if used is not None else None


def look_up(session: Session, key: str, content: str) -> None:
    """Nothing for a new key; raises ``AlreadyDone`` for a repeated write, ``KeyReused`` for another one."""
    used = BY_NAME.first(session, name=key)
    if used is None:
        return
    if used.fingerprint != content:
        raise KeyReused
    raise AlreadyDone(json.loads(used.answer), used.at)
