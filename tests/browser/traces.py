"""Keys as real scanners send them, played into a page over the browser's own protocol with the page's clock held.

A trace is a list of (milliseconds since the key before, the events of the key). What a scanner's firmware, an Android
keyboard or a Hangul input method do is in the shape of the events; how fast they do it is in the milliseconds.
"""

import random
from collections.abc import Iterable, Iterator
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.core.hangul_keyboard import typed as in_hangul

Event = tuple[str, dict[str, Any]]
Trace = list[tuple[int, list[Event]]]
ALT, CTRL, SHIFT = 1, 2, 8
KEY = "Input.dispatchKeyEvent"
SIGNS = {
    "-": ("Minus", 189),
    ".": ("Period", 190),
    "/": ("Slash", 191),
    ":": ("Semicolon", 186),
    "|": ("Backslash", 220),
}


def _code(letter: str) -> tuple[str, int]:
    if letter.isalpha() and letter.isascii():
        return f"Key{letter.upper()}", ord(letter.upper())
    return (f"Digit{letter}", ord(letter)) if letter.isdigit() else SIGNS.get(letter, ("", 0))


def _key(letter: str, modifiers: int = 0) -> list[Event]:
    """Down and up of a named key. With alt set the browser types no letter into a field."""
    code, number = _code(letter)
    shift = SHIFT if letter.isupper() else 0
    down = {
        "type": "keyDown",
        "key": letter,
        "code": code,
        "windowsVirtualKeyCode": number,
        "modifiers": modifiers | shift,
    }
    text = {} if modifiers & (ALT | CTRL) else {"text": letter}
    return [(KEY, down | text), (KEY, {**down, "type": "keyUp"})]


def _end(name: str) -> list[Event]:
    number = {"Enter": 13, "Tab": 9}[name]
    down = {"type": "keyDown", "key": name, "code": name, "windowsVirtualKeyCode": number}
    return [(KEY, down | ({"text": "\r"} if name == "Enter" else {})), (KEY, {**down, "type": "keyUp"})]


def _line_feed() -> list[Event]:
    down = {"type": "keyDown", "key": "j", "code": "KeyJ", "windowsVirtualKeyCode": 74, "modifiers": CTRL}
    return [(KEY, down), (KEY, {**down, "type": "keyUp"})]


SUFFIXES = {"Enter": [_end("Enter")], "Tab": [_end("Tab")], "CRLF": [_end("Enter"), _line_feed()], "none": []}


def usb(text: str, each: int = 5, end: str = "Enter", modifiers: int = 0) -> Trace:
    """A scanner on a cable: even and fast."""
    return [(each, _key(letter, modifiers)) for letter in text] + [(each, event) for event in SUFFIXES[end]]


def bluetooth(text: str, end: str = "Enter", seed: int = 1) -> Trace:
    """A scanner on a slow radio: packets of some keys, silences between them."""
    dice = random.Random(seed)
    gaps = [dice.choice((4, 8, 8, 12, 20, 90)) if place else 5 for place in range(len(text))]
    return [(gap, _key(letter)) for gap, letter in zip(gaps, text, strict=True)] + [(15, e) for e in SUFFIXES[end]]


def android(text: str, each: int = 12, end: str = "Enter") -> Trace:
    """An Android keyboard: keys without a name (229), the letter only as text in the field."""
    down = {"type": "rawKeyDown", "key": "Unidentified", "code": "", "windowsVirtualKeyCode": 229}
    keys: Trace = [
        (each, [(KEY, down), ("Input.insertText", {"text": letter}), (KEY, {**down, "type": "keyUp"})])
        for letter in text
    ]
    return keys + [(each, event) for event in SUFFIXES[end]]


def composed(text: str, each: int = 5, end: str = "Enter", open_end: bool = False) -> Trace:
    """A Windows PC in Hangul mode: keys are called Process, syllables are composed in the field. ``open_end``: the last
    syllable is still open when the suffix (or nothing) comes."""
    trace: Trace = []
    done = 0
    for place, letter in enumerate(text):
        code, _number = _code(letter)
        down = {"type": "rawKeyDown", "key": "Process", "code": code, "windowsVirtualKeyCode": 229}
        shown = in_hangul(text[done : place + 1])
        if letter.isalpha():
            events: list[Event] = [
                (KEY, down),
                ("Input.imeSetComposition", {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)}),
            ]
        else:
            before = in_hangul(text[done:place])
            events = [(KEY, down)] + ([("Input.insertText", {"text": before})] if before else [])
            events += [("Input.insertText", {"text": letter})]
            done = place + 1
        trace.append((each, [*events, (KEY, {**down, "type": "keyUp"})]))
    left = in_hangul(text[done:])
    if left and not open_end:
        trace.append((0, [("Input.insertText", {"text": left})]))
    return trace + [(each, event) for event in SUFFIXES[end]]


def person(text: str, seed: int = 3) -> Trace:
    """Somebody who types quickly with ten fingers."""
    dice = random.Random(seed)
    return [(dice.randint(85, 190), _key(letter)) for letter in text]


def after(trace: Trace, milliseconds: int) -> Trace:
    """The same trace, begun later."""
    (_gap, first), *others = trace
    return [(milliseconds, first), *others]


def alt_029(each: int = 5) -> Trace:
    """GS as Windows types any character: alt held, 0 2 9 on the number pad."""
    alt = {"key": "Alt", "code": "AltLeft", "windowsVirtualKeyCode": 18}
    digits: list[tuple[int, list[Event]]] = [
        (
            each,
            [
                (
                    KEY,
                    {
                        "type": "rawKeyDown",
                        "key": d,
                        "code": f"Numpad{d}",
                        "windowsVirtualKeyCode": 96 + int(d),
                        "modifiers": ALT,
                    },
                )
            ],
        )
        for d in "029"
    ]
    return [
        (each, [(KEY, {"type": "rawKeyDown", "modifiers": ALT, **alt})]),
        *digits,
        (each, [(KEY, {"type": "keyUp", **alt})]),
    ]


def play(page: Page, *traces: Iterable[tuple[int, list[Event]]]) -> None:
    """Play traces one after another; the page's clock moves on by what the keys take, and by nothing else."""
    session: CDPSession = page.context.new_cdp_session(page)
    for gap, events in _joined(traces):
        page.clock.run_for(gap)
        for name, values in events:
            session.send(name, values)
    session.detach()


def _joined(traces: Iterable[Iterable[tuple[int, list[Event]]]]) -> Iterator[tuple[int, list[Event]]]:
    for trace in traces:
        yield from trace
