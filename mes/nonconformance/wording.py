"""What the values of fixed lists are called."""

from collections.abc import Mapping

from mes.core.i18n import N_
from mes.nonconformance.models import ActionKind, CostKind, Decision, LotRole, Origin, Severity, Share

ORIGIN_NAMES = {
    Origin.INSPECTION: N_("Failed inspection"),
    Origin.DEFECT: N_("Defects"),
    Origin.CLAIM: N_("Customer claim"),
    Origin.OTHER: N_("Found otherwise"),
}
SEVERITY_NAMES = {
    Severity.MINOR: N_("Minor"),
    Severity.MAJOR: N_("Major"),
    Severity.CRITICAL: N_("Critical"),
}
ROLE_NAMES = {
    LotRole.FOUND: N_("Found in it"),
    LotRole.SUSPECT: N_("Suspect"),
    LotRole.CAUSE: N_("Brought it in"),
}
DECISION_NAMES = {
    Decision.RELEASE: N_("Release"),
    Decision.REWORK: N_("Rework"),
    Decision.SCRAP: N_("Scrap"),
    Decision.RETURN: N_("Return to supplier"),
    Decision.CONCESSION: N_("Concession"),
}
ACTION_NAMES = {
    ActionKind.CONTAINMENT: N_("Containment"),
    ActionKind.CORRECTIVE: N_("Corrective"),
    ActionKind.PREVENTIVE: N_("Preventive"),
}
COST_NAMES = {
    CostKind.SCRAP: N_("Scrap"),
    CostKind.REWORK: N_("Rework"),
    CostKind.SORTING: N_("Sorting"),
    CostKind.RETURN: N_("Returned goods"),
    CostKind.OTHER: N_("Other"),
}
#: The eight steps (8D) in order.
STEP_NAMES: Mapping[int, str] = {
    1: N_("Team"),
    2: N_("Description of the problem"),
    3: N_("Containment"),
    4: N_("Root cause"),
    5: N_("Chosen corrective action"),
    6: N_("Corrective action done"),
    7: N_("Prevention"),
    8: N_("Closure"),
}
#: What a lot has in common with one in which it was found.
SHARE_NAMES = {
    Share.KIN: N_("Part of the same lot"),
    Share.RAW: N_("Raw lot"),
    Share.MACHINE: N_("Machine"),
    Share.MOULD: N_("Mould"),
    Share.TIME: N_("Made at the same time"),
}
