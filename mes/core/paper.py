"""A4 documents as plain data: one grid, company head, title, number, approval box, QR back to the record.

A document is a ``Sheet``: its ``Head`` and a story of ``Heading``, ``Words``, ``Facts``, ``Grid`` and ``Drawings``.
Several sheets make one file, each with page numbers of its own (page x / y). ``render`` makes the PDF, with the Korean
font inside.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from mes.core.plotting import Drawing


class Head(NamedTuple):
    """Who issues the document, what it is, its number and revision, and the code that leads back to the record."""

    company: str
    title: str
    number: str
    code: str = ""
    #: Words over the places to sign; none: no approval box.
    approval: Sequence[str] = ()
    #: Left in the foot of every page, e.g. when it was printed.
    foot: str = ""
    #: What stands in the places to sign: a name and when, a line each; places without are left to sign by hand.
    signed: Sequence[str] = ()


class Heading(NamedTuple):
    """The title of a part."""

    text: str


class Words(NamedTuple):
    """A paragraph; line ends are kept."""

    text: str


class Facts(NamedTuple):
    """What is so: name and value, two pairs in a row."""

    pairs: Sequence[tuple[str, str]]


class Code(NamedTuple):
    """A cell with a QR of this text, ``side`` mm wide; a text that no scanner can type is left out."""

    text: str
    side: int = 15


class Column(NamedTuple):
    """A column of a table: its head, its share of the width, and whether it holds numbers."""

    label: str
    share: int
    number: bool = False


class Grid(NamedTuple):
    """A ruled table whose head is repeated on each page. ``row_height``: mm, where people write by hand."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Code]]
    row_height: int | None = None


class Drawings(NamedTuple):
    """Graphs, two in a row (wide ones alone), each with its title above."""

    drawings: Sequence[Drawing]


#: What a document is made of, one after another.
Part = Heading | Words | Facts | Grid | Drawings


class Sheet(NamedTuple):
    """One document."""

    head: Head
    story: Sequence[Part]


def render(sheets: Sequence[Sheet], title: str) -> bytes:
    """The documents as one PDF file, each beginning on a page of its own. Raises PaperFontMissing."""
    # What writes PDF is loaded with the first document: it takes 0.2 s that a start need not wait for.
    pdf: bytes = import_module("mes.core.paper_pdf").write(sheets, title)
    return pdf
