"""Answers of a characteristic as people write them, on a form and in a list."""

from collections.abc import Iterable

from mes.inspection.models import Choice
from mes.inspection.standard_data import ChoiceData


def read_choices(text: str, *, good: bool) -> list[ChoiceData]:
    """Answers, one per line or between slashes; an English name may follow behind an equals sign: ``양호 = OK``."""
    found = []
    for part in text.replace("/", "\n").splitlines():
        name, _sign, english = (piece.strip()[:100] for piece in part.partition("="))
        if name:
            found.append(ChoiceData(name=name, name_en=english or None, good=good))
    return found


def choices_as_text(choices: Iterable[Choice | ChoiceData], *, good: bool, between: str = "\n") -> str:
    """The good, or the bad, answers as they would be entered."""
    return between.join(
        f"{one.name} = {one.name_en}" if one.name_en else one.name for one in choices if one.good is good
    )
