"""What no statistic can be worked out from: one class per reason."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class NothingMeasured(Refused):
    """No reading, or none that says how much a process scatters."""

    message = N_("There are too few readings to work anything out.")
    hint = N_("At least two readings are needed, or two subgroups where subgroups are drawn.")
    status = 422


class SubgroupTooLarge(Refused):
    """Ranges of large subgroups waste information; their constants end at 25."""

    message = N_("A subgroup of %(size)s readings is too large for a chart of ranges.")
    hint = N_("Take subgroups of at most 25 readings, or the chart of standard deviations.")
    status = 422


class CountImpossible(Refused):
    """A count below zero, broken, or more nonconforming pieces than were inspected."""

    message = N_("Point %(point)s counts %(count)s of %(size)s inspected, which cannot be.")
    hint = N_("Counts are whole numbers from 0; nonconforming pieces are at most as many as were inspected.")
    status = 422


class PhaseImpossible(Refused):
    """A phase that names points which are not there, or overlaps another."""

    message = N_("The phase %(first)s-%(last)s does not fit %(count)s points.")
    hint = N_("Phases begin one after the other, each with points of its own.")
    status = 422


class SettingImpossible(Refused):
    """A weight, width or step outside of its range."""

    message = N_("%(name)s cannot be %(value)s.")
    hint = N_("Give a number in the range that the description of the setting names.")
    status = 422


class SpecificationReversed(Refused):
    """The lower specification limit is not below the upper one, or there is none at all."""

    message = N_("The specification limits %(lower)s and %(upper)s do not enclose anything.")
    hint = N_("Give a lower limit below the upper one, or only one of them.")
    status = 422


class TargetOutside(Refused):
    """A target that no good part can have; an index about it would mean nothing."""

    message = N_("The target %(target)s is outside of the specification limits %(lower)s and %(upper)s.")
    hint = N_("Give a target between the limits, or leave it out.")
    status = 422


class StudyIncomplete(Refused):
    """A gauge study in which somebody did not measure a part as often as the others."""

    message = N_(
        "In the study, operator %(operator)s measured part %(part)s %(found)s times instead of %(expected)s times."
    )
    hint = N_("Every operator measures every part equally often. Measure what is missing, or leave the part out.")
    status = 422


class StudyTooSmall(Refused):
    """A study without two parts, two operators or two trials."""

    message = N_("The study has %(parts)s parts, %(operators)s operators and %(trials)s trials, which is too few.")
    hint = N_(
        "At least two parts and two trials are needed; AIAG recommends ten parts, three operators and three trials."
    )
    status = 422


class ReferenceMissing(Refused):
    """A study of bias, linearity or decisions without reference values."""

    message = N_("The study needs a reference value for each part.")
    hint = N_("Add a column reference with the true value of the part.")
    status = 422


class GoodNeverSaid(Refused):
    """A word for good pieces that stands nowhere in the study: all misses and false alarms would be told wrongly."""

    message = N_("No decision and no reference of the study says “%(good)s”.")
    hint = N_("Write good pieces with this word, or begin again with the word that the study uses.")
    status = 422


class NotOneReference(Refused):
    """Two reference values for the same part."""

    message = N_("Part %(part)s has two reference values: %(one)s and %(other)s.")
    hint = N_("Correct the reference column; a part has one true value.")
    status = 422


class NoSuchSampling(Refused):
    """A level, AQL, kind or lot that the standard does not have."""

    message = N_("%(standard)s has no %(name)s %(value)s.")
    hint = N_("Choose one of: %(choices)s.")
    status = 422


class UnknownRule(Refused):
    """A set of rules, or a rule, by a name that nobody knows."""

    message = N_("There is no rule or set of rules %(name)s.")
    hint = N_("Choose from: %(choices)s.")
    status = 422
