"""Files as a form sends them."""

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from mes.core.files import SentFile


def sent_file(sent: object) -> SentFile | None:
    """What was sent in a field; None when nothing was chosen (an empty file is sent, and refused later).

    It is read from its beginning: an act that waited for a lock is tried again.
    """
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    sent.seek(0)
    return SentFile(sent.filename[-200:], sent.read())


def sent_files(sent: Iterable[object] | None) -> list[SentFile]:
    """What was sent in a field for several."""
    return [found for one in sent or () if (found := sent_file(one)) is not None]
