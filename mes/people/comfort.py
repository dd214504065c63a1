"""What makes a station's screen easier for one person: kept with the person, in force wherever the badge is scanned."""

from mes.core.errors import Refused
from mes.core.i18n import LANGUAGES, N_
from mes.core.work import Work
from mes.people.models import Person

#: Each setting with the words of which one may be kept; nothing kept means: as it comes.
SETTINGS: dict[str, tuple[str, ...]] = {
    "text": ("big", "huge"),
    "hand": ("left",),
    "theme": ("light", "dark"),
    "sound": ("loud", "quiet"),
    "buzz": ("numb",),
    "motion": ("calm",),
    "speech": ("speak",),
}


class NoSuchComfort(Refused):
    """A word that no screen knows."""

    message = N_("This setting cannot be kept.")
    hint = N_("Open the page again and choose one of what is shown.")
    status = 422


def set_comfort(work: Work, setting: str, choice: str) -> Person:
    """Set one thing of one's own screen ("" is how it comes), or one's language. Raises NoSuchComfort."""
    known = LANGUAGES if setting == "language" else ("", *SETTINGS.get(setting, ()))
    if choice not in known or (setting != "language" and setting not in SETTINGS):
        raise NoSuchComfort
    person = work.lock(Person, work.actor.person_id or 0)
    with work.change(person, "people.change_comfort"):
        if setting == "language":
            person.language = choice
        else:
            person.comfort = (person.comfort - set(SETTINGS[setting])) | ({choice} if choice else set())
        work.session.flush()
    return person
