"""Files and photos kept in the database, so that one backup holds everything."""

import hashlib
import io
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import LargeBinary, Select, String, delete, exists, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, undefer

from mes.core.db import Base
from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_
from mes.core.types import Id, Moment, Name
from mes.core.work import Work

MOST_BYTES = 30 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1600
#: How files of the HEIF family name themselves.
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


class StoredFile(Base):
    """One file as it is served: its kind is decided here, never by the sender's word for it."""

    __tablename__ = "files"

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    name: Mapped[Name]
    at: Mapped[Moment]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class SentFile(NamedTuple):
    """A file or photo as somebody sent it: its name, and its bytes."""

    name: str
    content: bytes


#: What a form without its file sends: nothing that any use case takes for a picture.
NO_FILE = SentFile("", b"")


class NotAPicture(Refused):
    """What was sent as a photo is none that can be read."""

    message = N_("The file %(name)s is not a photo that can be read.")
    hint = N_("Take the photo again, or send it as JPEG, PNG or WebP.")
    status = 422


class HeicPicture(Refused):
    """What an iPhone makes unless it is told otherwise; no browser but its own shows it."""

    message = N_("The photo %(name)s is in the HEIC format of an iPhone, which cannot be shown here.")
    hint = N_("On the iPhone choose Settings, Camera, Formats, Most Compatible; or send the photo as JPEG.")
    status = 422


class PictureTooLarge(Refused):
    """A photo beyond what a camera makes."""

    message = N_("The photo %(name)s is too large.")
    hint = N_("At most 30 MB and 60 megapixels. Take it again with a smaller size.")
    status = 422


def clean_photo(name: str, raw: bytes, field: str = "photo") -> bytes:
    """A photo as it is kept: upright, at most 1600 px, JPEG, without the camera's metadata (place, owner).

    ``field``: the form's field to which a refusal belongs.

    Raises NotAPicture, HeicPicture or PictureTooLarge.
    """
    from PIL import Image, ImageOps

    if len(raw) > MOST_BYTES:
        raise PictureTooLarge(field=field, name=name[:60])
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        raise HeicPicture(field=field, name=name[:60])
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureTooLarge(field=field, name=name[:60])
            image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            ImageOps.exif_transpose(image, in_place=True)
            upright = image.convert("RGB")
    except PictureTooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(field=field, name=name[:60]) from error
    except Exception as error:  # the decoders raise many kinds; all mean the same to the person
        raise NotAPicture(field=field, name=name[:60]) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright.info.clear()  # the camera's notes, which would be written again
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82)
    return out.getvalue()


def store_file(work: Work, name: str, kind: str, content: bytes) -> StoredFile:
    """Keep a file; the same content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    found = find_file(work.session, digest)
    if found:
        return found
    kept = StoredFile(sha256=digest, kind=kind, name=name[:200], at=work.now, content=content)
    return work.add(kept, "files.store", code=digest[:16])


def forget_files(work: Work, idents: Collection[int]) -> None:
    """Remove those of these files that nothing refers to any more."""
    referring = [
        column for table in Base.metadata.sorted_tables for column in table.columns
        if any(key.column.table is StoredFile.__table__ for key in column.foreign_keys)
    ]  # fmt: skip
    # the number of the newest one would be given again
    newest = select(func.max(StoredFile.id)).scalar_subquery()
    left = [~exists().where(column == StoredFile.id).correlate(StoredFile) for column in referring]
    work.session.execute(delete(StoredFile).where(StoredFile.id.in_(idents), StoredFile.id < newest, *left))


def find_file(session: Session, sha256: str) -> StoredFile | None:
    """A kept file by its hash."""
    return session.query(StoredFile).filter_by(sha256=sha256).one_or_none()


def get_file(session: Session, query: Select[StoredFile], what: str, code: object) -> StoredFile:
    """The file that a query finds, with its content. ``what`` and ``code`` say which it was. Raises NotFound."""
    found = session.scalar(query.options(undefer(StoredFile.content)))
    if found is None:
        raise NotFound(what=what, code=str(code))
    return found
