"""What a printed command code makes a page do: every flow can be worked with a scanner alone.

The codes carry a check character like all of ours, so a misread command is never another one.
"""

from enum import StrEnum
from typing import NamedTuple

from mes.core.i18n import N_
from mes.core.numbering import with_check


class Command(StrEnum):
    """What a printed command code makes a page do, in the order in which a card lists them."""

    START = "start"
    PAUSE = "pause"
    REPORT = "report"
    FINISH = "finish"
    DEFECT = "defect"
    UNDO = "undo"
    GOOD = "good-1"
    GOOD_TEN = "good-10"
    PRINT = "print"
    STOP = "stop"
    RESUME = "resume"
    CALL = "call"
    YES = "yes"
    NO = "no"
    DONE = "done"
    NEXT = "next"
    BACK = "back"
    CLEAR = "clear"
    POINT = "point"
    DIGIT_0 = "digit-0"
    DIGIT_1 = "digit-1"
    DIGIT_2 = "digit-2"
    DIGIT_3 = "digit-3"
    DIGIT_4 = "digit-4"
    DIGIT_5 = "digit-5"
    DIGIT_6 = "digit-6"
    DIGIT_7 = "digit-7"
    DIGIT_8 = "digit-8"
    DIGIT_9 = "digit-9"

    @property
    def digit(self) -> str | None:
        """The digit that it types, or the decimal point; None for all other commands."""
        if self is Command.POINT:
            return "."
        return self.value[-1] if self.value.startswith("digit-") else None


#: The printed codes of the commands, e.g. "C-STARTP".
COMMANDS = {with_check(f"C-{command.upper()}"): command for command in Command}
COMMAND_NAMES = {
    Command.START: N_("Start"),
    Command.PAUSE: N_("Pause"),
    Command.REPORT: N_("Report"),
    Command.FINISH: N_("Finish"),
    Command.DEFECT: N_("Defect"),
    Command.UNDO: N_("Undo"),
    Command.GOOD: N_("Good +1"),
    Command.GOOD_TEN: N_("Good +10"),
    Command.PRINT: N_("Print label"),
    Command.STOP: N_("Stop"),
    Command.RESUME: N_("Runs again"),
    Command.CALL: N_("Call"),
    Command.YES: N_("Yes"),
    Command.NO: N_("No"),
    Command.DONE: N_("Save"),
    Command.NEXT: N_("Next field"),
    Command.BACK: N_("Back"),
    Command.CLEAR: N_("Clear"),
    Command.POINT: N_("Decimal point"),
} | {Command(f"digit-{digit}"): f"{digit}" for digit in range(10)}


class CommandCode(NamedTuple):
    """A command as a card shows it: ``name`` is an English word to be put into the reader's language."""

    command: Command
    code: str
    name: str


def all_commands() -> list[CommandCode]:
    """All commands with their printed codes and their names, in the order of the card."""
    return [CommandCode(command, code, COMMAND_NAMES[command]) for code, command in COMMANDS.items()]
