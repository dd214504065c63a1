"""Every sentence is there in every complete language, with the same parameters."""

import ast
import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mes.core.i18n import TRANSLATIONS
from tests.house.source import calls_in
from tests.words import COMPLETE, KEYWORDS, ROOT, missing, sentences, translations

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("source")]  # whoever has read the whole source keeps it
TERMS = TRANSLATIONS / "terms.csv"
PARAMETER = re.compile(r"%\((\w+)\)s")
#: A percent sign that would be taken for the beginning of a parameter.
LONE_PERCENT = re.compile(r"(?<!%)%(?:%%)*(?![%(])")


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_lacks_its_translation(language: str) -> None:
    lacking = missing(language)
    assert lacking == [], f"python -m tests.words fill FILE.json {language}"


@pytest.mark.parametrize("language", COMPLETE)
def test_translations_have_the_same_parameters(language: str) -> None:
    wrong = [
        msgid
        for msgid, words in translations(language).items()
        if not _parameters(words) <= _parameters(msgid) or (_parameters(msgid) and LONE_PERCENT.search(str(words)))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", COMPLETE)
def test_no_translation_is_left_of_a_sentence_that_is_gone(language: str) -> None:
    gone = set(translations(language)) - set(sentences())
    assert gone == set(), "python -m tests.words"


def test_no_sentence_hides_where_it_is_not_found() -> None:
    """What stands inside an f-string never comes into the catalogue, so it would stay English."""
    known = {word for msgid in sentences() for word in ([msgid] if isinstance(msgid, str) else msgid)}
    hidden = [
        f"{file.relative_to(ROOT)}:{call.lineno}: {said}"
        for file in sorted((ROOT / "mes").rglob("*.py"))
        for call, said in _said_in(file)
        if said not in known
    ]
    assert hidden == [], "give the sentence a line of its own"


def _said_in(file: Path) -> Iterator[tuple[ast.Call, str]]:
    for call in calls_in(file):
        if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield call, first.value


def test_no_sentence_carries_markup() -> None:
    assert [msgid for msgid in sentences() if "<" in str(msgid) and ">" in str(msgid)] == []


def _parameters(text: str | Iterable[str]) -> set[str]:
    return set(PARAMETER.findall(text if isinstance(text, str) else " ".join(text)))


def test_korean_has_one_word_for_a_badge_and_one_for_undoing() -> None:
    """사원증 is what hangs on the neck; 되돌리기 takes an entry back, 취소 ends an order or leaves a form."""
    undoing = re.compile(r"\bundo(?:ne)?\b", re.IGNORECASE)
    mixed = {
        msgid: words
        for msgid, words in translations("ko").items()
        if "배지" in str(words) or ("취소" in str(words) and undoing.search(str(msgid)))
    }
    assert mixed == {}, "write 사원증 and 되돌리기"


def test_korean_asks_in_one_register() -> None:
    """A screen asks as a colleague does (-세요); the stiff -십시오 beside it would read like two programs."""
    stiff = {msgid: words for msgid, words in translations("ko").items() if "십시오" in str(words)}
    assert stiff == {}, "write -세요"


#: What the rows of the list say about a word; the others are languages.
ABOUT = {"key", "en", "note"}


def terms() -> list[dict[str, str]]:
    """The reviewed list of shop-floor terms: a row for each, "|" between forms of a word that are all right."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_term_is_said_in_every_language() -> None:
    assert all(set(row) - ABOUT == {"ko", *COMPLETE} and all(row.values()) for row in terms())
    keys = [row["key"] for row in terms()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", [one for one in COMPLETE if one != "ko"])
def test_translations_use_the_terms_of_the_list(language: str) -> None:
    """One word for one thing: who has read "lô" on a label looks for it on the screen. (Korean leaves out what is clear
    from the screen, so its words are held by the tests above.)"""
    wrong = []
    sayings = [
        tuple(PARAMETER.sub("", text if isinstance(text, str) else text[0]) for text in pair)
        for pair in translations(language).items()
    ]
    for row in terms():
        english_forms = "|".join(f"{word}s?" for word in row["en"].split("|"))
        said = re.compile(rf"(?<![\w-])(?:{english_forms})(?![\w-])", re.IGNORECASE)
        forms = [form.casefold() for form in row[language].split("|")]
        for english, other in sayings:
            if said.search(english) and not any(form in other.casefold() for form in forms):
                wrong.append((row["key"], english, other))
    assert wrong == [], f"write the word of {TERMS.name}"
