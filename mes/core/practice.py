"""Training: a copy of the plant in which people practise. Whatever leaves it says so.

A request to the copy runs as practice from its first to its last step; every paper, label and code that is made
meanwhile carries the mark. A code of the copy begins with ``T::``, which the plant itself refuses: what was printed
to practise lies about on benches, and must never be taken for the real thing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mes.core.commands import COMMANDS
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.strangers import NotOurAddress

#: Where the copy is found, below the address of the plant.
PREFIX = "/training"
#: What a code of the copy begins with: so short that the smallest labels hold it too, and like no code of any plant.
MARK = "T::"
#: What every paper and label of it carries across, whatever the language of the reader.
ACROSS = "훈련 TRAINING"
#: After so many minutes without a touch one is led out of the copy.
IDLE_MINUTES = 30

_practising: ContextVar[bool] = ContextVar("practising", default=False)


class NotPractised(Refused):
    """What would reach beyond the copy: a device is paired, a printer set up."""

    message = N_("This is not done in training: it concerns the devices of the plant.")
    hint = N_("Leave training and do it in the plant.")


class FromTraining(NotOurAddress):
    """A label, paper or screen of the copy."""

    message = N_("This label is from training.")
    hint = N_("Throw it away, and scan the real label.")


def practising() -> bool:
    """Whether what happens now happens in the copy."""
    return _practising.get()


@contextmanager
def in_training() -> Iterator[None]:
    """Everything inside the block happens in the copy."""
    token = _practising.set(True)
    try:
        yield
    finally:
        _practising.reset(token)


def printed(data: str) -> str:
    """What a code holds when it is printed or shown: in training with the mark. A command only presses a key of the
    page that is open, so its code is the same in both."""
    if not _practising.get() or not data or is_of_training(data) or data.upper() in COMMANDS:
        return data
    return MARK + data


def is_of_training(text: str) -> bool:
    """Whether a code was printed in training."""
    return text[: len(MARK)].upper() == MARK


def scanned(text: str) -> str:
    """What a scanned code says here: in training the mark is taken off, so that its own labels and those of the real
    goods can both be practised with. Raises FromTraining in the plant."""
    if not is_of_training(text):
        return text
    if not _practising.get():
        raise FromTraining
    return text[len(MARK) :].strip()
