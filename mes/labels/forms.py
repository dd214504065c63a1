"""What a person chooses before printing: layout, language, copies, and why it is printed again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app, request
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange

from mes.core.config import bundled
from mes.core.forms import Form, optional, words_of
from mes.core.i18n import LANGUAGES, N_, language, offered
from mes.core.pages import actor, this_plant
from mes.core.work import Reader
from mes.labels import queries
from mes.labels.files import find_layouts
from mes.labels.layout import Layout
from mes.labels.rules import MOST_COPIES, REASONS, SUBJECTS


def own_folder() -> Path:
    """Where the plant keeps its own layouts."""
    folder: Path = current_app.config["LAYOUTS_DIR"]
    return folder


def folders() -> list[Path]:
    """Where layouts come from: the program's own, and the plant's over and beside them."""
    return [bundled("labels"), own_folder()]


def layouts_for(subject: str) -> dict[str, Layout]:
    """The layouts made for one kind of thing, from the largest stock to the smallest."""
    fitting = [one for one in find_layouts(folders()).values() if one.content == subject]
    fitting.sort(key=lambda one: (one.stock.places, -one.stock.width, -one.stock.height, one.name))
    return {one.name: one for one in fitting}


def usual_layout(read: Reader, subject: str, known: Mapping[str, Layout]) -> str:
    """The layout chosen here last, else the usual one of its kind, else any there is."""
    who = actor()
    last = queries.layout_used_last(read, subject, who.station, who.person_id) if who else None
    wanted = (last, SUBJECTS[subject].layout, *known)
    return next((name for name in wanted if name and name in known), "")


def asked_codes() -> list[str]:
    """The codes in the address or in what was sent: several of a name, or several lines of one."""
    lines = (line.strip() for text in request.values.getlist("code") for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


class LabelForm(Form):
    """How the labels of some things are printed."""

    subject = ""
    code = HiddenField()
    layout = SelectField(N_("Layout"))
    language = SelectField(N_("Language of the label"))
    copies = IntegerField(N_("Copies of each"), [NumberRange(1, MOST_COPIES)], default=1)
    skip = IntegerField(N_("Places already used on the first sheet"), [NumberRange(0, 100)], default=0)
    reason = RadioField(
        N_("Why is it printed again?"), optional(200), choices=words_of({word: word for word in REASONS})
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """Offer what fits this kind of thing; begin with what was used here last, or what the address asks for."""
        self.known = layouts_for(self.subject)
        self.layout.choices = [(name, one.title_in(language())) for name, one in self.known.items()]
        self.language.choices = [(code, LANGUAGES[code]) for code in offered()]
        if request.method == "GET" or self.untouched:
            self.show_values(
                {
                    "code": "\n".join(asked_codes()),
                    "layout": _among(request.args.get("layout"), self.known)
                    or usual_layout(read, self.subject, self.known),
                    "language": _among(request.args.get("language"), offered()) or this_plant().language,
                }
            )

    @property
    def codes(self) -> list[str]:
        """What is to be labelled."""
        return [line for line in (self.code.data or "").splitlines() if line]

    @property
    def chosen(self) -> Layout | None:
        """The layout as it is chosen now; None where the plant has none for this kind."""
        return self.known.get(self.layout.data or "")


def _among(asked: str | None, known: Mapping[str, object]) -> str | None:
    return asked if asked in known else None


class LotLabelForm(LabelForm):
    """Labels of lots."""

    subject = "lot"


class OrderLabelForm(LabelForm):
    """Labels of work orders."""

    subject = "order"


class LocationLabelForm(LabelForm):
    """Labels of places."""

    subject = "location"


class MachineLabelForm(LabelForm):
    """Labels of machines."""

    subject = "machine"


class ToolLabelForm(LabelForm):
    """Labels of moulds and tools."""

    subject = "tool"


class GaugeLabelForm(LabelForm):
    """Labels of gauges."""

    subject = "gauge"


class BadgeForm(LabelForm):
    """Badges."""

    subject = "badge"


FORMS: dict[str, type[LabelForm]] = {
    form.subject: form
    for form in (
        LotLabelForm,
        OrderLabelForm,
        LocationLabelForm,
        MachineLabelForm,
        ToolLabelForm,
        GaugeLabelForm,
        BadgeForm,
    )
}
