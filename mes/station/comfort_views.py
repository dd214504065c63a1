"""My screen: language, size, hand, brightness, sound and voice of the one who is signed in."""

from flask import request, session

from mes.core.access import ANYONE, EVERYONE
from mes.core.i18n import LANGUAGES, N_, _, speaking
from mes.core.pages import Page, actor, go, page
from mes.core.work import Reader, Work
from mes.people.comfort import set_comfort
from mes.station.here import here, need_station, room, shown

#: Each setting: name, heading, and what can be chosen, beginning with how it comes.
CHOICES = [
    ("text", N_("Text size"), [("", N_("Normal")), ("big", N_("Big")), ("huge", N_("Very big"))]),
    ("hand", N_("Hand"), [("", N_("Right")), ("left", N_("Left"))]),
    ("theme", N_("Brightness"), [("", N_("Automatic")), ("light", N_("Light")), ("dark", N_("Dark"))]),
    ("sound", N_("Sound"), [("", N_("Normal")), ("loud", N_("Loud")), ("quiet", N_("Off"))]),
    ("buzz", N_("Vibration"), [("", N_("On")), ("numb", N_("Off"))]),
    ("motion", N_("Motion"), [("", N_("On")), ("calm", N_("Off"))]),
    ("speech", N_("Read results aloud"), [("", N_("Off")), ("speak", N_("On"))]),
]


@room.read("/screen", who=EVERYONE)
def screen(read: Reader) -> Page:
    """How the screen looks and sounds for me."""
    here(read)
    who = actor()
    return shown(read, "station/screen.html", choices=CHOICES, kept=who.comfort if who else (), languages=LANGUAGES)


@room.write("/screen", who=EVERYONE, show=screen)
def set_screen(work: Work) -> Page:
    """Keep one choice; it holds at every station from the next page on."""
    here(work.session)
    person = set_comfort(work, request.form.get("setting", ""), request.form.get("choice", ""))
    session.pop("language", None)  # what was chosen in this browser before must not hide one's own
    with speaking(person.language):
        return go("station.screen", said=_("Your screen is set."))


@room.read("/language", who=ANYONE)
def language(read: Reader) -> Page:
    """Before anybody has signed in: which language does the tablet speak?"""
    return page("station/language.html", station=need_station(read), languages=LANGUAGES)
