"""Control charts, histograms and small charts as drawings for the first look on the screen and for paper."""

from collections.abc import Sequence

from mes.core.i18n import _
from mes.core.plotting import BAD, GOOD, INK, LEFT, RIGHT, SOFT, Bar, Dot, Drawing, Line, Scale, Text, around, ticks
from mes.spc.shown import ChartShown, Step, TrackShown
from mes.statistics.capability import Capability
from mes.statistics.distributions import normal_cdf

WIDTH, TALL, LOW = 720.0, 240.0, 150.0
#: What a name of a limit takes upright.
NAME = 12.0
#: Beyond so many points a dot for each would be a smear.
DOTTED = 150
Shape = Line | Dot | Bar | Text


def drawings_of(shown: ChartShown, width: float = WIDTH) -> list[Drawing]:
    """One drawing for each track: location first, then scatter."""
    return [track_drawing(shown, place, width, TALL if place == 0 else LOW) for place in range(len(shown.tracks))]


def track_drawing(shown: ChartShown, place: int, width: float, height: float) -> Drawing:
    """A track with its limits, phases and marks."""
    track = shown.tracks[place]
    there = [value for value in track.values if value is not None]
    lines = [line for step in track.steps for line in (step.centre, step.lower, step.upper) if line is not None]
    title = f"{track.title} ({shown.unit})" if shown.unit else track.title
    if not there:
        return Drawing(title, width, height, [])
    low, high = around([*there, *lines])
    if not any([*there, *lines]):
        low = 0.0  # counts that are all 0 have nothing below them
    upright = Scale(low, high, height - 14, 8)
    across = Scale(0, max(len(track.values) - 1, 1), LEFT + 14, width - RIGHT - 34)
    shapes: list[Shape] = []
    for value in ticks(low, high, 4):
        y = upright.at(value)
        shapes += [Line(((LEFT + 6, y), (width - RIGHT - 30, y)), SOFT), Text(LEFT + 2, y + 3, _short(value), "end")]
    shapes += _limits(track, upright, across)
    shapes += _values(track.values, upright, across)
    for mark in {mark.point for mark in shown.marks if mark.track == place}:
        value_there = track.values[mark]
        if value_there is not None:
            shapes.append(Dot(across.at(mark), upright.at(value_there), BAD))
    return Drawing(title, width, height, shapes)


def _short(value: float) -> str:
    return f"{value:.7g}"


def _limits(track: TrackShown, upright: Scale, across: Scale) -> list[Shape]:
    shapes: list[Shape] = []
    ends = [*(step.start for step in track.steps[1:]), len(track.values)]
    for number, (step, end) in enumerate(zip(track.steps, ends, strict=True)):
        left, right = max(across.at(step.start - 0.5), across.begin - 8), min(across.at(end - 0.5), across.end + 4)
        shapes.append(_level(step.centre, left, right, upright, GOOD))
        edges = (step.lower, step.upper)
        shapes += [_level(edge, left, right, upright, BAD, dashed=True) for edge in edges if edge is not None]
        if number and step.phase != track.steps[number - 1].phase:
            shapes.append(Line(((left, upright.begin), (left, upright.end)), SOFT))
            shapes.append(Text(left + 3, upright.end + 8, _("phase %(number)s", number=step.phase or "-"), "start"))
        if end == len(track.values):
            shapes += _names(step, right, upright)
    return shapes


def _level(value: float, left: float, right: float, upright: Scale, tone: str, *, dashed: bool = False) -> Line:
    y = upright.at(value)
    return Line(((left, y), (right, y)), tone, dashed)


def _names(step: Step, x: float, upright: Scale) -> list[Shape]:
    named = [
        (upright.at(value), name)
        for value, name in ((step.upper, "UCL"), (step.centre, "CL"), (step.lower, "LCL")) if value is not None
    ]  # fmt: skip
    places = _apart([y for y, _name in named], upright.begin)
    return [Text(x + 3, y + 3, name, "start") for y, (_y, name) in zip(places, named, strict=True)]


def _apart(wanted: Sequence[float], lowest: float) -> list[float]:
    """Places of names one below the other, none below the lowest, moved apart where they would lie on each other."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + NAME) if places else place)
    moved = max((sum(places) - sum(wanted)) / (len(places) or 1), (places[-1] if places else 0) - lowest)
    return [place - moved for place in places]


def _values(values: Sequence[float | None], upright: Scale, across: Scale) -> list[Shape]:
    shapes: list[Shape] = []
    run: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append((across.at(place), upright.at(value)))
            continue
        if len(run) > 1:
            shapes.append(Line(tuple(run), INK))
        if len(values) <= DOTTED or len(run) == 1:
            shapes += [Dot(x, y, INK) for x, y in run]
        run = []
    return shapes


def histogram_drawing(found: Capability, unit: str, width: float = 420.0, height: float = 220.0) -> Drawing:
    """How often which value, with the specification limits and the normal curve of the readings."""
    limits = [one for one in (found.specification.lower, found.specification.upper) if one is not None]
    low, high = around([found.least, found.greatest, *limits], 0.05)
    most = max(one.count for one in found.bins)
    across, upright = Scale(low, high, 12, width - 12), Scale(0, most * 1.1, height - 20, 14)
    shapes: list[Shape] = []
    for one in found.bins:
        left, right = across.at(one.low), across.at(one.high)
        if one.low == one.high:
            left, right = left - 6, right + 6
        top = upright.at(one.count)
        shapes.append(Bar(left + 0.5, top, max(right - left - 1, 1), upright.begin - top, SOFT))
    shapes += _curve(found, across, upright)
    for value, name in ((found.specification.lower, "LSL"), (found.specification.upper, "USL")):
        if value is not None:
            x = across.at(value)
            shapes += [Line(((x, upright.begin), (x, upright.end)), BAD, True), Text(x, upright.end - 3, name)]
    shapes += [Text(across.at(value), height - 6, _short(value)) for value in ticks(low, high, 6)]
    return Drawing(_("Histogram") + (f" ({unit})" if unit else ""), width, height, shapes)


def _curve(found: Capability, across: Scale, upright: Scale) -> list[Shape]:
    """The normal distribution with the mean and deviation of the readings, as high as the bars would be."""
    sigma, width = found.overall.value, found.bins[0].high - found.bins[0].low
    if not sigma or not width:
        return []
    points = []
    for place in range(81):
        value = across.low + (across.high - across.low) * place / 80
        share = normal_cdf((value + width / 2 - found.mean) / sigma) - normal_cdf(
            (value - width / 2 - found.mean) / sigma
        )
        points.append((across.at(value), upright.at(share * found.readings)))
    return [Line(points, INK)]
