"""The notice to a customer: as a letter on paper and as the text of an e-mail, in Korean or English."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from mes.core.i18n import _, day, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.core.plant import Plant
from mes.partners.models import Partner
from mes.recall.held import sent_words
from mes.recall.models import Recall
from mes.recall.sent import Sent
from mes.trace.sharing import Reached


def subject(recall: Recall) -> str:
    """What stands over it."""
    title = _("Recall notice: %(title)s", title=recall.title)
    return f"[{_('DRILL')}] {title}" if recall.drill else title


def letter_pdf(
    recall: Recall, partner: Partner, sent: Sequence[Sent], held: Reached, plant: Plant, now: datetime
) -> bytes:
    """The letter, with a part to fill in and send back. ``held``: how much of the suspects is where."""
    return render([letter(recall, partner, sent, held, plant, now)], f"{recall.code} {partner.code}")


def letter(recall: Recall, partner: Partner, sent: Sequence[Sent], held: Reached, plant: Plant, now: datetime) -> Sheet:
    """What the letter says."""
    company = plant.name or "MES"
    head = Head(
        company=company,
        title=_("Recall notice - DRILL") if recall.drill else _("Recall notice"),
        number=recall.code,
        code=recall.code,
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    story: list[Part] = [
        Facts(
            [
                (_("Addressed to"), own_name(partner)),
                (
                    _("Contact person"),
                    " · ".join(text for text in (partner.contact, partner.phone, partner.email) if text),
                ),
                (_("Address"), partner.address or "-"),
                *([(_("Location number (GLN)"), partner.gln)] if partner.gln else []),
                (_("Date"), day(now)),
                (_("What is called back"), recall.title),
                (_("From us"), " · ".join(text for text in (plant.address, plant.phone) if text) or company),
            ]
        ),
        *([Words(drill_words())] if recall.drill else []),
        Heading(_("Why")),
        Words(recall.reason),
        Heading(_("What you received")),
        Grid(
            [
                Column(_("Shipment"), 18),
                Column(_("Shipped on"), 13),
                Column(_("Item"), 22),
                Column(_("Lot"), 18),
                Column(_("Quantity"), 11, number=True),
                Column(_("Of the material called back in it"), 18, number=True),
            ],
            [
                [one.shipment, day(one.at), own_name(one.item), _lot(one), much(one), sent_words(held, one)]
                for one in sent
            ],
        ),
        Heading(_("What we ask of you")),
        Words("\n".join(f"{place}. {text}" for place, text in enumerate(requests(), 1))),
        Heading(_("Your answer")),
        Grid(
            [
                Column(_("Lot"), 22),
                Column(_("Still there"), 18),
                Column(_("Used or sold"), 18),
                Column(_("Sent back"), 18),
                Column(_("Remark"), 24),
            ],
            [[one, "", "", "", ""] for one in dict.fromkeys(one.on_labels for one in sent)],
            row_height=9,
        ),
        Words(_("Name, date, signature: ______________________________")),
    ]
    return Sheet(head, story)


def drill_words() -> str:
    """What a drill says to whom it reaches."""
    return _("This is a drill. Nothing is wrong with the goods. Please answer as if it were a real recall.")


def requests() -> list[str]:
    """What the customer is asked to do."""
    return [
        _("Stop using and selling the lots above at once, and set them aside with a mark."),
        _("Tell us how much is still there and how much was used or passed on, and to whom."),
        _("Keep the goods until we collect them or tell you to send them back."),
        _("Answer within 24 hours, also if nothing is left."),
    ]


def _lot(one: Sent) -> str:
    """The lot and, of food or livestock, the number under which an authority follows it."""
    return f"{one.on_labels}\n{one.trace_number}" if one.trace_number else one.on_labels


def _holds(one: Sent, held: Reached) -> str:
    return _("%(much)s (of the material called back in it: %(held)s)", much=much(one), held=sent_words(held, one))


def much(one: Sent) -> str:
    """How much a customer got, and of it what came back already."""
    much = f"{number(one.quantity)} {one.item.unit}"
    return _("%(much)s (came back: %(back)s)", much=much, back=number(one.back)) if one.back else much


def mail_text(recall: Recall, partner: Partner, sent: Sequence[Sent], held: Reached, plant: Plant) -> str:
    """The body of the e-mail."""
    lines = [
        _("Dear %(name)s,", name=partner.contact or own_name(partner)),
        "",
        *([drill_words(), ""] if recall.drill else []),
        _("we call back: %(title)s (%(code)s).", title=recall.title, code=recall.code),
        _("Reason: %(reason)s", reason=recall.reason),
        "",
        _("What you received"),
        *(
            f"- {one.shipment} · {day(one.at)} · {own_name(one.item)} · {one.on_labels} · {_holds(one, held)}"
            for one in sent
        ),
        "",
        _("What we ask of you"),
        *(f"{place}. {text}" for place, text in enumerate(requests(), 1)),
        "",
        " · ".join(text for text in (plant.name, plant.address, plant.phone) if text),
    ]
    return "\n".join(lines)


#: A mail program takes an address only so long; beyond that the text is copied.
LONGEST_LINK = 1800


def mail_link(partner: Partner, over: str, text: str) -> str | None:
    """The address that opens the mail program with all of it; None without the customer's e-mail."""
    if not partner.email:
        return None
    link = f"mailto:{quote(partner.email)}?subject={quote(over)}&body={quote(text)}"
    return link if len(link) <= LONGEST_LINK else f"mailto:{quote(partner.email)}?subject={quote(over)}"
