"""From recorded prints back to the texts of their labels, each with its own number."""

from collections.abc import Sequence

from mes.core.plant import plant, production_day
from mes.core.work import Reader
from mes.labels.layout import Row
from mes.labels.rows import numbered, rows_of
from mes.labels.things import Thing, code_of
from mes.lots.code_queries import codes_now
from mes.printing import queries
from mes.printing.models import LabelPrint

#: A recorded print and the number of one of its labels.
Wanted = tuple[LabelPrint, int]


def labels_in(prints: Sequence[LabelPrint]) -> list[Wanted]:
    """Every label of some prints, copies together."""
    return [(one, number) for one in prints for number in one.numbers]


def rows_of_prints(read: Reader, things: Sequence[Thing], wanted: Sequence[Wanted], language: str) -> list[Row]:
    """The texts of these labels: the things as they are now, on the production day of the print.

    All are of one subject; ``things`` are those that they are of.
    """
    lead = wanted[0][0]
    earlier = queries.printed_before(read, lead.subject, [code_of(thing) for thing in things], before=lead.id)
    settings = plant(read)
    rows = rows_of(things, settings.name, language, earlier, settings.time_zone, production_day(settings, lead.at))
    by_code = {code_of(thing): row for thing, row in zip(things, rows, strict=True)}
    # a label of a lot that was labelled anew since says what the lot is called now
    anew = codes_now(read, {one.code for one, _number in wanted if one.code not in by_code})
    return [_of_print(by_code[anew.get(one.code, one.code)], one, number) for one, number in wanted]


def _of_print(row: Row, one: LabelPrint, number: int) -> Row:
    """A label that is printed once more within its own job is a reprint too."""
    again = {"reprint": "1"} if "reprint" in row and not row["reprint"] and one.reason and one.number > 1 else {}
    return numbered({**row, **again}, number)
