"""What can be wrong with a file as a whole: one class per reason. Of its cells: ``cell_errors``."""

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
