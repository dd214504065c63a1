"""Tables of a layout file: values by name and form, and what is wrong with them, in sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from mes.core.i18n import _, say

#: No measure and no count is larger; TOML also knows numbers without end.
_MOST = 100_000


class Table:
    """One table of a layout file: gives its values by name and notes what is wrong with them."""

    def __init__(self, where: str, values: Mapping[str, Any], faults: list[str]) -> None:
        self.where = where
        self.values = values
        self.faults = faults
        self._known: set[str] = set()

    def fault(self, sentence: str) -> None:
        """Note a fault, with the place it is at."""
        self.faults.append(f"{self.where}: {sentence}")

    def number(self, name: str, default: float | None = None) -> float:
        """A measure; zero when it is missing or no number, which is noted."""
        value = self._taken(name)
        if value is None and default is not None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool) and -_MOST <= value <= _MOST:
            return float(value)
        if value is None:
            self.fault(_("“%(name)s” is missing.", name=name))
        else:
            self.fault(_("“%(name)s” must be a number, not “%(value)s”.", name=name, value=_shown(value)))
        return 0.0

    def whole(self, name: str, default: int) -> int:
        """A count of at least one."""
        value = self._taken(name)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST:
            return value
        self.fault(_("“%(name)s” must be a whole number from 1 up, not “%(value)s”.", name=name, value=_shown(value)))
        return default

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._taken(name)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.fault(_("“%(name)s” must be true or false, not “%(value)s”.", name=name, value=_shown(value)))
        return default

    def word(self, name: str, default: str, among: Iterable[str] = ()) -> str:
        """A text, if so said one of a few."""
        value = self._taken(name)
        if value is None:
            return default
        choices = tuple(among)
        if isinstance(value, str) and (not choices or value in choices):
            return value
        if not choices:
            self.fault(_("“%(name)s” must be a text, not “%(value)s”.", name=name, value=_shown(value)))
        else:
            self.fault(
                _(
                    "“%(name)s” is “%(value)s”; it must be one of: %(choices)s.",
                    name=name,
                    value=_shown(value),
                    choices=", ".join(choices),
                )
            )
        return default

    def texts(self, name: str) -> dict[str, str]:
        """A text per language; a plain text stands for all of them."""
        value = self._taken(name)
        if isinstance(value, str):
            return {"en": value}
        if not (isinstance(value, dict) and all(isinstance(text, str) for text in value.values())):
            self.fault(_("“%(name)s” must be a text, or texts by language.", name=name))
            return {"en": ""}
        for language in ("ko", "en"):
            if language not in value:
                self.fault(_("“%(name)s” lacks the language %(language)s.", name=name, language=language))
        return dict(value) or {"en": ""}

    def tables(self, name: str, place: str) -> list["Table"]:
        """The tables of a list, each knowing its place (a msgid with a number)."""
        found = self._taken(name)
        if found is None:
            return []
        if not (isinstance(found, list) and all(isinstance(part, dict) for part in found)):
            self.fault(_("“%(name)s” must be a list of tables.", name=name))
            return []
        return [Table(_place(say(place, {"number": n}), part), part, self.faults) for n, part in enumerate(found, 1)]

    def raw(self, name: str) -> Any:
        """A value whose form the caller looks into."""
        return self._taken(name)

    def finish(self) -> None:
        """Note every name that nothing asked for."""
        for name in self.values:
            if name not in self._known:
                self.fault(_("“%(name)s” is not known here.", name=name))

    def _taken(self, name: str) -> Any:
        self._known.add(name)
        return self.values.get(name)


def _shown(value: object) -> str:
    """A value as a sentence names it; whole numbers of thousands of digits have no text at all."""
    try:
        text = str(value)
    except ValueError:
        text = "…"
    return text if len(text) <= 60 else text[:59] + "…"


def _place(place: str, values: Mapping[str, Any]) -> str:
    text = values.get("text")
    if isinstance(text, dict):
        text = next(iter(text.values()), None)
    return f"{place} “{text}”" if isinstance(text, str) else place
