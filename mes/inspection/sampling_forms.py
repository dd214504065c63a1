"""Forms of sampling: which plan is looked up, and why a person changes how hard lots are looked at."""

from decimal import Decimal

from flask import request
from wtforms import SelectField, TextAreaField

from mes.core.forms import Form, Longest, needed, words_of
from mes.core.i18n import N_
from mes.inspection import sampling_rules
from mes.inspection.models import Severity
from mes.inspection.standard_forms import AddressForm, WholeField
from mes.statistics.sampling_tables import AQLS, LEVELS

#: How many pieces a lot of the curve has, when nobody says otherwise.
USUAL_LOT = 500


class SamplingReasonForm(Form):
    """Why the state of sampling is changed by a person."""

    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])


class PlanForm(AddressForm):
    """Which sampling plan is shown."""

    lot = WholeField(N_("Lot size"), least=Decimal(2))
    level = SelectField(N_("Inspection level"), choices=lambda: [(one, one) for one in LEVELS])
    aql = SelectField(N_("AQL"), choices=lambda: [(one, one) for one in AQLS])
    kind = SelectField(
        N_("How hard"),
        choices=lambda: [
            (one.value, sampling_rules.severity_name(one)) for one in Severity if one is not Severity.DISCONTINUED
        ],
    )
    double = SelectField(N_("Plan"), choices=words_of({"": N_("Single"), "1": N_("Double")}))

    @classmethod
    def of_address(cls) -> "PlanForm":
        """What the address says, and what is usual where it says nothing."""
        given = {
            "lot": Decimal(USUAL_LOT), "level": "II", "aql": "1.0", "kind": Severity.NORMAL.value, "double": "",
        }  # fmt: skip
        form = cls(request.args, data=given)
        for name, value in given.items():
            if name not in request.args:
                form[name].data = value
        return form
