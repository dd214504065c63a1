"""Forms: the shape of what people type. Rules of the factory are not here but in the rooms' rules."""

import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField as _DateField
from wtforms import Field, HiddenField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from mes.core.i18n import N_, _
from mes.core.practice import FromTraining
from mes.core.scanning import named_code
from mes.core.types import LARGEST, PLACES
from mes.core.work import Reader

#: Characters that no key types and no page shows. Lines, tabs and the separators that scanners send are not among them.
UNSEEN = re.compile(r"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f]")


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Base of all write forms: carries the one-time key and, for edits, the row's version."""

    once = HiddenField(default=lambda: uuid.uuid4().hex)
    version = HiddenField()

    def __init__(self, **given: Any) -> None:
        """``formdata=None`` makes a form that nobody typed into, beside the one that was sent."""
        self.untouched = given.get("formdata", "") is None
        super().__init__(**given)

    def fill(self, read: Reader, **address: Any) -> None:
        """Set choices and, when the form is first shown, the values as they are recorded. Rooms override it."""

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show recorded values; what the person already typed is never replaced."""
        if self.untouched or not self.is_submitted():
            self.process(data=dict(values))

    @property
    def row_version(self) -> int | None:
        """The version of the row when the form was opened."""
        return row_number(self.version.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse, at its field, a character that nobody sees (it comes with a paste, never from a key)."""
        fine = super().validate(extra_validators)
        for field in self:
            if any(isinstance(value, str) and UNSEEN.search(value) for value in field.raw_data or ()):
                field.errors = [_("This contains an invisible character. Type it again.")]
                fine = False
        return bool(fine)

    class Meta:
        """Messages of the library itself in the reader's language."""

        def get_translations(self, form: Any) -> "Words":
            """Our own catalogue instead of the library's."""
            return Words()


class Words:
    """Gives WTForms' own messages through our catalogue."""

    def gettext(self, text: str) -> str:
        """One message."""
        return _(text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A counted message."""
        return _(one if n == 1 else many)


#: What is never kept, not even as a hash, wherever it comes from.
SECRETS = frozenset({"password", "password_now", "again", "pin", "second"})


def secret_names(form: Form | None) -> set[str]:
    """The names of the fields of a request that open doors."""
    typed = () if form is None else form
    return {*SECRETS, *(field.name for field in typed if isinstance(field, PasswordField))}


def row_number(text: str) -> int | None:
    """The number of a row as a browser sent it; None for what can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


class CodeField(StringField):
    """A code: text as it is, without surrounding blanks. ``00123`` and ``1E5`` stay what they are."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Trim; compose Hangul that arrives in pieces (as macOS sends it)."""
        super().process_formdata([unicodedata.normalize("NFC", v).strip() for v in valuelist])
        if self.data and (len(self.data) > 64 or not self.data.isprintable()):
            raise ValueError(_("A code has at most 64 printable characters."))


class ThingField(CodeField):
    """The code of a thing that is there: typed, or scanned as an address, a GS1 code or into a Hangul keyboard.

    ``of_item``: of a GS1 code the item's number counts, not the lot's.
    """

    def __init__(self, label: str = "", validators: Any = None, *, of_item: bool = False, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.of_item = of_item

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the code out of its dress before it is looked at."""
        try:
            super().process_formdata([named_code(value.strip(), of_item=self.of_item) for value in valuelist])
        except FromTraining as refused:
            raise ValueError(str(refused)) from None


class NameField(StringField):
    """A name: up to 200 characters of any script."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Trim and compose."""
        super().process_formdata([unicodedata.normalize("NFC", v).strip() for v in valuelist])
        if self.data and len(self.data) > 200:
            raise ValueError(_("A name has at most 200 characters."))


PLAIN_NUMBER = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?|[+-]?\.\d+", re.ASCII)
WITH_COMMA = re.compile(r"[+-]?[\d,]+(\.[\d,]*)?", re.ASCII)
#: Digits and signs of the wide forms that a Korean keyboard types: ``１２．５`` is 12.5.
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def read_quantity(text: str) -> Decimal:
    """An exact quantity from what a person typed: ``1,234.5``. Raises ValueError with a plain sentence.

    A comma stands only between thousands: ``1,5`` may mean one and a half or fifteen, so it is asked for again.
    So is ``0,125``: thousands never begin with a nought.
    Nothing else stands in a number: ``1E5`` is a code, ``10 10`` two numbers.
    """
    plain = text.translate(NARROW).strip()
    if not PLAIN_NUMBER.fullmatch(plain):
        if "," in plain and WITH_COMMA.fullmatch(plain):
            raise ValueError(_("%(text)s can be read in two ways: write decimals with a point.", text=text[:40]))
        raise ValueError(_("%(text)s is not a number.", text=text[:40]))
    value = Decimal(plain.replace(",", ""))
    if abs(value) >= LARGEST:
        raise ValueError(_("This number is too large."))
    if value != round(value, PLACES):
        raise ValueError(_("At most %(places)s decimal places.", places=PLACES))
    return value


class QuantityField(Field):
    """An exact decimal quantity. The unit stands beside it (``description``), never inside it."""

    widget = TextInput()

    def __init__(self, label: str = "", validators: Any = None, *, least: Decimal | None = Decimal(0),
                 above: Decimal | None = None, **kwargs: Any) -> None:  # fmt: skip
        super().__init__(label, validators, **kwargs)
        self.least, self.above = least, above
        self.typed = ""

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else f"{self.data:f}")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, keeping what was typed for when it is none."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        value = read_quantity(self.typed)
        if self.above is not None and value <= self.above:
            raise ValueError(_("More than %(least)s is needed here.", least=self.above))
        if self.least is not None and value < self.least:
            raise ValueError(_("Not less than %(least)s.", least=self.least))
        self.data = value


EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def day_asked(text: str) -> date | None:
    """The day that an address asks for; None for what no plant can mean."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


class DayField(_DateField):
    """A date that a plant can mean: the years 2000 to 2100."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Refuse the year 0 and 9999 as typing errors."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("%(text)s is not a date.", text=valuelist[0][:40])) from None
        if self.data is not None and not EARLIEST <= self.data <= LATEST:
            raise ValueError(_("A date between 2000 and 2100 is needed."))


