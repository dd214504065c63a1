"""Words, numbers and dates in the reader's language.

Msgids are English sentences with named parameters. The language and time zone of the person in front of the
screen are held in context variables, set once per request (or by the command line).
"""

import gettext as _gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from mes.core.particles import with_particles

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
#: Languages in the order in which they are offered, each by its own name.
LANGUAGES = {
    "ko": "한국어",
    "en": "English",
    "vi": "Tiếng Việt",
    "zh": "简体中文",
    "ne": "नेपाली",
    "km": "ខ្មែរ",
    "id": "Indonesia",
    "th": "ไทย",
    "my": "မြန်မာ",
    "uz": "Oʻzbek",
}
#: Monday first.
WEEKDAYS = {
    "ko": "월화수목금토일",
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "ne": ("सोम", "मङ्गल", "बुध", "बिहि", "शुक्र", "शनि", "आइत"),
    "km": ("ចន្ទ", "អង្គារ", "ពុធ", "ព្រហ", "សុក្រ", "សៅរ៍", "អាទិត្យ"),
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "th": ("จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา."),
    "my": ("တနင်္လာ", "အင်္ဂါ", "ဗုဒ္ဓဟူး", "ကြာသပတေး", "သောကြာ", "စနေ", "တနင်္ဂနွေ"),
    "uz": ("Du", "Se", "Chor", "Pay", "Juma", "Shan", "Yak"),
}

_language: ContextVar[str] = ContextVar("language", default="en")
#: The plant's own words in a language, looked up when the first is needed.
_own_words: ContextVar[Callable[[str], Mapping[str, str]]] = ContextVar("own_words", default=lambda _language: {})
_zone: ContextVar[ZoneInfo] = ContextVar("zone", default=ZoneInfo("Asia/Seoul"))


def N_(msgid: str) -> str:
    """Mark a sentence for translation where it cannot be translated yet (class bodies, tables)."""
    return msgid


@cache
def catalogue(language: str) -> _gettext.NullTranslations:
    """The catalogue of a language, falling back on the English msgids."""
    return _gettext.translation("messages", str(TRANSLATIONS), [language], fallback=True)


def language() -> str:
    """The language of the person in front of the screen."""
    return _language.get()


def zone() -> ZoneInfo:
    """The plant's time zone, in which times are shown."""
    return _zone.get()


@cache
def offered() -> dict[str, str]:
    """Languages that have a catalogue here (English needs none)."""
    return {code: name for code, name in LANGUAGES.items() if code == "en" or (TRANSLATIONS / code).is_dir()}


def speak(code: str, time_zone: str) -> None:
    """Speak ``code`` and show times in ``time_zone`` from here on (one request runs in one context)."""
    _language.set(code if code in LANGUAGES else "en")
    _zone.set(ZoneInfo(time_zone))


def know_words(read: Callable[[str], Mapping[str, str]]) -> None:
    """Where the plant's own words in a language come from, from here on. A letter is not always in its reader's."""
    _own_words.set(read)


@contextmanager
def speaking(code: str, time_zone: str | None = None) -> Iterator[None]:
    """Speak ``code`` (and show times in ``time_zone``) inside the block."""
    token = _language.set(code if code in LANGUAGES else "en")
    zone_token = _zone.set(ZoneInfo(time_zone)) if time_zone else None
    try:
        yield
    finally:
        _language.reset(token)
        if zone_token:
            _zone.reset(zone_token)


def _(msgid: str, **values: object) -> str:
    """The sentence in the reader's language, its parameters filled in and formatted."""
    return say(msgid, values)


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Like ``_`` for a counted thing; ``n`` is also a parameter."""
    return _fill(catalogue(language()).ngettext(one, many, n), {"n": n, **values})


def say(msgid: str, values: Mapping[str, object]) -> str:
    """Translate a msgid and fill in its named parameters."""
    return _fill(catalogue(language()).gettext(msgid) if msgid else "", values)


def word(text: str) -> str:
    """A word that a template got as a value: translated if it is one of ours, never filled in, never taken for HTML."""
    return catalogue(language()).gettext(text) if text else ""


def _fill(text: str, values: Mapping[str, object]) -> str:
    filled = text % {name: shown(value) for name, value in values.items()} if values else text.replace("%%", "%")
    return with_particles(filled) if "(" in text and language() == "ko" else filled


def shown(value: object) -> str:
    """Any value as a person reads it: numbers with separators, dates as 2026-01-05, times 24 h."""
    if value is None:
        return "-"
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(value)
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def number(value: Decimal | int | None) -> str:
    """An exact number with thousands separators and no trailing zeros; nothing is "-"."""
    if value is None:
        return "-"
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: Decimal | int | None, whole: Decimal | int | None) -> str:
    """A rate in percent with one place; without a denominator "-", never 0 %."""
    if part is None or not whole:
        return "-"
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.1'))} %"


def day(value: date | datetime | None) -> str:
    """A date with its weekday: 2026-01-05 (월)."""
    if value is None:
        return "-"
    local = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    names = WEEKDAYS.get(language(), WEEKDAYS["en"])
    return f"{local.isoformat()} ({names[local.weekday()]})"


def clock(value: datetime | None) -> str:
    """The time of day in the plant's zone, 24 h: 18:05."""
    return value.astimezone(zone()).strftime("%H:%M") if value else "-"


def stamp(value: datetime | None) -> str:
    """Date and time in the plant's zone: 2026-01-05 18:05."""
    return value.astimezone(zone()).strftime("%Y-%m-%d %H:%M") if value else "-"


def own_text(text: str) -> str:
    """A text of the plant's own in the reader's language, if it has a word there; else as it is."""
    return _own_words.get()(language()).get(text, text)


def own_name(thing: object) -> str:
    """A plant's own name for a thing in the reader's language (``name_vi``), else in English, else as it is."""
    name: str = getattr(thing, "name", "")
    word = _own_words.get()(language()).get(name)
    if word or language() == "ko":
        return word or name
    return getattr(thing, f"name_{language()}", None) or getattr(thing, "name_en", None) or name
