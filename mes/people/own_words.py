"""Give the plant's own words in the languages of its people."""

from collections.abc import Mapping

from sqlalchemy import select, update

from mes.core.errors import Refused
from mes.core.i18n import LANGUAGES, N_
from mes.core.own_words import LONGEST, OwnWord
from mes.core.plant import Plant
from mes.core.work import Work

#: A text on record, and the language in which it is said.
Word = tuple[str, str]


class LanguageNotSpoken(Refused):
    """A language that no screen speaks."""

    message = N_("No screen speaks the language %(language)s.")
    hint = N_("Choose one of: %(known)s.")
    status = 422


class WordTooLong(Refused):
    """A text that is longer than what can be kept in other languages."""

    message = N_("“%(text)s …” is longer than %(most)s characters, so it is not kept in other languages.")
    hint = N_("Divide it into shorter ones.")
    status = 422


def set_own_words(work: Work, said: Mapping[Word, str | None]) -> int:
    """Say texts of the plant in other languages; an empty one takes its word back. Gives how many changed.

    Raises LanguageNotSpoken, WordTooLong.
    """
    for (text, language), word in said.items():
        if language not in LANGUAGES:
            raise LanguageNotSpoken(language=language[:20], known=", ".join(LANGUAGES))
        if max(len(text), len(word or "")) > LONGEST:
            raise WordTooLong(text=text[:40], most=LONGEST)
    if not said:
        return 0
    texts = sorted({text for text, _language in said})
    found: dict[Word, OwnWord] = {}
    for begin in range(0, len(texts), 500):
        query = select(OwnWord).where(OwnWord.text.in_(texts[begin : begin + 500])).with_for_update()
        found |= {(one.text, one.language): one for one in work.session.scalars(query)}
    changed = sum([_set(work, found.get(key), *key, (word or "").strip()) for key, word in sorted(said.items())])
    if changed:
        # by a plain statement: whoever has the plant's settings open at a desk must not lose them for a word
        work.session.execute(update(Plant).values(words_stamp=Plant.words_stamp + 1))
    return changed


def _set(work: Work, known: OwnWord | None, text: str, language: str, word: str) -> bool:
    if known is None:
        if word:
            work.add(OwnWord(text=text, language=language, said=word), "people.own_word", code=language)
        return bool(word)
    if known.said == word:
        return False
    if word:
        with work.change(known, "people.own_word"):
            known.said = word
            work.session.flush()
    else:
        work.record("people.own_word", known, before={"said": known.said}, after={"said": None}, code=language)
        work.session.delete(known)
        work.session.flush()
    return True
