"""Signatures: the proof that the person who signs is the one who is signed in, and the row that says what was meant.

Two components each time: a user name (login, personnel number or badge) and the PIN or password. Wrong tries are
counted, slowed down and blocked as at the sign-in, and each leaves an event.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.core.db import Base
from mes.core.plant import plant
from mes.core.work import Work
from mes.people.hashing import matches
from mes.people.models import Person, RecordSignature, SignedAs
from mes.people.rules import WrongSignIn, check_not_blocked
from mes.people.sign_ins import count_wrong_try, forgive
from mes.people.signature_rules import Content, Proved, SignatureNeeded, Signer, canonical, fingerprint, named_by


def prove_identity(work: Work, signer: Signer) -> Proved:
    """That the signed-in person is who signs, and whether by "pin" or "password". Prove before anything is changed:
    a wrong try is recorded, whatever else the act did.

    Raises WrongSignIn (the try is counted) and SignInBlocked during the back-off.
    """
    person = work.lock(Person, work.actor.person_id or 0)
    check_not_blocked(person, work.now)
    proof = "pin" if signer.secret.isdecimal() and len(signer.secret) == 6 else "password"
    kept = person.pin_hash if proof == "pin" else person.password_hash
    known = kept is not None and matches(kept, signer.secret)
    said = named_by(person, signer.name)
    if not (known and person.active and said):
        count_wrong_try(work, person, "people.wrong_signature")
        raise WrongSignIn(field="secret")
    forgive(person)
    return Proved(said, proof)


def prove_if_needed(work: Work, signer: Signer | None) -> Proved | None:
    """The proof of who signs; none where nobody signed and the plant does not ask for it.

    Raises SignatureNeeded, WrongSignIn, SignInBlocked.
    """
    if signer is not None:
        return prove_identity(work, signer)
    if plant(work.session).signed_decisions:
        raise SignatureNeeded(field="signer")
    return None


def sign_record(
    work: Work, proved: Proved | None, thing: Base, meaning: SignedAs, content: Content, *, reason: str, code: str
) -> RecordSignature | None:
    """Put a proved signature under what is recorded of a thing, with what is meant by it and why."""
    if proved is None:
        return None
    text = canonical(content)
    row = RecordSignature(
        thing=thing.__tablename__, thing_id=getattr(thing, "id"), person_id=work.actor.person_id,
        person=work.actor.name[:100], said=proved.said, proof=proved.proof, meaning=meaning, at=work.now,
        reason=reason, content=text, sha256=fingerprint(text),
    )  # fmt: skip
    return work.add(row, "people.sign", reason=reason, code=code)


def signatures_under(session: Session, thing: str, ids: Collection[int]) -> Sequence[RecordSignature]:
    """The signatures under these things, oldest first."""
    under = RecordSignature.thing == thing, among(session, RecordSignature.thing_id, ids)
    return session.scalars(select(RecordSignature).where(*under).order_by(RecordSignature.id)).all()
