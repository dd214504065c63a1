"""The words of a certificate: Korean, English, or both beside each other, whoever prints it."""

from collections.abc import Callable
from typing import Any

from mes.certificates.models import Language
from mes.core.i18n import say, speaking


class Tongue:
    """Says a word in the language of the paper."""

    def __init__(self, language: Language) -> None:
        self.codes = ("ko", "en") if language is Language.BOTH else (language.value,)

    @property
    def first(self) -> Language:
        """The one language for where there is room for one word only."""
        return Language(self.codes[0])

    def say(self, msgid: str, between: str = " / ", **values: object) -> str:
        """A word or sentence; both languages side by side where both are wanted and differ."""
        found = []
        for code in self.codes:
            with speaking(code):
                found.append(say(msgid, values))
        return between.join(dict.fromkeys(found))

    def told(self, sentence: Callable[[], str], between: str = "\n") -> str:
        """A sentence that is put together from words, in each language by itself."""
        found = []
        for code in self.codes:
            with speaking(code):
                found.append(sentence())
        return between.join(dict.fromkeys(found))

    def name(self, thing: dict[str, Any] | None) -> str:
        """A thing's own name in the language of the paper."""
        if thing is None:
            return "-"
        korean, english = str(thing["name"]), thing.get("name_en")
        names = [english or korean if code == "en" else korean for code in self.codes]
        return " / ".join(dict.fromkeys(names))
