"""The plant's own words in the languages of its people: names of items, defects, reasons, places, steps.

A word is kept by what stands on record, not by the thing that carries it: "찢김" is translated once, wherever it is the
name of something, and what was copied (a job's operation, a frozen revision) speaks all languages as well.
"""

from collections.abc import Mapping
from threading import Lock
from types import MappingProxyType
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.types import Id

#: The longest text that can be looked up.
LONGEST = 500
Words = Mapping[str, str]
NOTHING: Words = MappingProxyType({})


class OwnWord(Base):
    """What a text of the plant is called in one more language."""

    __tablename__ = "own_words"
    __table_args__ = (UniqueConstraint("text", "language"),)

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(String(LONGEST))
    language: Mapped[str] = mapped_column(String(8), index=True)
    said: Mapped[str] = mapped_column(String(LONGEST))


#: For each database and language, the words and the stamp of the plant at which they were read.
_kept: WeakKeyDictionary[Engine, dict[str, tuple[int, Words]]] = WeakKeyDictionary()
_reading = Lock()


def own_words(session: Session, language: str, stamp: int) -> Words:
    """All words of a language, read again when ``stamp`` (``Plant.words_stamp``) has moved on; 0: there are none."""
    if not stamp:
        return NOTHING
    engine = session.get_bind()
    if not isinstance(engine, Engine):
        engine = engine.engine
    with _reading:
        kept = _kept.setdefault(engine, {})
        found = kept.get(language)
    if found is None or found[0] != stamp:
        rows = session.execute(select(OwnWord.text, OwnWord.said).where(OwnWord.language == language))
        found = stamp, {row.text: row.said for row in rows}
        with _reading:
            kept[language] = found
    return found[1]
