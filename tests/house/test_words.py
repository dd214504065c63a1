"""Every sentence is there in every complete language, with the same parameters."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.words import COMPLETE, KEYWORDS, ROOT, missing, sentences, translations

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("source")]  # whoever has read the whole source keeps it
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
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS and call.args:
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
