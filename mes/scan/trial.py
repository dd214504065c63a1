"""What a scanner does to a test label: the keys that arrived, and in words which setting to change.

The label is known, so that everything that differs from it is the scanner's or the computer's doing: the key behind
the code, another keyboard layout, Hangul, caps lock, a lost separator, keys that come too slowly or get lost.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from statistics import mean

from mes.core.dresses import SEPARATORS, SYMBOLOGY
from mes.core.gs1 import GS
from mes.core.hangul import has_hangul, typed_keys
from mes.core.i18n import N_
from mes.core.keyboards import meant
from mes.core.numbering import with_check
from mes.scan.trial_words import (
    LAYOUT_NAMES,
    SET_CASE,
    SET_GS,
    SET_KEYS,
    SET_KOREAN,
    SET_LAYOUT,
    SET_PREFIX,
    SET_SLOWER,
    SET_SPEED,
    SET_SUFFIX,
    Grade,
)

#: Letters that every other layout moves, the dash, all digits, and a check character.
LABEL = with_check("T-YZQAWM-0123456789")
#: A GS1 code in which a separator stands between lot and serial number.
ELEMENTS = {"01": "09506000134352", "10": "TEST7", "21": "A1"}
GS1_LABEL = f"01{ELEMENTS['01']}10{ELEMENTS['10']}{GS}21{ELEMENTS['21']}"
#: Milliseconds between keys that are fast, and that begin to look like a person.
FAST, SLOW = 30, 60
#: More letters than any label has are not compared with one.
MOST_LETTERS = 400
#: Milliseconds inside a code that a screen may take for its end.
LONG_SILENCE = 250
_LATIN_CODE = re.compile(r"Key([A-Z])|(?:Digit|Numpad)(\d)")


@dataclass(frozen=True)
class Stroke:
    """One thing that the browser told of: a key that went down, or text that appeared in the field."""

    at: float
    kind: str
    key: str = ""
    code: str = ""
    data: str = ""
    alt: bool = False
    ctrl: bool = False
    caps: bool = False


@dataclass(frozen=True)
class Finding:
    """One sentence about the scanner and, unless all is well, what to set."""

    topic: str
    grade: Grade
    sentence: str
    advice: str = ""
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What came of one scan."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def grade(self) -> Grade:
        """The worst of its findings."""
        grades = [finding.grade for finding in self.findings]
        return next((one for one in (Grade.BAD, Grade.MIND) if one in grades), Grade.GOOD)


def diagnose(strokes: Sequence[Stroke]) -> Diagnosis:
    """What one scan of a test label tells about the scanner, in the order in which one would set it right."""
    typed = read_keys(strokes)
    body = typed.rstrip("\r\n\t")[:MOST_LETTERS]
    if not body:
        return Diagnosis(
            "",
            (
                Finding(
                    "text",
                    Grade.BAD,
                    N_("No key arrived."),
                    N_(
                        "Point the scanner at the label on this page and pull the trigger; the scanner must "
                        "be set to act as a keyboard (HID)."
                    ),
                ),
            ),
        )
    content, found = _content(body)
    findings = [*found, _suffix(strokes, typed), *_keyboard(strokes, body), *_speed(strokes)]
    return Diagnosis(content, tuple(sorted(findings, key=lambda finding: -list(Grade).index(finding.grade))))


def read_keys(strokes: Sequence[Stroke]) -> str:
    """The text of a scan: what the keys say, or what appeared in the field where keys have no names (Android)."""
    keys = "".join(_letter(stroke) for stroke in strokes if stroke.kind == "down")
    shown = "".join(stroke.data for stroke in strokes if stroke.kind == "input")
    named = keys.strip("\r\n\t")
    return keys if len(named) >= len(shown) else shown + keys[len(keys.rstrip("\r\n\t")) :]


def _letter(stroke: Stroke) -> str:
    named = {"Enter": "\r", "Tab": "\t"}.get(stroke.key) or {"Enter": "\r", "NumpadEnter": "\r", "Tab": "\t"}.get(
        stroke.code if stroke.key == "Process" else ""
    )
    if named:
        return named
    if stroke.ctrl:
        return {"]": GS, "j": "\n", "J": "\n", "m": "\r", "M": "\r"}.get(stroke.key, "")
    if len(stroke.key) == 1:
        return stroke.key
    code = _LATIN_CODE.fullmatch(stroke.code) if stroke.key == "Process" else None
    if code:
        return code[1] or code[2]
    return "-" if stroke.key == "Process" and stroke.code == "Minus" else ""


def _content(body: str) -> tuple[str, list[Finding]]:
    """The label as it was meant, and what differs from it."""
    body = unicodedata.normalize("NFC", body)
    found: list[Finding] = []
    prefixed = SYMBOLOGY.match(body)
    if prefixed:
        found.append(
            Finding(
                "prefix",
                Grade.GOOD,
                N_("The scanner names the kind of code in front (%(prefix)s). That is understood."),
                values=(("prefix", prefixed[0]),),
            )
        )
        body = body[3:]
    if has_hangul(body):
        body = typed_keys(body)
        found.append(
            Finding(
                "hangul",
                Grade.MIND,
                N_("The computer was switched to Hangul. The code was turned back, so it works."),
                SET_KOREAN,
            )
        )
    for expected in (LABEL, GS1_LABEL):
        said = _compared(body, expected)
        if said is not None:
            return expected, found + said
    return body, [*found, _torn(body)]


def _compared(body: str, expected: str) -> list[Finding] | None:
    """What differs between what came and what is printed; None where it is something else altogether."""
    came, wanted = body.upper(), expected.upper()
    if came == wanted:
        right = _right(body, expected, N_("Every character arrived as it is printed."))
        return [right, _gs("kept")] if GS in expected else [right]
    ways = {SEPARATORS.sub(GS, came): "replaced", came.replace("029", GS): "alt"}
    if GS in expected and wanted in ways:
        return [_gs(ways[wanted])]
    if came == wanted.replace(GS, ""):
        return [_gs("lost")]
    if came.endswith(wanted):
        extra = (("extra", body[: -len(expected)][:20]),)
        return [
            Finding("prefix", Grade.BAD, N_("The scanner adds “%(extra)s” in front of the code."), SET_PREFIX, extra)
        ]
    return _other_layout(body, wanted)


def _other_layout(body: str, wanted: str) -> list[Finding] | None:
    for turned, scanner, computer in meant(body):
        if turned.upper() == wanted:
            values = (("scanner", LAYOUT_NAMES[scanner]), ("computer", LAYOUT_NAMES[computer]))
            told = N_("The scanner types for the keyboard %(scanner)s, while the computer has %(computer)s.")
            return [Finding("layout", Grade.BAD, told, SET_LAYOUT, values)]
    return None


def _right(body: str, expected: str, sentence: str) -> Finding:
    if body != expected and body.swapcase() == expected:
        return Finding(
            "case",
            Grade.MIND,
            N_("Capitals arrived as small letters. Codes are read in either, so it works."),
            SET_CASE,
        )
    return Finding("text", Grade.GOOD, sentence)


def _gs(how: str) -> Finding:
    return {
        "kept": Finding("gs", Grade.GOOD, N_("The separator of GS1 codes (GS) arrives.")),
        "replaced": Finding(
            "gs", Grade.GOOD, N_("The separator of GS1 codes (GS) arrives as another sign. That is understood.")
        ),
        "lost": Finding(
            "gs",
            Grade.MIND,
            N_(
                "The separator of GS1 codes (GS) gets lost. Codes with a lot and a serial number may then be "
                "read in two ways."
            ),
            SET_GS,
        ),
        "alt": Finding("gs", Grade.BAD, N_("The separator of GS1 codes (GS) arrives as the digits 029."), SET_GS),
    }[how]


def _torn(body: str) -> Finding:
    """Neither label: characters are missing, or it was another code."""
    wanted = max((LABEL, GS1_LABEL), key=lambda label: _common(body.upper(), label))
    kept = _common(body.upper(), wanted)
    values = (("lost", len(wanted) - kept), ("many", len(wanted)))
    if kept >= len(wanted) // 2:
        return Finding("text", Grade.BAD, N_("%(lost)s of %(many)s characters did not arrive."), SET_SLOWER, values)
    return Finding(
        "text", Grade.BAD, N_("This is not the test label."), N_("Scan one of the codes on this page, or print them.")
    )


def _common(text: str, wanted: str) -> int:
    """How many characters of the label came, in their order."""
    return sum(block.size for block in SequenceMatcher(None, text, wanted, autojunk=False).get_matching_blocks())


def _suffix(strokes: Sequence[Stroke], typed: str) -> Finding:
    end = typed[len(typed.rstrip("\r\n\t")) :]
    if not end:
        return Finding(
            "suffix",
            Grade.MIND,
            N_(
                "No key ends the code. It is taken after a short pause, and each scan takes a third of a second longer."
            ),
            SET_SUFFIX,
        )
    names = {"\r": N_("Enter"), "\t": N_("Tab"), "\n": N_("line feed")}
    if end in ("\r\n", "\r\r", "\n"):
        return Finding("suffix", Grade.GOOD, N_("The code ends with two keys (CR and LF). That is understood."))
    return Finding("suffix", Grade.GOOD, N_("The code ends with the key %(key)s."), values=(("key", names[end[0]]),))


def _keyboard(strokes: Sequence[Stroke], body: str) -> Iterator[Finding]:
    downs = [stroke for stroke in strokes if stroke.kind == "down" and stroke.key not in ("Shift", "Alt", "Control")]
    if any(stroke.kind == "input" and len(stroke.data) > 3 for stroke in strokes):
        yield Finding(
            "keys",
            Grade.BAD,
            N_("The whole text arrives at once, as if it were pasted. It is only taken where the cursor stands."),
            SET_KEYS,
        )
    elif any(stroke.key == "Unidentified" for stroke in downs):
        yield Finding(
            "keys",
            Grade.GOOD,
            N_("The keys have no names (Android). They are read from the field that has the cursor."),
        )
    if sum(stroke.alt for stroke in downs) > len(body) // 2:
        yield Finding("alt", Grade.GOOD, N_("The scanner holds Alt with every key. That is understood."))
    if any(stroke.caps for stroke in downs):
        yield Finding("caps", Grade.MIND, N_("Caps lock is on."), SET_CASE)


def _speed(strokes: Sequence[Stroke]) -> Iterator[Finding]:
    times = [
        stroke.at for stroke in strokes if stroke.kind == "down" and (_letter(stroke) or stroke.key == "Unidentified")
    ]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    if not gaps:
        return
    values = (("each", round(mean(gaps))), ("longest", round(max(gaps))))
    if max(gaps) > LONG_SILENCE or mean(gaps) > SLOW:
        yield Finding(
            "speed", Grade.BAD, N_("The keys come slowly: %(each)s ms each, once %(longest)s ms."), SET_SPEED, values
        )
    elif mean(gaps) > FAST:
        yield Finding("speed", Grade.MIND, N_("The keys come slowly: %(each)s ms each. It works."), SET_SPEED, values)
    else:
        yield Finding("speed", Grade.GOOD, N_("The keys come fast: %(each)s ms each."), values=values)
