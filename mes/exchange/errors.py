"""What can be wrong with a file or with one of its cells: one class per reason."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class FileRefused(Refused):
    """Base of what is wrong with a file as a whole. ``name`` is the file's name."""

    message = N_("The file %(name)s cannot be read.")
    status = 422


class FileIsEmpty(FileRefused):
    """Nothing is in the file, or nothing but blank cells."""

    message = N_("The file %(name)s is empty.")
    hint = N_("Save the table again and choose that file.")


class FileTooLarge(FileRefused):
    """More bytes than an upload may have."""

    message = N_("The file %(name)s is larger than %(limit)s MB.")
    hint = N_("Split it into several files, or remove pictures and sheets that are not needed.")


class FileNeedsMemory(FileRefused):
    """Reading it would take more memory than this computer has left."""

    message = N_("Reading the file %(name)s needs about %(needed)s MB of memory, and only %(room)s MB are free.")
    hint = N_("Nothing was imported. Split the file into several, or close other programs of this computer.")


class WrongKindOfFile(FileRefused):
    """A picture, a page, an old or foreign workbook. ``found`` is the proper name of the format."""

    message = N_("The content of %(name)s is %(found)s, not CSV or XLSX.")
    hint = N_("Open it in Excel and save it as an Excel workbook (.xlsx) or as CSV.")


class WorkbookHasPassword(FileRefused):
    """An encrypted workbook."""

    message = N_("The workbook %(name)s is protected by a password.")
    hint = N_("Open it in Excel, remove the password, save it and choose it again.")


class WorkbookIsOldOrLocked(FileRefused):
    """An old container of which only Excel can say what is in it."""

    message = N_("%(name)s is protected by a password, or an old workbook (.xls).")
    hint = N_("Open it in Excel, save it as .xlsx without a password and choose it again.")


class WorkbookIsDamaged(FileRefused):
    """A workbook that does not hold together."""

    message = N_("The workbook %(name)s is damaged and cannot be read.")
    hint = N_("Open it in Excel, save it under another name and choose that file.")


class WorkbookTooLarge(FileRefused):
    """A workbook that is small when packed and huge when unpacked."""

    message = N_("The workbook %(name)s holds more than %(limit)s MB when it is unpacked.")
    hint = N_("Copy only the table into a new workbook and choose that file.")


class SheetNotFound(FileRefused):
    """The sheet asked for is not in the workbook."""

    message = N_("The workbook %(name)s has no sheet %(sheet)s.")
    hint = N_("Its sheets are: %(sheets)s.")


class LettersNotReadable(FileRefused):
    """Bytes that are text in none of the known encodings."""

    message = N_("The letters of %(name)s cannot be read: it is neither UTF-8, CP949 nor UTF-16 text.")
    hint = N_("Open it in Excel and save it as “CSV UTF-8” or as an Excel workbook (.xlsx).")


class LettersDamaged(FileRefused):
    """UTF-8 text with broken bytes, as after a copy that was cut off."""

    message = N_("The file %(name)s is damaged: the letters on line %(line)s cannot be read.")
    hint = N_("Save the table again as “CSV UTF-8” and choose that file.")


class QuotationMarkWrong(FileRefused):
    """A quotation mark that opens a cell and does not close it where the cell ends."""

    message = N_("In row %(row)s of %(name)s a quotation mark is not closed.")
    hint = N_("Close or remove it, or save the table as an Excel workbook (.xlsx).")


class HeadingsNotFound(FileRefused):
    """No row looks like the headings of a table."""

    message = N_("No row with column headings was found in %(name)s.")
    hint = N_("Put the headings in one row above the data, as in the sample files.")


class NoRowsBelow(FileRefused):
    """Headings and nothing under them."""

    message = N_("The table in %(name)s has headings but no rows below them.")
    hint = N_("Fill in at least one row. If the table is on another sheet, choose that sheet.")


class TooManyRows(FileRefused):
    """More rows than one import takes."""

    message = N_("The table in %(name)s has more than %(limit)s rows.")
    hint = N_("Split it into several files.")


class TooManyColumns(FileRefused):
    """More columns than a table of masters can have."""

    message = N_("The table in %(name)s has more than %(limit)s columns.")
    hint = N_("Delete the columns that are not needed.")


class TableTooLarge(FileRefused):
    """Rows times columns beyond what is read in one go."""

    message = N_("The sheet in %(name)s spans more than %(limit)s cells.")
    hint = N_("Copy only the table into a new workbook and choose that file.")


class TooManyReadings(FileRefused):
    """More than is recorded in one go; whoever measures waits meanwhile."""

    message = N_("%(name)s brings %(count)s readings; one file brings at most %(limit)s.")
    hint = N_("Split it into several files: stations cannot record while one is taken in.")


class ColumnsMissing(Refused):
    """Headings that are needed and were not found."""

    message = N_("These columns are missing: %(columns)s.")
    hint = N_("The file has these headings: %(found)s. Rename a heading or add the column.")
    status = 422


class HeadingTwice(Refused):
    """The same heading above two columns."""

    message = N_("The heading “%(heading)s” stands above two columns (%(first)s and %(second)s).")
    hint = N_("Rename or delete one of them.")
    status = 422


class HeadingUnitWrong(Refused):
    """A time column in another unit than the one it is read in."""

    message = N_("The column “%(heading)s” must be given in %(unit)s.")
    hint = N_("Convert the values and correct the heading.")
    status = 422


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
    """A quantity over several rows: each of them, or all together?"""

    message = N_("The cell is merged with the one above: its quantity may count for each row or for all together.")
    hint = N_("Undo the merge in Excel, and write the quantity of each row.")


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
