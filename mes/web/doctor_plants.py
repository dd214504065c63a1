"""Several plants, in sentences for ``mes doctor``: head office's copies, and what a plant keeps for head office."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import _, stamp
from mes.keeping.installation import check_installed, sqlite_file
from mes.plants import publication
from mes.plants.registry import registered
from mes.plants.standing import same_numbers, troubles

#: Whether it is well, and the sentence.
Told = tuple[bool, str]


def plants(settings: Settings, now: datetime) -> Iterator[Told]:
    """How each copy stands, and whether head office comes for what is kept for it."""
    if sqlite_file(settings.database) is not None:
        return
    database = Database(settings.database)
    try:
        with suppress(Refused, SQLAlchemyError):  # said already
            check_installed(settings)
            with registered(database) as registry:
                standings = registry.standings(now)
            for one in standings:
                wrong = list(troubles(one, now))
                yield from ((False, sentence) for sentence in wrong)
                if not wrong and one.up_to is not None:
                    yield True, _("%(plant)s is here up to %(when)s.", plant=one.called, when=stamp(one.up_to))
            yield from ((False, sentence) for sentence in same_numbers(standings))
            with database.engine.connect() as connection:
                if publication.is_published(connection):
                    wrong = list(publication.alarms(connection))
                    yield from ((False, sentence) for sentence in wrong)
                    if not wrong:
                        yield True, _("Head office may follow this plant.")
    finally:
        database.engine.dispose()
