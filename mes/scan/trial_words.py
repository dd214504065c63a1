"""What to set on a scanner, in words that fit the booklets and apps of all families."""

from enum import StrEnum

from mes.core.i18n import N_
from mes.core.keyboards import Layout


class Grade(StrEnum):
    """How much a finding matters: fine; works, but better otherwise; does not work."""

    GOOD = "good"
    MIND = "mind"
    BAD = "bad"


LAYOUT_NAMES = {Layout.US: N_("English (US)"), Layout.GERMAN: N_("German"), Layout.FRENCH: N_("French")}
SET_SUFFIX = N_(
    "In the scanner's booklet or its app, set the suffix (terminator) to Enter: “CR”, “Add Enter”, “Send Enter key”."
)
SET_LAYOUT = N_(
    "Set the scanner's keyboard language (“country”, “keyboard layout”) to the computer's, or both to English "
    "(US). Scanners that offer it can also send “ALT codes”, which fit every layout."
)
SET_KOREAN = N_(
    "Press the Korean/English key once before work, or switch Hangul off for the stations; scanners with an "
    "Android screen: choose keystrokes instead of the Korean keyboard."
)
SET_CASE = N_("Switch caps lock off, and set “case conversion” of the scanner to none.")
SET_GS = N_(
    "Set the scanner to send GS as Ctrl+] (“function code mapping” or “control characters: Ctrl”), or to "
    "replace it with | or ~."
)
SET_SPEED = N_(
    "Set the delay between characters to 0-5 ms (“inter-character delay”, “keystroke delay”); on Bluetooth "
    "come closer, or charge the scanner."
)
SET_SLOWER = N_(
    "Characters get lost: set the delay between characters to 5-10 ms (“inter-character delay”), and look at "
    "the cable or the radio link."
)
SET_PREFIX = N_(
    "Take away what the scanner adds in front (“prefix”, “preamble”). Symbology prefixes such as ]Q3 may stay."
)
SET_KEYS = N_(
    "Set the scanner's app to send keystrokes (“keyboard wedge”, “keystroke output”) instead of pasting the text."
)
