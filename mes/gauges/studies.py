"""Use cases of gauge studies: laid out, filled in, concluded; after that they stay as they are."""

from decimal import Decimal

from mes.core.errors import ReasonNeeded, Refused
from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.work import Work, check_version
from mes.gauges import queries
from mes.gauges.models import Gauge, GaugeStudy, StudyKind, StudyState
from mes.gauges.rules import STUDY_STATE_NAMES
from mes.gauges.service import today_of
from mes.gauges.study_grid import Grid, check_grid, from_text, new_grid, to_text
from mes.gauges.study_result import kept_figure, work_out

#: Before the day and number of a study.
PREFIX = "GS"


class StudyFrozen(Refused):
    """A study that was concluded or given up."""

    message = N_("Study %(code)s is closed (%(state)s), so it stays as it is.")
    hint = N_("Begin a new study of the gauge.")


class CharacteristicMissing(Refused):
    """A study of nothing in particular."""

    message = N_("The study does not say what is measured.")
    hint = N_("Name the characteristic, such as an outer diameter or a weight.")
    status = 422


def begin_study(
    work: Work,
    gauge_code: str,
    *,
    kind: StudyKind,
    characteristic: str,
    parts: list[str],
    operators: list[str],
    trials: int,
    item_code: str | None = None,
    unit: str | None = None,
    tolerance: Decimal | None = None,
    good: str | None = None,
    note: str | None = None,
) -> GaugeStudy:
    """Lay out an empty study. ``tolerance``: width of the specification; ``good``: the word for a good piece.

    Bias and linearity are studies of one operator. Raises CharacteristicMissing, SizeImpossible, NameTwice.
    """
    if not characteristic.strip():
        raise CharacteristicMissing(field="characteristic")
    gauge = queries.get_gauge(work.session, gauge_code)
    alone = kind in (StudyKind.BIAS, StudyKind.LINEARITY)
    grid = new_grid(parts[:1] if kind is StudyKind.BIAS else parts, ["1"] if alone else operators, trials)
    return _add(
        work, gauge, grid, kind=kind, characteristic=characteristic.strip(), item_code=item_code, unit=unit,
        tolerance=tolerance, good=good, note=note,
    )  # fmt: skip


def _add(work: Work, gauge: Gauge, grid: Grid, **columns: object) -> GaugeStudy:
    day = today_of(work)
    study = GaugeStudy(
        code=dated_code(work.session, PREFIX, day),
        gauge_id=gauge.id,
        data=to_text(grid),
        begun_on=day,
        person=work.actor.name[:100],
        **columns,
    )
    return work.add(study, "gauges.begin_study")


def fill_study(work: Work, code: str, grid: Grid, *, version: int | None = None) -> GaugeStudy:
    """Keep what was entered so far. Raises StudyFrozen, StaleEdit, CellUnreadable, ReferenceUnreadable."""
    study = _open(work, code)
    check_version(work, study, version)
    check_grid(study.kind, grid)
    with work.change(study, "gauges.fill_study"):
        study.data = to_text(grid)
        work.session.flush()
    return study


def conclude_study(work: Work, code: str) -> GaugeStudy:
    """Work the study out and freeze it with its verdict.

    Raises StudyFrozen, StudyIncomplete, StudyTooSmall, ReferenceMissing, NothingMeasured.
    """
    study = _open(work, code)
    outcome = work_out(study.kind, from_text(study.data), study.tolerance, study.good)
    with work.change(study, "gauges.conclude_study"):
        study.verdict, study.figure = outcome.verdict, kept_figure(outcome.figure)
        study.categories = outcome.categories
        study.state = StudyState.CONCLUDED
        study.concluded_at, study.concluded_by = work.now, work.actor.name[:100]
        work.session.flush()
    return study


def drop_study(work: Work, code: str, reason: str) -> GaugeStudy:
    """Give a study up, with a reason; what was entered stays. Raises StudyFrozen, ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    study = _open(work, code)
    with work.change(study, "gauges.drop_study", reason=reason.strip()):
        study.state = StudyState.DROPPED
        work.session.flush()
    return study


def _open(work: Work, code: str) -> GaugeStudy:
    study = work.lock(GaugeStudy, queries.get_study(work.session, code).id)
    if study.state is not StudyState.OPEN:
        raise StudyFrozen(code=study.code, state=_(STUDY_STATE_NAMES[study.state]))
    return study
