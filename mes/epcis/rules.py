"""Why a document, a question or a setting is refused."""

from mes.core.errors import Refused
from mes.core.i18n import N_

#: The largest document, its events, and how deep things may lie in each other.
LARGEST_MB = 20
MOST_EVENTS = 10_000
DEEPEST = 40
#: The most things that one event names.
MOST_THINGS = 20_000
#: The most sentences about one document.
MOST_TOLD = 50


class NotAnEpcisDocument(Refused):
    """Something else than an EPCIS document."""

    message = N_("This is no EPCIS document: %(what)s.")
    hint = N_("Send a JSON-LD document of the type EPCISDocument, as EPCIS 2.0 describes it.")
    status = 400


class DocumentTooLarge(Refused):
    """More than one request may carry."""

    message = N_("The document is larger than %(most)s MB.")
    hint = N_("Send the events in several documents.")
    status = 413


class TooManyEvents(Refused):
    """More events than one document may hold."""

    message = N_("The document holds %(count)s events; at most %(most)s are taken at once.")
    hint = N_("Send the events in several documents.")
    status = 413


class NestedTooDeep(Refused):
    """Lists in lists in lists: nobody means that."""

    message = N_("The document is nested deeper than %(most)s levels.")
    hint = N_("Send the events as EPCIS 2.0 describes them.")
    status = 400


class NotJsonLd(Refused):
    """XML, or a file of another kind."""

    message = N_("Events are taken in as JSON only, not as %(kind)s.")
    hint = N_("Send it as application/ld+json or application/json; most systems can write both.")
    status = 415


class EventsRefused(Refused):
    """Events that break the standard: nothing of the document was taken in."""

    message = N_("%(first)s %(count)s of %(events)s events cannot be taken in, so nothing was.")
    hint = N_("Ask the sender to correct them; the sentences say where.")
    status = 400

    def __init__(self, told: list[str], count: int, events: int) -> None:
        super().__init__(first=told[0], count=count, events=events)
        self.told = told


class UnknownQuestion(Refused):
    """A parameter that this query does not know."""

    message = N_("Events cannot be asked for by %(name)s.")
    hint = N_("The administrator's guide lists what can be asked for.")
    status = 400


class BadQuestion(Refused):
    """A parameter whose value cannot be read."""

    message = N_("The value of %(name)s cannot be read: %(value)s.")
    hint = N_("Times carry their zone (2026-01-05T09:00:00+09:00); counts are whole numbers above zero.")
    status = 400


class TooManyFound(Refused):
    """More events than the asker wants at most."""

    message = N_("More than %(most)s events were found.")
    hint = N_("Ask for a shorter time, or leave maxEventCount out and read page by page.")
    status = 413


class NotOffered(Refused):
    """Another form of answer than the two there are."""

    message = N_("Events are given as JSON-LD or XML, not as %(kind)s.")
    hint = N_("Ask for application/ld+json, application/json or application/xml.")
    status = 406


class WrongEpcisVersion(Refused):
    """A program that speaks another version."""

    message = N_("EPCIS %(version)s is not spoken here.")
    hint = N_("Send the header GS1-EPCIS-Version: 2.0.0, or none.")
    status = 406


class NothingToHandOver(Refused):
    """A choice without events."""

    message = N_("Nothing is known of %(what)s that could be handed over.")
    hint = N_("Choose another lot, shipment or period.")
    status = 404
