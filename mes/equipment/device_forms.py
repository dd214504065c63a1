"""The form of a board on the wall."""

from typing import Any

from flask import request
from wtforms import SelectField

from mes.core.forms import CodeField, Form, Longest, NameField, needed, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.equipment.device_models import Board
from mes.equipment.device_queries import get_board
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded


def _number(value: object) -> int | None:
    return row_number(str(value or ""))


class BoardForm(Form):
    """What a board is called, and what it shows."""

    name = NameField(N_("Name"), [*needed(), Longest(max=100)])
    centre = SelectField(N_("It shows"), coerce=_number)

    def fill(self, read: Reader, **address: Any) -> None:
        """The whole plant, or one of its work centres."""
        centres = list_coded(read, WorkCentre, active=True)
        board: Board | None = get_board(read, address["ident"]) if "ident" in address else None
        kept = board.work_centre if board else None
        if kept is not None and kept.id not in {one.id for one in centres}:
            centres.append(kept)  # else the board would show the whole plant once somebody changes its name
        self.centre.choices = [("", _("The whole plant")), *((one.id, own_name(one)) for one in centres)]
        if board is not None:
            self.show_values({"name": board.name, "centre": board.work_centre_id, "version": board.version})


class NewBoardForm(BoardForm):
    """The same, with the code that the screen shows."""

    claim = CodeField(
        N_("Code on the screen"), needed(), render_kw={"autocomplete": "off", "autocapitalize": "characters"}
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """The code comes along when the screen's QR was scanned."""
        super().fill(read, **address)
        if not self.is_submitted():
            self.claim.data = _asked()


def _asked() -> str:
    return request.args.get("claim", "")[:40]
