"""Names as they can be printed: in the label's language, in letters that its font has."""

from mes.core.i18n import own_name
from mes.labels.fonts import GlyphMissing, face
from mes.people.models import Person


def is_printable(text: str) -> bool:
    """Whether the label font has all letters of a text; pictographs become boxes and do not count."""
    try:
        face("regular").printable(text, boxes=True)
    except GlyphMissing:
        return False
    return True


def named(thing: object) -> str:
    """A thing's name in the label's language; where the label font lacks its letters, in English."""
    name, english = own_name(thing), getattr(thing, "name_en", None)
    return english if english and not is_printable(name) and is_printable(english) else name


def person_named(person: Person) -> str:
    """A name that can be printed, else the person's number: nobody's alphabet stops a label."""
    name = named(person)
    return name if is_printable(name) else person.code
