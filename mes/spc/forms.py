"""Forms of control charts: settings, the range of frozen limits, cause and action."""

from decimal import Decimal
from typing import Any

from flask import request
from wtforms import BooleanField, SelectField, TextAreaField

from mes.core.access import ROLE_NAMES, Role
from mes.core.forms import CodeField, DayField, Form, Longest, QuantityField, needed, optional, ticks, words_of
from mes.core.i18n import N_, _, own_name
from mes.core.work import Reader
from mes.inspection.rules import kind_name
from mes.inspection.standard_forms import WholeField
from mes.quality.forms import FilterForm
from mes.spc import queries
from mes.spc.models import ChartKind
from mes.spc.rules import RULE_NAMES, SET_NAMES
from mes.statistics.telling import CHART_NAMES

KINDS = {kind: CHART_NAMES[kind.value] for kind in ChartKind}


class ChartForm(Form):
    """How a characteristic is watched."""

    kind = SelectField(N_("Chart"), needed(), choices=words_of(KINDS))
    size = WholeField(
        N_("Pieces in a subgroup"), needed(), least=Decimal(1), default=Decimal(5),
        description=N_("Measured in one inspection; single readings: 1. Charts of counts: pieces looked at each time."),
    )  # fmt: skip
    rules = ticks(N_("Rules"), {**SET_NAMES, **RULE_NAMES}, default=["western-electric"])
    acts = SelectField(N_("Who must act"), needed(), choices=words_of(ROLE_NAMES), default=Role.LEADER.value)
    reaction = TextAreaField(N_("What to do first"), [*optional(), Longest(max=2000)])
    holds = BooleanField(N_("An alarm holds the lot, or what the order has made so far"))
    weight = QuantityField(N_("Weight (EWMA)"), needed(), default=Decimal("0.2"))
    width = QuantityField(N_("Width of the limits in sigma (EWMA)"), needed(), default=Decimal(3))
    step = QuantityField(N_("Step k in sigma (CUSUM)"), needed(), default=Decimal("0.5"))
    decision = QuantityField(N_("Decision limit h in sigma (CUSUM)"), needed(), default=Decimal(5))

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored."""
        numbers = {name: self[name].data for name in ("weight", "width", "step", "decision")}
        return {
            "kind": ChartKind(self.kind.data), "size": self.size.whole or 1, "acts": Role(self.acts.data),
            "reaction": self.reaction.data or None, "holds": bool(self.holds.data), **numbers,
        }  # fmt: skip

    @property
    def chosen_rules(self) -> list[str]:
        """Names of rules and sets."""
        return list(self.rules.data or ())


class NewChartForm(ChartForm):
    """A chart for a characteristic that none watches yet."""

    characteristic = SelectField(N_("Characteristic"), needed())

    def fill(self, read: Reader, **address: Any) -> None:
        """What is measured and not charted, by item."""
        free = queries.without_chart(read)
        self.characteristic.choices = [("", ""), *((str(one.id), _named(one)) for one in free)]
        self.show_values({"characteristic": request.args.get("characteristic", "")})


def _named(one: Any) -> str:
    standard = one.standard
    return f"{own_name(standard.item)} ({standard.item.code}) · {kind_name(standard.kind)} · {own_name(one)}"


class ChartChangeForm(ChartForm):
    """A chart that exists can also be ended."""

    active = BooleanField(N_("In use"))

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded now."""
        chart = queries.get_chart(read, address["ident"])
        names = ("reaction", "holds", "active", "weight", "width", "step", "decision", "version")
        values = {name: getattr(chart, name) for name in names}
        self.show_values(
            {**values, "kind": chart.kind.value, "size": Decimal(chart.size), "acts": chart.acts.value,
             "rules": sorted(chart.rules)}
        )  # fmt: skip

    @property
    def columns(self) -> dict[str, Any]:
        """What is stored, with rules and use."""
        return {**super().columns, "rules": frozenset(self.chosen_rules), "active": bool(self.active.data)}


class FreezeForm(Form):
    """From which inspections limits are frozen, and why."""

    first = CodeField(N_("From inspection"), needed())
    last = CodeField(N_("To inspection"), needed())
    reason = TextAreaField(N_("Reason"), [*needed(), Longest(max=2000)])

    def fill(self, read: Reader, **address: Any) -> None:
        """The range that the address names, else the newest 25 points."""
        codes = queries.newest_codes(read, address["ident"])
        first = request.args.get("first") or (codes[0] if codes else "")
        last = request.args.get("last") or (codes[-1] if codes else "")
        self.show_values({"first": first, "last": last})


class AnswerForm(Form):
    """What an alarm was, and what was done."""

    cause = TextAreaField(N_("Cause"), [*needed(), Longest(max=2000)])
    action = TextAreaField(N_("Action taken"), [*needed(), Longest(max=2000)])
    let_go = BooleanField(N_("Let go what this alarm holds"))


class ChartFilterForm(FilterForm):
    """Which points are shown."""

    since = DayField(N_("From"), optional())
    until = DayField(N_("To"), optional())
    machine = SelectField(N_("Machine"), validate_choice=False)

    def offer(self, machines: Any) -> None:
        """The machines at which it was measured."""
        self.machine.choices = [("", _("All")), *((one.code, own_name(one)) for one in machines)]
