"""Use cases of what quality works by: types of defect with their pictures, and causes."""

from typing import Any

from sqlalchemy import func, select

from mes.core.coded import add_coded, change_coded
from mes.core.files import clean_photo, store_file
from mes.core.work import Work
from mes.quality.catalogue import get_defect_cause, get_defect_code
from mes.quality.models import Defect, DefectCause, DefectCode
from mes.quality.rules import CodeInUse


def add_defect_code(
    work: Work,
    *,
    code: str,
    name: str,
    name_en: str | None = None,
    name_vi: str | None = None,
    group: str | None = None,
) -> DefectCode:
    """Enter a type of defect (불량유형). Raises AlreadyExists, SimilarCode."""
    entered = DefectCode(code=code, name=name, name_en=name_en, name_vi=name_vi, group=group)
    return add_coded(work, entered, "quality.add_code")


def change_defect_code(work: Work, code: str, *, version: int | None = None, **columns: Any) -> DefectCode:
    """Rename, regroup, deactivate or bring back a type of defect. Raises StaleEdit."""
    changed = work.lock(DefectCode, get_defect_code(work.session, code).id)
    return change_coded(work, changed, "quality.change_code", version, columns)


def set_code_picture(work: Work, code: str, name: str, raw: bytes) -> DefectCode:
    """Give a type of defect its picture, for those who choose by touch. Raises NotAPicture, HeicPicture,
    PictureTooLarge."""
    clean = clean_photo(name, raw)
    changed = work.lock(DefectCode, get_defect_code(work.session, code).id)
    picture = store_file(work, name or "photo.jpg", "image/jpeg", clean)
    return change_coded(work, changed, "quality.code_picture", None, {"picture_id": picture.id})


def remove_defect_code(work: Work, code: str) -> None:
    """Remove a type of defect that was entered by mistake. One in use is only ended. Raises CodeInUse, NotFound."""
    _remove(work, work.lock(DefectCode, get_defect_code(work.session, code).id), Defect.code_id, "quality.remove_code")


def add_defect_cause(
    work: Work,
    *,
    code: str,
    name: str,
    name_en: str | None = None,
    name_vi: str | None = None,
    group: str | None = None,
) -> DefectCause:
    """Enter a cause of defects (불량원인). Raises AlreadyExists, SimilarCode."""
    entered = DefectCause(code=code, name=name, name_en=name_en, name_vi=name_vi, group=group)
    return add_coded(work, entered, "quality.add_cause")


def change_defect_cause(work: Work, code: str, *, version: int | None = None, **columns: Any) -> DefectCause:
    """Rename, regroup, end or bring back a cause. Raises StaleEdit."""
    changed = work.lock(DefectCause, get_defect_cause(work.session, code).id)
    return change_coded(work, changed, "quality.change_cause", version, columns)


def remove_defect_cause(work: Work, code: str) -> None:
    """Remove a cause that was entered by mistake. One in use is only ended. Raises CodeInUse, NotFound."""
    found = work.lock(DefectCause, get_defect_cause(work.session, code).id)
    _remove(work, found, Defect.cause_id, "quality.remove_cause")


def _remove(work: Work, thing: DefectCode | DefectCause, column: Any, verb: str) -> None:
    records = work.session.scalar(select(func.count()).where(column == thing.id)) or 0
    if records:
        raise CodeInUse(field="code", code=thing.code, records=records)
    work.record(verb, thing, before={"code": thing.code, "name": thing.name})
    work.session.delete(thing)
    work.session.flush()
