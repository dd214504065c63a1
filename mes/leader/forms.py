"""Forms of the leader: where a job is done and for whom it is meant, and a message to stations."""

from typing import Any

from flask import request
from wtforms import SelectField, TextAreaField

from mes.core.forms import Form, optional, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.equipment.models import MachineState, WorkCentre
from mes.equipment.queries import list_coded, list_machines
from mes.orders.queries import get_job
from mes.people.queries import list_people


def _number(value: object) -> int | None:
    return row_number(str(value or ""))


class AssignForm(Form):
    """Where a job is done, on which machine, and for whom it is meant."""

    centre = SelectField(N_("Work centre"), coerce=_number)
    machine = SelectField(N_("Machine"), coerce=_number)
    person = SelectField(N_("Meant for"), coerce=_number)

    def fill(self, read: Reader, **address: Any) -> None:
        """Work centres and machines in use, and people who work here; what is planned stands in the fields. A work
        centre or machine that is out of use since stays the one that is chosen: the job goes nowhere unseen."""
        job = get_job(read, address["code"])
        centres = list_coded(read, WorkCentre, active=True)
        if job.work_centre_id not in {one.id for one in centres}:
            centres.append(read.get_one(WorkCentre, job.work_centre_id))
        machines = list_machines(read, active=True)
        if job.machine_id is not None and job.machine_id not in {one.id for one in machines}:
            machines += [one for one in list_machines(read) if one.id == job.machine_id]
        people = list_people(read, active=True)
        self.centre.choices = [(one.id, own_name(one)) for one in centres]
        self.machine.choices = [
            ("", _("Whoever starts it chooses")),
            *((one.id, f"{own_name(one.work_centre)} · {own_name(one)}{_held(one.state)}") for one in machines),
        ]
        self.person.choices = [("", _("Anybody")), *((one.id, own_name(one)) for one in people)]
        if not self.is_submitted():
            self.centre.data, self.machine.data, self.person.data = job.work_centre_id, job.machine_id, job.meant_for_id


def _held(state: MachineState) -> str:
    return f" ({_('On hold')})" if state is MachineState.HELD else ""


class MessageForm(Form):
    """What stations are told; which ones are ticked in a list."""

    text = TextAreaField(N_("Message"), optional(500), render_kw={"rows": 3, "maxlength": 500})

    @property
    def chosen(self) -> list[int]:
        """The stations that are ticked."""
        return [number for text in request.form.getlist("station") if (number := row_number(text)) is not None]
