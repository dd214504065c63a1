"""Moments on the plant's wall clock, as forms and addresses carry them: to the minute."""

from datetime import UTC, datetime, timedelta

from wtforms import DateTimeLocalField

from mes.core.forms import EARLIEST, LATEST
from mes.core.i18n import _, zone


class MomentField(DateTimeLocalField):
    """A minute on the plant's wall clock; its data is a moment with a zone."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time. Raises ValueError for none, and for a year that no plant can mean."""
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime):
            if not EARLIEST <= self.data.date() <= LATEST:
                raise ValueError(_("A date between 2000 and 2100 is needed."))
            self.data = self.data.replace(tzinfo=zone()).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(zone()).strftime("%Y-%m-%dT%H:%M") if self.data else ""


def moment_asked(text: str) -> datetime | None:
    """A moment that the address names; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and EARLIEST <= found.date() <= LATEST else None


def next_minute(moment: datetime) -> datetime:
    """The first whole minute that is not before a moment: a form that knows only minutes asks from there on."""
    return (moment + timedelta(minutes=1) - timedelta.resolution).replace(second=0, microsecond=0)
