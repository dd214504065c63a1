"""The proof that the person who signs is the one who is signed in."""

from mes.core.work import Work
from mes.people.models import Person
from mes.people.rules import WrongSignIn, check_not_blocked
from mes.people.service import count_wrong_try, matches


def prove_identity(work: Work, secret: str) -> str:
    """That the signed-in person is who signs: "pin" or "password", whichever was given.

    Raises WrongSignIn (the try is counted) and SignInBlocked during the back-off.
    """
    person = work.lock(Person, work.actor.person_id or 0)
    check_not_blocked(person, work.now)
    proof = "pin" if secret.isdecimal() and len(secret) == 6 else "password"
    kept = person.pin_hash if proof == "pin" else person.password_hash
    if kept is None or not person.active or not matches(kept, secret):
        count_wrong_try(work, person)
        raise WrongSignIn(field="secret")
    if person.failed_tries:
        person.failed_tries, person.blocked_until = 0, None
    return proof
