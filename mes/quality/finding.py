"""What a defect looks like, where on the part it sits, and where it comes from: told with the count, or left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from mes.core.files import SentFile, clean_photo, store_file
from mes.core.work import Work
from mes.equipment.models import Tool
from mes.quality import catalogue, rules
from mes.quality.models import Defect, DefectPhoto, mark_of

#: The further ones would be looked at by nobody.
MOST_PHOTOS = 8


class Mark(NamedTuple):
    """Where a finger pointed on the item's picture, in thousandths of its width and height from the upper left."""

    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Everything that is told about defective pieces beside type and number. ``cause_code`` is one of the plant's
    own list, ``cause`` free words; ``tool`` and ``cavity`` stand on the mould."""

    photos: Sequence[SentFile] = ()
    cause_code: str | None = None
    cause: str | None = None
    note: str | None = None
    tool: str | None = None
    cavity: str | None = None
    mark: Mark | None = None

    def cleaned(self) -> list[SentFile]:
        """The photos as they are kept: small and clean. Done before anybody is locked out.

        Raises NotAPicture, HeicPicture, PictureTooLarge, TooManyPhotos.
        """
        if len(self.photos) > MOST_PHOTOS:
            raise rules.TooManyPhotos(field="photos", most=MOST_PHOTOS)
        return [SentFile(one.name, clean_photo(one.name, one.content, "photos")) for one in self.photos]

    def columns(self, work: Work) -> dict[str, Any]:
        """What is stored on the defect. Raises DefectCauseEnded, MarkOffThePicture, NotFound."""
        if self.mark is not None and not all(0 <= place <= 1000 for place in self.mark):
            raise rules.MarkOffThePicture(field="mark")
        cause = catalogue.get_defect_cause(work.session, self.cause_code) if self.cause_code else None
        if cause is not None and not cause.active:
            raise rules.DefectCauseEnded(field="cause_code", code=cause.code)
        return {
            "cause_id": cause.id if cause else None,
            "cause": self.cause or None,
            "note": self.note or None,
            "tool": mark_of(self.tool),
            "cavity": mark_of(self.cavity),
            "mark_x": self.mark.x if self.mark else None,
            "mark_y": self.mark.y if self.mark else None,
        }


NOTHING_TOLD = Finding()


def keep(work: Work, photos: Sequence[SentFile]) -> list[int]:
    """Keep cleaned photos; gives their numbers, each once."""
    kept = [store_file(work, one.name or "photo.jpg", "image/jpeg", one.content).id for one in photos]
    return list(dict.fromkeys(kept))


def attach(work: Work, row: Defect, files: Sequence[int]) -> None:
    """The photos after the first belong to the defect too."""
    further = [DefectPhoto(defect_id=row.id, position=n, file_id=file) for n, file in enumerate(files[1:], 2)]
    work.session.add_all(further)


def tool_mark(session: Session, tool_id: int | None) -> str | None:
    """How defects name a tool that is known."""
    return mark_of(session.get_one(Tool, tool_id).code) if tool_id is not None else None
