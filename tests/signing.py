"""How people of the tests sign: with their personnel number and a secret."""

from mes.core.work import Work
from mes.people.models import Person
from mes.people.signature_rules import Signer


def as_me(work: Work, secret: str) -> Signer:
    """The two components of whoever is signed in."""
    return Signer(work.session.get_one(Person, work.actor.person_id).code, secret)
