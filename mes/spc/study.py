"""What a characteristic's page says beside its points: state, capability, and the chart in one of two sizes."""

from mes.core.i18n import N_, _
from mes.spc.models import ChartKind
from mes.spc.queries import Studied
from mes.spc.rules import VARIABLE, State, same_family, state_of
from mes.spc.shown import ChartShown, close_up, overview
from mes.statistics.capability import Capability, Specification, capability
from mes.statistics.constants import LARGEST
from mes.statistics.errors import NothingMeasured, SpecificationReversed
from mes.statistics.telling import METHOD_NAMES
from mes.statistics.values import measured, present

_OVERALL = {"overall": N_("of all readings")}


def shown_of(found: Studied) -> ChartShown:
    """The points one by one or, of a long stretch, together with their neighbours."""
    if found.buckets:
        return overview(found.chart, found.measured, found.buckets, found.phases, found.alarms)
    return close_up(found.chart, found.measured, found.plot, found.measured.standard.item.code)


def capability_of(found: Studied) -> Capability | None:
    """The capability of what is shown; None for counts, without limits, and from less than two readings."""
    one = found.measured
    if found.chart.kind not in VARIABLE:
        return None
    groups = [group for group in (present(measured(sample.values)) for sample in found.samples) if group]
    lower, upper, target = measured((one.lower, one.upper, one.nominal))
    deviations = found.chart.kind is ChartKind.XBAR_S or max(map(len, groups), default=0) > LARGEST
    in_control = not found.plot.met if found.plot else not any(alarm.is_open for alarm in found.alarms)
    try:
        specification = Specification(lower=lower, upper=upper, target=target)
        return capability(groups, specification, method="sbar" if deviations else "rbar", in_control=in_control)
    except (NothingMeasured, SpecificationReversed):
        return None


def state_of_study(found: Studied) -> State:
    """How the chart stands."""
    points = len(found.samples)
    frozen = any(same_family(phase.kind, found.chart.kind) for phase in found.phases)
    return state_of(found.chart, alarms=sum(one.is_open for one in found.alarms), points=points, frozen=frozen)


def sigma_name(method: str) -> str:
    """How a standard deviation was worked out."""
    return _(_OVERALL.get(method) or METHOD_NAMES[method])
