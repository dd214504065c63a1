"""The catalogues: every sentence of code and templates in every language.

``python -m tests.words`` brings the catalogues up to the code and lists what lacks a Korean translation;
``python -m tests.words lacking LANGUAGE`` lists what another language lacks;
``python -m tests.words fill FILE.json [LANGUAGE]`` takes translations {"English": "한국어"} from a file.

Korean has every sentence. Vietnamese and Chinese have whatever a tablet on the floor can show and what stands on
labels, the other languages the screens of the tablet; their catalogues hold nothing else, so that what an office
page says in them is English throughout.
"""

import io
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from mes.core.config import bundled
from mes.core.i18n import TRANSLATIONS
from tests.station_words import of_the_screens, reachable

ROOT = TRANSLATIONS.parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2), "say": None}
#: The language that has every sentence, and those of the floor.
WHOLE = "ko"
FLOOR = ("vi", "zh")
SCREENS = ("ne", "km", "id", "th", "my", "uz")
#: Languages whose catalogue must be complete, as far as it goes.
COMPLETE = (WHOLE, *FLOOR, *SCREENS)
#: Lines of the head that only say when and by whom.
HEADER_NOISE = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Project-Id-Version|'
    rb"Report-Msgid-Bugs-To).*\n",
    re.MULTILINE,
)
#: What a file without it says, nobody translates.
SAYS = re.compile(r"\b(?:" + "|".join(KEYWORDS) + r")\(|\btrans\b")
Msgid = str | tuple[str, ...]


@cache
def sentences() -> dict[Msgid, list[str]]:
    """Every msgid of code and templates, with the files where it stands."""
    found: dict[Msgid, list[str]] = {}
    for file, method in _sources():
        if not SAYS.search(file.read_text("utf-8")):
            continue
        extracted = extract_from_file(
            method, str(file), KEYWORDS, options={"newstyle_gettext": "true", "trimmed": "true"}
        )
        for _line, msgid, _comments, _context in extracted:
            found.setdefault(msgid, []).append(str(file.relative_to(ROOT)))
    found.pop("", None)
    return found


def _sources() -> Iterator[tuple[Path, str]]:
    for file in sorted((ROOT / "mes").rglob("*.py")):
        yield file, "python"
    for file in sorted(bundled("templates").rglob("*.html")):
        yield file, "jinja2.ext:babel_extract"


@cache
def wanted(language: str) -> frozenset[Msgid]:
    """The sentences that a language has to have."""
    if language == WHOLE:
        return frozenset(sentences())
    shown = reachable() if language in FLOOR else of_the_screens()
    return frozenset(msgid for msgid in sentences() if _english(msgid) in shown)


def catalogue_file(language: str) -> Path:
    """Where a language's sentences are kept."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one if there is none yet."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8")
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def write(language: str, translations: dict[Msgid, Msgid]) -> None:
    """Write exactly today's sentences, sorted, without line numbers."""
    fresh = Catalog(
        locale=language, charset="utf-8", header_comment="# Words of the screens, labels and papers.", fuzzy=False
    )
    for msgid in sorted(wanted(language), key=str):
        fresh.add(msgid, translations.get(msgid, ""))
    text = io.BytesIO()
    write_po(text, fresh, no_location=True, omit_header=False, sort_output=True, width=110)
    plain = HEADER_NOISE.sub(b"", text.getvalue())
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(plain)


def translations(language: str) -> dict[Msgid, Msgid]:
    """What is translated so far."""
    return {_key(message.id): _key(message.string) for message in read(language) if message.id and message.string}


def _english(msgid: Msgid) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _key(msgid: object) -> Msgid:
    return tuple(msgid) if isinstance(msgid, list | tuple) else str(msgid)


def missing(language: str) -> list[Msgid]:
    """Sentences without a translation."""
    known = translations(language)
    return [msgid for msgid in sentences() if msgid in wanted(language) and not any(known.get(msgid, ()))]


def fill(language: str, given: dict[str, str]) -> None:
    """Take translations; what is not given stays as it is."""
    chosen, forms = wanted(language), Catalog(locale=language).num_plurals
    known = translations(language)  # read last: somebody else may be filling in theirs
    for msgid in chosen:
        words = given.get(_english(msgid))
        if words:
            known[msgid] = words if isinstance(msgid, str) else (words,) * forms
    write(language, known)


def main(arguments: list[str]) -> None:
    """Update, fill from a file, or list what is lacking."""
    language = WHOLE
    if arguments[:1] == ["fill"]:
        language = arguments[2] if len(arguments) > 2 else WHOLE
        fill(language, json.loads(Path(arguments[1]).read_text("utf-8")))
    elif arguments[:1] == ["lacking"]:
        language = arguments[1]
    else:
        for one in COMPLETE:
            wanted(one)
            write(one, translations(one))
    lacking = missing(language)
    print(json.dumps({_english(msgid): "" for msgid in lacking}, ensure_ascii=False, indent=1))
    print(f"{len(lacking)} sentences lack {language}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
