"""Forms about printers, their jobs, and labels that count no longer."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from mes.core.forms import CodeField, Form, Longest, NameField, QuantityField, needed, optional, words_of
from mes.core.i18n import N_, _
from mes.core.work import Reader
from mes.equipment.forms import choices_of, number_or_none
from mes.equipment.models import Station, WorkCentre
from mes.equipment.queries import list_coded
from mes.labels.files import find_layouts, is_roll
from mes.labels.folders import folders
from mes.printing import rules
from mes.printing.models import PrinterKind, PrinterLanguage
from mes.printing.printers import get_printer
from mes.printing.rules import VOID_REASONS


def stocks() -> list[str]:
    """The names of the rolls that layouts are made for, from the largest."""
    rolls = {one.stock.name: one.stock for one in find_layouts(folders()).values() if is_roll(one.stock)}
    return sorted(rolls, key=lambda name: (-rolls[name].width, -rolls[name].height, name))


class _Settings(Form):
    """What may be set on any printer."""

    stock = SelectField(N_("Labels that are in it"), coerce=lambda name: name or None)
    density = IntegerField(N_("Darkness"), [Optional(), NumberRange(0, 30)])
    speed = IntegerField(N_("Speed"), [Optional(), NumberRange(1, 14)])
    shift_x = QuantityField(N_("Shift to the right"), [Optional()], least=Decimal(-rules.MOST_SHIFT))
    shift_y = QuantityField(N_("Shift down"), [Optional()], least=Decimal(-rules.MOST_SHIFT))
    columns: tuple[str, ...] = ("stock", "density", "speed", "shift_x", "shift_y")

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices, and what is recorded."""
        self.stock.choices = [("", _("Any")), *((name, name) for name in stocks())]
        if "code" in address:
            printer = get_printer(read, address["code"])
            self.show_values({name: getattr(printer, name) for name in (*self.columns, "version")})

    def validate_shift_x(self, field: QuantityField) -> None:
        """What printers can do."""
        if field.data is not None and field.data > rules.MOST_SHIFT:
            raise ValidationError(_("At most %(most)s mm.", most=rules.MOST_SHIFT))

    validate_shift_y = validate_shift_x

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it."""
        found = {name: self[name].data if self[name].data != "" else None for name in self.columns}
        return found | {name: found[name] or Decimal(0) for name in ("shift_x", "shift_y") if name in found}


class SettingsForm(_Settings):
    """What is in a printer, and how it prints."""


class PrinterForm(_Settings):
    """A printer."""

    code = CodeField(N_("Code"), optional(64))
    name = NameField(N_("Name"), needed(), render_kw={"autofocus": True})
    name_en = NameField(N_("English name"), optional())
    kind = SelectField(N_("How labels come to it"), coerce=PrinterKind)
    address = StringField(N_("Address"), [Optional(), Longest(max=200)])
    port = IntegerField(N_("Port"), [Optional(), NumberRange(1, 65535)], default=9100)
    language = SelectField(N_("Language"), coerce=PrinterLanguage)
    dpi = SelectField(N_("Resolution"), coerce=int)
    font_regular = StringField(N_("Regular font in the printer"), [Optional(), Longest(max=100)])
    font_bold = StringField(N_("Bold font in the printer"), [Optional(), Longest(max=100)])
    work_centre_id = SelectField(N_("Work centre"), coerce=number_or_none)
    station_id = SelectField(N_("Station"), coerce=number_or_none)
    active = BooleanField(N_("In use"), default=True)
    columns = (
        "name", "name_en", "kind", "address", "port", "language", "dpi", "font_regular", "font_bold",
        "work_centre_id", "station_id", "active", *_Settings.columns,
    )  # fmt: skip

    def fill(self, read: Reader, **address: Any) -> None:
        """Choices, and what is recorded; the code stays as it is."""
        self.kind.choices = [(kind, _(words)) for kind, words in rules.KIND_NAMES.items()]
        self.language.choices = [(one, _(words)) for one, words in rules.LANGUAGE_NAMES.items()]
        self.dpi.choices = [(dpi, f"{dpi} dpi") for dpi in rules.RESOLUTIONS]
        self.work_centre_id.choices = choices_of(list_coded(read, WorkCentre, active=True), _("None"))
        self.station_id.choices = choices_of(list_coded(read, Station, active=True), _("None"))
        super().fill(read, **address)
        if "code" in address:
            del self.code

    def validate_font_regular(self, field: StringField) -> None:
        """A file in the printer, such as ``E:KR.TTF``: nothing in it may be taken for a command."""
        if field.data and not rules.FONT_FILE.fullmatch(field.data):
            raise ValidationError(_("A font is named as in the printer's list: E:KR.TTF"))

    validate_font_bold = validate_font_regular

    @property
    def values(self) -> dict[str, Any]:
        """What was entered; an empty port is the usual one."""
        return super().values | {"port": self.port.data or 9100, "active": bool(self.active.data)}


class VoidForm(Form):
    """Why a label counts no longer."""

    reason = RadioField(
        N_("Why does it count no longer?"), needed(), choices=words_of({one: one for one in VOID_REASONS})
    )
