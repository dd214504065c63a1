"""Use cases of what quality works by: types of defect, and what is measured on an item."""

from typing import Any

from mes.core.coded import add_coded, change_coded
from mes.core.work import Work
from mes.quality.models import DefectCode
from mes.quality.queries import get_defect_code


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
