"""Reads about types of defect, causes, and pictures."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from mes.core.errors import NotFound
from mes.core.fetch import Fetch
from mes.core.files import StoredFile, get_file
from mes.core.i18n import N_, _
from mes.quality.models import Defect, DefectCause, DefectCode, DefectPhoto


def list_defect_codes(session: Session, *, active: bool = False) -> list[DefectCode]:
    """All types of defect by group and code; only those in use with ``active``."""
    query = select(DefectCode).order_by(DefectCode.active.desc(), func.coalesce(DefectCode.group, ""), DefectCode.code)
    return list(session.scalars(query.where(DefectCode.active) if active else query))


def find_defect_code(session: Session, code: str) -> DefectCode | None:
    """A type of defect by its code (without case)."""
    return BY_CODE.first(session, code=code.strip().lower())


BY_CODE = Fetch(DefectCode, select(DefectCode).where(func.lower(DefectCode.code) == bindparam("code")))


def get_defect_code(session: Session, code: str) -> DefectCode:
    """A type of defect by its code. Raises NotFound."""
    found = find_defect_code(session, code)
    if found is None:
        raise NotFound(field="code", what=_(N_("defect code")), code=code)
    return found


def list_defect_causes(session: Session, *, active: bool = False) -> list[DefectCause]:
    """All causes by group and code; only those in use with ``active``."""
    query = select(DefectCause).order_by(
        DefectCause.active.desc(), func.coalesce(DefectCause.group, ""), DefectCause.code
    )
    return list(session.scalars(query.where(DefectCause.active) if active else query))


def get_defect_cause(session: Session, code: str) -> DefectCause:
    """A cause by its code (without case). Raises NotFound."""
    found = session.scalar(select(DefectCause).where(func.lower(DefectCause.code) == code.strip().lower()))
    if found is None:
        raise NotFound(field="cause_code", what=_(N_("cause of defects")), code=code)
    return found


def names_of_codes(session: Session, ids: Collection[int]) -> list[str]:
    """The names of some types of defect."""
    return list(session.scalars(select(DefectCode.name).where(DefectCode.id.in_(ids)).order_by(DefectCode.code)))


def photos_of(session: Session, defect: Defect) -> list[int]:
    """The numbers of a defect's photos, the first one first."""
    query = select(DefectPhoto.file_id).where(DefectPhoto.defect_id == defect.id).order_by(DefectPhoto.position)
    return ([defect.photo_id] if defect.photo_id else []) + list(session.scalars(query))


def get_photo(session: Session, defect_id: int, number: int = 1) -> StoredFile:
    """A photo of a defect, with its content: the first, or a further one. Raises NotFound."""
    if number == 1:
        query = select(StoredFile).join(Defect, Defect.photo_id == StoredFile.id).where(Defect.id == defect_id)
    else:
        query = select(StoredFile).join(DefectPhoto, DefectPhoto.file_id == StoredFile.id)
        query = query.where(DefectPhoto.defect_id == defect_id, DefectPhoto.position == number)
    return get_file(session, query, _(N_("photo of defect")), defect_id)


def get_code_picture(session: Session, code: str) -> StoredFile:
    """The picture of a type of defect, with its content. Raises NotFound."""
    query = select(StoredFile).join(DefectCode, DefectCode.picture_id == StoredFile.id).where(DefectCode.code == code)
    return get_file(session, query, _(N_("picture")), code)