class Needed(InputRequired):
    """The field must be filled in."""

    def __call__(self, form: Any, field: Any) -> None:
        """Say so in one sentence."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            if field.errors:  # the parsing error says more
                raise StopValidation
            field.errors = []
            raise StopValidation(_("Please fill in this field."))


def needed() -> list[Any]:
    """Validators of a field that must be filled in."""
    return [Needed()]


class Longest(Length):
    """A text has at most so many characters; numbers and dates have their own bounds."""

    def __call__(self, form: Any, field: Any) -> None:
        """Look at texts only."""
        if isinstance(field.data, str):
            super().__call__(form, field)


def optional(longest: int = 2000) -> list[Any]:
    """Validators of a field that may stay empty."""
    return [Optional(), Longest(max=longest)]


class ReasonForm(Form):
    """One reason: what many acts need (hold, release, cancel, undo, adjust)."""

    reason = NameField(N_("Reason"), needed())


def words_of(names: Mapping[Any, str], empty: str | None = None) -> Callable[[], list[tuple[str, str]]]:
    """Choices of a fixed list, in the reader's language; ``empty`` is the word for "none of them"."""
    return lambda: [
        *([] if empty is None else [("", _(empty))]),
        *((str(value), _(word)) for value, word in names.items()),
    ]


def ticks(label: str, names: Mapping[Any, str], **options: Any) -> SelectMultipleField:
    """A field in which several of a fixed list may be ticked."""
    return SelectMultipleField(
        label,
        choices=words_of(names),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **options,
    )


#: Sentences of the form library itself, marked so that they are translated too.
OF_THE_LIBRARY = (
    N_("Not a valid choice."),
    N_("Invalid Choice: could not coerce."),
    N_("'%(value)s' is not a valid choice for this field."),
    N_("'%(value)s' are not valid choices for this field."),
    N_("Not a valid integer value."),
    N_("Not a valid date value."),
    N_("Not a valid datetime value."),
    N_("Number must be between %(min)s and %(max)s."),
    N_("Field cannot be longer than %(max)d character."),
    N_("Field cannot be longer than %(max)d characters."),
    N_("Invalid input."),
    N_("This field is required."),
)
