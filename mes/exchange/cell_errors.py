"""What can be wrong with one cell of a table: one class per reason."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class CellRefused(Refused):
    """Base of what is wrong with one cell. ``value`` is the cell's text, shortened."""

    message = N_("“%(value)s” cannot be read.")
    status = 422


class CellIsMissing(CellRefused):
    """A blank cell where a value is needed."""

    message = N_("A value is missing.")
    hint = N_("Fill in the cell.")


class CellIsExcelError(CellRefused):
    """A formula that failed."""

    message = N_("The cell holds the Excel error %(value)s.")
    hint = N_("Correct the formula in Excel, or type the value.")


class CellIsNotCalculated(CellRefused):
    """A formula whose result is not in the file: Excel works it out anew whenever it shows it."""

    message = N_("The cell holds a formula whose result was not saved in the file, although Excel shows one.")
    hint = N_("Open the file in Excel, save it once and choose it again, or paste the values in place of the formulas.")


class CellIsMerged(CellRefused):
    """A quantity or a reading over several rows: each of them, or all together?"""

    message = N_("The cell is merged with the one above: what it says may be meant for each row or for all together.")
    hint = N_("Undo the merge in Excel, and write the number of each row.")


class CellWasShortened(CellRefused):
    """A long number that Excel turned into a power of ten, so that digits are lost."""

    message = N_("Excel has shortened a long number to %(value)s.")
    hint = N_("Format the column as text in Excel and type the number again.")


class NotANumber(CellRefused):
    """Not a number written in digits."""

    message = N_("“%(value)s” is not a number.")
    hint = N_("Write digits only, such as 1,234.5; a unit has a column of its own.")


class NumberIsNegative(CellRefused):
    """Below zero where that cannot be."""

    message = N_("%(value)s is below zero.")
    hint = N_("Write zero or more.")


class NumberIsZero(CellRefused):
    """Zero where something must be there."""

    message = N_("The number must be above zero.")
    hint = N_("Write the real number, or delete the row.")


class NumberTooFine(CellRefused):
    """More decimals than the software keeps."""

    message = N_("%(value)s has more than %(places)s decimals.")
    hint = N_("Round it, or use a larger unit.")


class NumberTooLarge(CellRefused):
    """Beyond any plausible quantity."""

    message = N_("%(value)s is too large.")
    hint = N_("Numbers must be below 1,000,000,000,000.")


class NumberAboveMost(CellRefused):
    """A whole number above what its column may hold."""

    message = N_("%(value)s is too large here.")
    hint = N_("Write a whole number of at most %(most)s.")


class ShareTooLarge(CellRefused):
    """A loss of everything or more."""

    message = N_("%(value)s is too large.")
    hint = N_("A share must be below 100 percent.")


class NotAWholeNumber(CellRefused):
    """A fraction where a count is needed."""

    message = N_("%(value)s is not a whole number.")
    hint = N_("Write it without decimals.")


class NotADate(CellRefused):
    """Not a date in year-month-day order."""

    message = N_("“%(value)s” is not a date.")
    hint = N_("Write dates as 2026-01-05.")


class DateImplausible(CellRefused):
    """A date no plant can mean."""

    message = N_("The date %(value)s cannot be right.")
    hint = N_("Dates must lie between the years %(first)s and %(last)s.")


class NotYesOrNo(CellRefused):
    """Neither yes nor no."""

    message = N_("“%(value)s” is neither yes nor no.")
    hint = N_("Write Y or N.")


class NotAChoice(CellRefused):
    """None of the words the column knows."""

    message = N_("“%(value)s” is not one of the choices.")
    hint = N_("Choose one of: %(choices)s.")


class TextTooLong(CellRefused):
    """Longer than the field."""

    message = N_("“%(value)s” has more than %(limit)s characters.")
    hint = N_("Shorten it.")


class TextHasControlCharacters(CellRefused):
    """Line breaks, tabs or invisible signs inside a code."""

    message = N_("“%(value)s” holds a line break or an invisible character.")
    hint = N_("Delete the cell and type its text again.")


class CodeHasSlash(CellRefused):
    """A number of a lot or an order that could not be opened: a slash parts the steps of a page's address."""

    message = N_("“%(value)s” has a slash, and what is numbered so could not be opened.")
    hint = N_("Write another sign in its place, such as a hyphen.")
