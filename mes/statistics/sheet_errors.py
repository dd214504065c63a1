"""What is wrong with a table of readings, with the row in which it is."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class ReadingUnreadable(Refused):
    """A cell that should hold a number: ``10,5``, ``1O.5``, ``--``."""

    message = N_("Row %(row)s: “%(value)s” is not a number.")
    hint = N_("Write it with digits and a point, such as 10.5, and leave the cell of a missing reading blank.")
    status = 422


class RowTooLong(Refused):
    """More cells than headings: a decimal comma, or a cell too many."""

    message = N_("Row %(row)s has %(found)s cells where %(expected)s are expected.")
    hint = N_("A decimal comma makes two cells of one: write 10.5 instead of 10,5.")
    status = 422


class ColumnMissing(Refused):
    """A column that the study cannot do without."""

    message = N_("The file has no column for: %(column)s.")
    hint = N_("Name a column so: %(choices)s.")
    status = 422


class CellBlank(Refused):
    """A part, operator or subgroup that is not named."""

    message = N_("Row %(row)s does not say which %(column)s it is of.")
    hint = N_("Fill the cell, or take the row out.")
    status = 422


class MeasuredTwice(Refused):
    """The same trial of the same part by the same operator, twice."""

    message = N_("Row %(row)s: operator %(operator)s has trial %(trial)s of part %(part)s already.")
    hint = N_("Correct the trial, or take one of the two rows out.")
    status = 422


class NoRowsInside(Refused):
    """A table without a single row of values."""

    message = N_("The file holds no rows of values.")
    hint = N_("Save the table with its values as CSV again.")
    status = 422
