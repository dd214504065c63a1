"""The form of a partner."""

from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from mes.core.forms import CodeField, Form, NameField, needed, optional, ticks
from mes.core.i18n import N_
from mes.core.work import Reader
from mes.partners import queries
from mes.partners.rules import KIND_NAMES


class PartnerForm(Form):
    """A customer, supplier or subcontractor."""

    code = CodeField(N_("Code"), needed())
    name = NameField(N_("Name"), needed())
    name_en = NameField(N_("English name"), optional())
    kinds = ticks(N_("What it is to us"), KIND_NAMES)
    contact = StringField(N_("Contact person"), optional(100))
    phone = StringField(N_("Phone"), optional(100), render_kw={"type": "tel"})
    email = StringField(N_("E-mail"), optional(100), render_kw={"type": "email"})
    address = TextAreaField(N_("Address"), optional(), render_kw={"rows": 2})
    shelf_days = IntegerField(N_("Days left until use-by when shipped"), [Optional(), NumberRange(1, 36500)])
    gln = CodeField(N_("Location number (GLN)"), optional(20), render_kw={"inputmode": "numeric"})
    active = BooleanField(N_("In use"), default=True)

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded of a partner; the code stays as it is."""
        if "code" not in address:
            return
        partner = queries.get_partner(read, address["code"])
        columns = ("name", "name_en", "contact", "phone", "email", "address", "shelf_days", "gln", "active", "version")
        self.show_values({name: getattr(partner, name) for name in columns} | {"kinds": list(partner.kinds)})
        del self.code

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, as the use cases take it."""
        texts = ("name_en", "contact", "phone", "email", "address", "gln")
        named = {"name": self.name.data, "kinds": self.kinds.data, "shelf_days": self.shelf_days.data}
        return named | {name: self[name].data or None for name in texts}
