"""Refusals: one class per reason, one plain sentence per class.

Services raise a ``Refused``; nobody catches it but the form helper and the two handlers (HTML and JSON).
The message is an English msgid with named parameters; it is put into the reader's language when shown.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Optional

from mes.core.i18n import N_, say


class Offer(NamedTuple):
    """What may be meant instead: the words of its button, and what the page sends as ``meant`` when it is pressed."""

    words: str
    meant: str


class Refused(Exception):
    """Base of all refusals. ``message`` says what happened, ``hint`` what to do next.

    Keyword arguments fill the named parameters of both sentences. ``field`` names the input it belongs to.
    """

    message: ClassVar[str]
    hint: ClassVar[str | None] = None
    status: ClassVar[int] = 409
    #: A question rather than a no: the page offers to send the same again with ``confirmed`` set.
    asks: ClassVar[bool] = False
    #: What the two buttons of a question do, in the words of the deed.
    yes: ClassVar[str] = N_("Do it all the same")
    no: ClassVar[str] = N_("No, leave it")
    #: Something was recorded before the no (a wrong try is counted): that stays, and the one-time key is used up.
    counts: ClassVar[bool] = False

    def __init__(self, field: str | None = None, **values: object) -> None:
        super().__init__(values)
        self.field = field
        self.values = values
        #: The page sends the same again with what is chosen of these.
        self.offers: Sequence[Offer] = ()

    @property
    def code(self) -> str:
        """The stable name of the reason, as the API gives it."""
        return type(self).__name__

    @property
    def sentence(self) -> str:
        """What happened, in the language of the person in front of the screen."""
        return say(self.message, self.values)

    @property
    def advice(self) -> str | None:
        """What to do next, in the same language."""
        return say(self.hint, self.values) if self.hint else None

    @property
    def choices(self) -> tuple[str, str]:
        """The words of the buttons of a question: do it, or not."""
        return say(self.yes, self.values), say(self.no, self.values)

    def __str__(self) -> str:
        return " ".join(part for part in (self.sentence, self.advice) if part)

    @classmethod
    def named(cls, code: str) -> Optional["type[Refused]"]:
        """The reason with this stable name, if there is (still) one."""
        waiting: list[type[Refused]] = [cls]
        while waiting:
            kind = waiting.pop()
            if kind.__name__ == code:
                return kind
            waiting += kind.__subclasses__()
        return None


class NotFound(Refused):
    """A code or address that leads nowhere."""

    message = N_("There is no %(what)s %(code)s.")
    hint = N_("Check the code, or search for it.")
    status = 404


class GoneMeanwhile(Refused):
    """What somebody is about to change was removed between the look at it and the change."""

    message = N_("This is no longer there: somebody removed it a moment ago.")
    hint = N_("Open the page again to see how it stands.")
    status = 404


class NotAllowed(Refused):
    """The person is known, but this is not theirs to do."""

    message = N_("You are not allowed to do this.")
    hint = N_("Ask a leader or the administrator.")
    status = 403


class SignInFirst(Refused):
    """Nobody is signed in."""

    message = N_("Nobody is signed in here.")
    hint = N_("Sign in first.")
    status = 401


class StaleEdit(Refused):
    """Somebody saved the same thing while it was being edited (the row's version moved on)."""

    message = N_("%(who)s changed %(code)s at %(when)s, while you were editing it.")
    hint = N_("What you typed is still here. Compare it with what is recorded now, then save again.")


class KeyReused(Refused):
    """A one-time key came again with another content."""

    message = N_("This entry was already sent with other values.")
    hint = N_("Look whether the first one was recorded before you send it once more.")
    status = 422


class KeyMissing(Refused):
    """A write without its one-time key could be recorded twice."""

    message = N_("This entry carries no one-time key, so it was not recorded.")
    hint = N_("Open the page again; programs send the header Idempotency-Key.")
    status = 422


class BadShape(Refused):
    """The input cannot be read as what it should be."""

    message = N_("Some of what was entered cannot be read: %(fields)s.")
    hint = N_("Correct the marked fields and save again.")
    status = 422


class ReasonNeeded(Refused):
    """An act that somebody will ask about later."""

    message = N_("A reason is needed here.")
    hint = N_("Write in a few words why.")
    status = 422


class AlreadyExists(Refused):
    """A uniqueness rule of the database fired."""

    message = N_("This exists already (%(what)s).")
    hint = N_("Use another code, or open the one that exists.")


class StillInUse(Refused):
    """A reference rule of the database fired."""

    message = N_("This is still in use elsewhere, or refers to something that does not exist.")
    hint = N_("Open it again and check what it refers to.")


class ImpossibleValue(Refused):
    """A check rule of the database fired."""

    message = N_("This value cannot be recorded (%(what)s).")
    hint = N_("Check the quantities and dates.")


class PlantMoves(Refused):
    """The database takes nothing more: the plant goes to another one."""

    message = N_("Nothing can be recorded just now: the plant is moving to another database.")
    hint = N_("Leave this page open and try again when the program was started anew.")
    status = 503
    #: With what the database refuses (``mes.moving.gate``).
    GATE: ClassVar[str] = "MOVES"


class NotStorable(Refused):
    """A number or a character that no column holds: above 64 bits, or a control character."""

    message = N_("Something that was entered cannot be stored: a number that is too large, or an invisible character.")
    hint = N_("Type it again instead of pasting it, and check the numbers.")
    status = 422


class TooMuchInAll(Refused):
    """Quantities that are added up to more than the embedded database counts: nine million million."""

    message = N_("The quantities that are added up here are more than can be counted.")
    hint = N_("One of them is a typing error: find the lot or order with the largest quantity, and put it right.")
    status = 422


class Busy(Refused):
    """A lock could not be had in time."""

    message = N_("The system is busy with another entry on the same thing.")
    hint = N_("Nothing was recorded. Try again in a moment.")
    status = 503


class DatabaseAway(Refused):
    """No database server answers, or none of them accepts what is recorded (a standby before it takes over)."""

    message = N_("The database does not answer just now. Nothing was recorded.")
    hint = N_("Try again in a moment. If it lasts, tell the administrator.")
    status = 503


class OutcomeUnknown(Refused):
    """The connection was lost in the instant of the commit, and could not be had again to look."""

    message = N_("The connection to the database was lost while this was recorded: it may be in the books, or not.")
    hint = N_("Send the same entry again in a moment: it is recorded once in any case.")
    status = 503


class OutcomeUnseen(OutcomeUnknown):
    """The same of an act that has no one-time key, by which it could be told from another one like it."""

    hint = N_("Look whether it is there before you enter it again.")


class StorageFailed(Refused):
    """The disk is full or read-only."""

    message = N_("Nothing could be recorded: the storage does not accept it.")
    hint = N_("Tell the administrator to check the disk space and the database.")
    status = 503


class FileMoved(StorageFailed):
    """The file of the embedded database, or its log, is no longer the one that was opened."""

    message = N_("Nothing could be recorded: the database file %(file)s was moved, replaced or deleted.")
    hint = N_("Tell the administrator to put it back where it was, or to stop the program and start it again.")
