"""Who allows what a rule speaks against: the leader whose badge was scanned for it, else whoever is signed in."""

from flask import request

from mes.core.access import Actor
from mes.core.work import Work
from mes.orders.override_rules import NotAnOverride
from mes.station.badges import holder


def approver(work: Work) -> Actor:
    """The person of the badge that came with the form. Raises NotAnOverride when it is nobody's."""
    badge = request.form.get("text", "").strip()
    if not badge:
        return work.actor
    person = holder(work.session, badge)
    if person is None:
        raise NotAnOverride
    return Actor(person.name, person.role_set, person.id)
