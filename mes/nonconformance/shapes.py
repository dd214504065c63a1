"""What programs send and get about nonconformances."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from mes.core.api import MOST_NAMED, CodeText, LongText, NameText, Paged, ShortText, UnitText
from mes.nonconformance.models import ActionKind, CostKind, Decision, LotRole, Origin, Severity


class NonconformanceRow(msgspec.Struct):
    """One nonconformance in a list. ``overdue`` actions are among the ``waiting`` ones."""

    code: str
    origin: Origin
    severity: Severity
    item: str
    quantity: Decimal | None
    what: str
    day: date
    waiting: int
    overdue: int
    cost: Decimal
    closed_at: datetime | None


class LotOut(msgspec.Struct):
    """A lot that it is about, whether it is held by it, and what was decided last."""

    lot: str
    role: LotRole
    why: str | None
    on_hand: Decimal
    held: bool
    decision: Decision | None
    decision_id: int | None
    approved_by: str | None


class ActionOut(msgspec.Struct):
    """One action. ``done_at`` is null until it was done."""

    id: int
    kind: ActionKind
    what: str
    owner: str
    due_on: date
    done_at: datetime | None
    result: str | None


class StepOut(msgspec.Struct):
    """The newest version of one of the eight steps."""

    step: int
    text: str
    whys: list[str]
    cause: str | None
    at: datetime
    person: str
    versions: int


class CheckOut(msgspec.Struct):
    """One effect check."""

    day: date
    passed: bool
    result: str
    person: str


class CostOut(msgspec.Struct):
    """One line of cost; ``reverses`` names the line it takes back."""

    id: int
    kind: CostKind
    what: str | None
    quantity: Decimal
    unit: str
    unit_cost: Decimal
    amount: Decimal
    day: date
    reverses: int | None


class NonconformanceOut(msgspec.Struct):
    """A nonconformance with everything that belongs to it. Amounts are in the plant's currency."""

    code: str
    origin: Origin
    severity: Severity
    item: str
    quantity: Decimal | None
    what: str
    place: str | None
    found_on: date
    found_by: str
    inspection: str | None
    customer: str | None
    shipment: str | None
    reference: str | None
    day: date
    closed_at: datetime | None
    lots: list[LotOut]
    steps: list[StepOut]
    actions: list[ActionOut]
    checks: list[CheckOut]
    costs: list[CostOut]
    cost: Decimal


class NonconformanceQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which nonconformances; ``open`` true or false, days are production days, both included."""

    open: bool | None = None
    origin: Origin | None = None
    severity: Severity | None = None
    item: str | None = None
    since: date | None = None
    until: date | None = None


class NewNonconformance(msgspec.Struct, forbid_unknown_fields=True):
    """What it is opened from: a failed ``inspection``, ``defects`` by number, a customer's claim, or lots."""

    origin: Origin
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    severity: Severity = Severity.MAJOR
    item: CodeText | None = None
    quantity: Decimal | None = None
    place: NameText | None = None
    found_on: date | None = None
    found_by: ShortText | None = None
    inspection: CodeText | None = None
    defects: Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]], MOST_NAMED] = []
    customer: CodeText | None = None
    shipment: CodeText | None = None
    reference: ShortText | None = None
    lots: Annotated[list[CodeText], MOST_NAMED] = []


class Contain(msgspec.Struct, forbid_unknown_fields=True):
    """Lots to hold in one act, and why."""

    lots: Annotated[list[CodeText], MOST_NAMED]
    reason: LongText


class LotDecisionIn(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of a contained lot; no quantity means the whole lot."""

    decision: Decision
    reason: LongText
    quantity: Decimal | None = None


class NewStep(msgspec.Struct, forbid_unknown_fields=True):
    """One of the eight steps; ``whys`` belong to step 4."""

    step: Annotated[int, msgspec.Meta(ge=1, le=8)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    whys: Annotated[list[NameText], msgspec.Meta(max_length=5)] = []


class NewAction(msgspec.Struct, forbid_unknown_fields=True):
    """Who does what until when; ``owner`` is a person's code."""

    kind: ActionKind
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    owner: CodeText
    due_on: date


class Done(msgspec.Struct, forbid_unknown_fields=True):
    """What came of an action."""

    result: LongText


class NewCheck(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the actions helped."""

    day: date
    passed: bool
    result: LongText


class NewCost(msgspec.Struct, forbid_unknown_fields=True):
    """A line of cost: quantity times what one unit costs."""

    kind: CostKind
    quantity: Decimal
    unit: UnitText
    unit_cost: Decimal
    what: NameText | None = None


class Why(msgspec.Struct, forbid_unknown_fields=True):
    """The reason for taking something back."""

    reason: LongText
