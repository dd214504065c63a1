"""What can be wrong with a BOM list: one class per reason."""

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.exchange.cell_errors import CellRefused


class LevelNotReadable(CellRefused):
    """Not a level of a multi-level list."""

    message = N_("“%(value)s” is not a BOM level.")
    hint = N_("Write 0, 1, 2 or 1.1, 1.1.2 in the level column.")


class LevelSkipsOne(CellRefused):
    """A row two levels below the row above it."""

    message = N_("Level %(value)s does not follow from the row above, which has level %(above)s.")
    hint = N_("Add the row between them, or correct the level.")


class ParentUnknown(CellRefused):
    """A BOM row that does not say what it belongs to."""

    message = N_("This row does not say which item it is a part of.")
    hint = N_("Fill in the parent item, or name the file after it.")


class ComponentTwice(CellRefused):
    """The same component on two lines of one parent."""

    message = N_("%(component)s stands twice under %(parent)s (rows %(first)s and %(second)s).")
    hint = N_("Add the quantities up and keep one row.")


class ComponentsMissing(CellRefused):
    """A product of which a file names by-products only."""

    message = N_("%(value)s has by-products in this file, but no components.")
    hint = N_("Add the rows of its components: a file gives the whole list of a product.")


class ListsDiffer(CellRefused):
    """A sub-assembly that is listed in several places with different contents."""

    message = N_("%(parent)s is listed again in row %(second)s, and not in the same way as in row %(first)s.")
    hint = N_("List its components once, or the same way each time.")


class BomGoesRound(Refused):
    """A BOM in which an item contains itself."""

    message = N_("The BOM goes round in a circle: %(loop)s.")
    hint = N_("Remove one of these lines: an item cannot contain itself.")
    status = 422
