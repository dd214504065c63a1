"""Forms of the tablet: numbers from the pad, a PIN, a photo."""

from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, PasswordField, RadioField, StringField, TextAreaField

from mes.core.forms import Form, QuantityField, needed, optional
from mes.core.i18n import N_, own_name
from mes.core.sent import sent_files
from mes.core.work import Reader
from mes.orders.count_models import CountWay
from mes.orders.counting import Reading
from mes.quality.finding import Finding
from mes.quality.forms import FindingFields
from mes.quality.models import DefectCode
from mes.station import queries


class LeaderForm(Form):
    """A leader signs in to say which station this device is."""

    login = StringField(N_("Login"), needed(), render_kw={"autocomplete": "username"})
    password = PasswordField(N_("Password"), needed(), render_kw={"autocomplete": "current-password"})


class PinForm(Form):
    """The PIN behind a name tile."""

    pin = PasswordField(N_("PIN"), needed())


class ReportForm(Form):
    """Good pieces and defects by code on one sheet. Digits that came along with a scan are put back."""

    good = QuantityField(N_("Good"), optional())
    way = HiddenField(default="")
    gross = QuantityField(N_("Gross weight"), optional())
    tare = QuantityField(N_("Empty container"), optional())
    now = QuantityField(N_("Counter now"), optional())
    before = QuantityField(N_("Counter before"), optional())
    photos = MultipleFileField(N_("Photo"))
    defects: list[tuple[DefectCode, QuantityField]]

    def fill(self, read: Reader, **address: Any) -> None:
        """A field for each type of defect in use, the commonest of this item first."""
        item_id = queries.item_of_job(read, address["code"]).item_id
        typed = request.form if self.is_submitted() else request.args
        if not self.is_submitted():
            self.good.process(typed)
        self.defects = []
        for code in queries.defect_codes_for(read, item_id):
            name = f"defect-{code.code}"
            field = self.meta.bind_field(self, QuantityField(own_name(code)), {"name": name, "prefix": ""})
            field.process(typed)
            self._fields[name] = field
            self.defects.append((code, field))

    @property
    def reading(self) -> Reading | None:
        """What was read on the scales or at the machine; none when pieces were counted."""
        if self.way.data == CountWay.WEIGHT and self.gross.data:
            return Reading(CountWay.WEIGHT, self.gross.data, self.tare.data or Decimal(0))
        if self.way.data == CountWay.COUNTER and self.now.data is not None:
            return Reading(CountWay.COUNTER, self.now.data, self.before.data or Decimal(0))
        return None

    @property
    def counted(self) -> list[tuple[str, Decimal]]:
        """The defects that were entered."""
        return [(code.code, field.data) for code, field in self.defects if field.data]

    @property
    def finding(self) -> Finding:
        """The photos that were taken of the defects."""
        return Finding(photos=sent_files(self.photos.data))


class DefectForm(FindingFields):
    """One type of defect with its quantity and, as far as it is known, photos, place, cause and mould."""

    code = RadioField(N_("Type of defect"), needed())
    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0), default=Decimal(1))
    types: list[DefectCode]

    def fill(self, read: Reader, **address: Any) -> None:
        """The types in use, the commonest of this item first; a scanned one is chosen already. The mould is the one
        that was named last at this job."""
        job = queries.item_of_job(read, address["code"])
        self.fill_causes(read)
        self.types = queries.defect_codes_for(read, job.item_id)
        self.code.choices = [(code.code, own_name(code)) for code in self.types]
        if not self.is_submitted():
            self.code.data = request.args.get("type")
            self.tool.data, self.cavity.data = queries.mould_of(read, job.job_id), None


class StepForm(Form):
    """What was done at a work step: a tick, a number or words; ``undo`` takes the tick back."""

    number = QuantityField(N_("Value"), optional(), least=None)
    text = TextAreaField(N_("What you see"), optional(2000), render_kw={"rows": 3})
    undo = HiddenField()


class TakeForm(Form):
    """How much is taken of a lot, when it is not what the job still needs."""

    quantity = QuantityField(N_("Quantity"), needed(), above=Decimal(0))


class BeginForm(Form):
    """The beginning of an inspection; ``trigger`` says what made it due."""

    trigger = StringField(N_("Reason"), optional())

    def fill(self, read: Reader, **address: Any) -> None:
        """What the address names."""
        if not self.is_submitted():
            self.trigger.data = request.args.get("trigger")
