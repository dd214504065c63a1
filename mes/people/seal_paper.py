"""The seal of the event log on paper: to be filed, signed by hand, sent to somebody outside."""

from mes.core.access import actor_name
from mes.core.i18n import N_, _, stamp
from mes.core.paper import Code, Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.core.seals import Seal, letters, line

#: What whoever finds the paper years later has to know.
WHAT_FOR = N_(
    "These letters depend on every event that was recorded up to the last one named here. Keep this paper where nobody "
    "who looks after the computer can change it. As long as the log is the one that was sealed, the command below says "
    "so; when it was changed, written anew or cut off, it says where."
)


def seal_pdf(seal: Seal, company: str) -> bytes:
    """One page: when, how many events, the letters large enough to be typed, and a QR that holds the whole hash."""
    number = str(seal.number)
    head = Head(
        company=company or "MES", title=_("Seal of the event log"), number=number,
        approval=(_("Prepared"), _("Reviewed")),
        foot=_("Made at %(at)s by %(person)s", at=stamp(seal.at), person=actor_name(seal.person)),
    )  # fmt: skip
    story: list[Part] = [
        Facts([
            (_("Made at"), stamp(seal.at)), (_("Events"), str(seal.events)),
            (_("Last event"), str(seal.head_id)), (_("Recorded at"), stamp(seal.head_at)),
        ]),
        Heading(letters(seal.hash)),
        Grid(
            [Column("SHA-256", 66), Column(_("The same for a scanner"), 34)],
            [[seal.hash, Code(line(seal), 45)]],
        ),
        *([Words(_("The log was not whole at that time: %(fault)s", fault=seal.fault))] if seal.fault else []),
        Words(_(WHAT_FOR)),
        Words(f"mes check events --seal {letters(seal.hash)}"),
    ]  # fmt: skip
    return render([Sheet(head, story)], f"{_('Seal of the event log')} {number}")
