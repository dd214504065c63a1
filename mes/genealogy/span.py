"""The period whose records are looked at."""

from datetime import date, datetime, timedelta

from mes.core.plant import Plant, day_span

#: A day, a week, a month.
DAYS = (1, 7, 30)


def span(settings: Plant, last: date, days: int) -> tuple[datetime, datetime]:
    """So many production days up to and with the last one: when they begin and end."""
    return day_span(settings, last - timedelta(days=days - 1))[0], day_span(settings, last)[1]
