"""The second factor of a sign-in at the desk: codes of an authenticator app, and ten recovery codes on paper.

It is offered to everybody and demanded of the roles that the plant's settings name. A PIN or badge never asks for it:
what is signed in so at a station opens nothing for which the plant demands it (``Actor.unproved``).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mes.core.access import Role
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.plant import plant
from mes.core.work import Work
from mes.people import totp
from mes.people.guessing import check_codes, check_sources, count_wrong, count_wrong_code, forgive_codes
from mes.people.hashing import matches, token_hash
from mes.people.models import Person, RecoveryCode, SecondFactor, SignIn
from mes.people.rules import check_not_blocked, read_demanded
from mes.people.sign_ins import count_wrong_try, demanded_now, end_sign_ins, forgive, open_sign_in
from mes.people.vault import opened, sealed

CODES = 10
#: No letter that is taken for another one on paper.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
#: Signs of a recovery code: 31^12 is more than 10^17, so that a plain hash keeps it.
LENGTH = 12


class WrongCode(Refused):
    """A code that does not fit, is too old, or was used."""

    message = N_("This code does not fit, or was used already.")
    hint = N_("Wait for the next code of the app. If none fits, set the phone's clock, or use a recovery code.")
    status = 401
    counts = True


class FactorThere(Refused):
    """Another app is set up after the present one is turned off, with a code of it."""

    message = N_("A second factor is set up already.")
    hint = N_("Turn it off first, with a code of it.")


class NothingToConfirm(Refused):
    """Nobody began to set up an app, or it is set up already."""

    message = N_("There is no app waiting for its first code.")
    hint = N_("Open the page again and begin anew.")


def find_factor(session: Session, person_id: int | None) -> SecondFactor | None:
    """Somebody's app, confirmed or not."""
    return session.get(SecondFactor, person_id) if person_id else None


def unused_codes(session: Session, person_id: int) -> int:
    """How many recovery codes are left."""
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.person_id == person_id)
    return session.scalar(left.where(RecoveryCode.used_at.is_(None))) or 0


def confirmed_people(session: Session) -> set[int]:
    """Everybody who has a second factor."""
    return set(session.scalars(select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))))


def secret_to_show(session: Session, person_id: int, key: str) -> str | None:
    """What the app is to be told, as long as its first code is awaited; later nobody sees it again."""
    factor = find_factor(session, person_id)
    return opened(key, factor.secret) if factor is not None and factor.confirmed_at is None else None


def find_half(session: Session, token: str, now: datetime) -> tuple[Person, str] | None:
    """Whose password was right, and what the sign-in still waits for."""
    found = session.execute(
        select(Person, SignIn.waits)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.token_hash == token_hash(token), SignIn.waits.is_not(None), Person.active)
        .where(SignIn.ended_at.is_(None), SignIn.expires_at > now)
    ).first()
    return (found[0], str(found[1])) if found else None


def lock_half(work: Work, token: str, waits: str) -> Person | None:
    """Whose sign-in waits for this ("code", "enrol"), locked; nobody's when it ended while we waited for the lock, by
    another password, say."""
    found = find_half(work.session, token, work.now)
    if found is not None:
        work.lock(Person, found[0].id)
        found = find_half(work.session, token, work.now)
    return found[0] if found is not None and found[1] == waits else None


def prepare(work: Work, person: Person, key: str) -> None:
    """Make a secret for an app, which counts from its first right code on. Raises FactorThere."""
    factor = find_factor(work.session, person.id)
    if factor is not None and factor.confirmed_at is not None:
        raise FactorThere
    if factor is None:
        factor = SecondFactor(person_id=person.id, last_step=0)
        work.session.add(factor)
    factor.secret, factor.at, factor.confirmed_at = sealed(key, totp.new_secret()), work.now, None
    work.session.flush()


def confirm(work: Work, person: Person, key: str, typed: str, *, keep: str = "") -> list[str]:
    """The first code of the app: from now on it is asked for. Gives the recovery codes, which are shown this once.

    Other sign-ins of the person end. Raises WrongCode (counted), SignInBlocked, NothingToConfirm, SecretUnreadable.
    """
    person = _locked(work, person)
    factor = find_factor(work.session, person.id)
    if factor is None or factor.confirmed_at is not None:
        raise NothingToConfirm
    if not _takes(factor, key, typed, work.now):
        _count(work, person)
        raise WrongCode(field="second")
    _forgive(work, person)
    factor.confirmed_at = work.now
    work.record("people.second_factor", person)
    end_sign_ins(work, person, keep=keep)
    return new_codes(work, person)


def check_code(work: Work, person: Person, key: str, typed: str, *, address: str | None = None) -> None:
    """A code of the app, or a recovery code: each is good once. ``address``: from where in the network.

    Raises WrongCode (counted as a wrong sign-in is, and for itself), SignInBlocked, AddressBlocked, SecretUnreadable.
    """
    check_sources(work, None, address)
    person = _locked(work, person)
    text = "".join(typed.split()).replace("-", "").upper()
    factor = find_factor(work.session, person.id)
    if len(text) == LENGTH:
        fits = _use_recovery_code(work, person, text)
    else:
        fits = factor is not None and factor.confirmed_at is not None and _takes(factor, key, text, work.now)
    if not fits:
        _count(work, person)
        count_wrong(work, None, address)
        raise WrongCode(field="second")
    _forgive(work, person)


def _locked(work: Work, person: Person) -> Person:
    """Nobody tries two codes of a person at once, and nobody tries one while there were too many wrong ones."""
    person = work.lock(Person, person.id)
    check_not_blocked(person, work.now)
    check_codes(work, person.id)
    return person


def _count(work: Work, person: Person) -> None:
    count_wrong_try(work, person, "people.wrong_code")
    count_wrong_code(work, person.id)


def _forgive(work: Work, person: Person) -> None:
    forgive(person)
    forgive_codes(work, person.id)


def finish(work: Work, half: str, key: str, typed: str, *, address: str | None = None) -> str | None:
    """The code after the password: gives the token of the whole sign-in; None when the password is too long ago.

    ``address``: from where in the network. Raises WrongCode, SignInBlocked, AddressBlocked, SecretUnreadable.
    """
    check_sources(work, None, address)  # before anybody's row, as everywhere
    person = lock_half(work, half, "code")
    if person is None:
        return None
    check_code(work, person, key, typed, address=address)
    return whole(work, half)


def whole(work: Work, half: str) -> str:
    """Make a whole sign-in of one that waited, under a token that nobody has seen."""
    waiting = work.session.scalars(select(SignIn).where(SignIn.token_hash == token_hash(half))).one()
    waiting.ended_at = work.now
    return open_sign_in(work, work.session.get_one(Person, waiting.person_id), device=waiting.device)


def new_codes(work: Work, person: Person) -> list[str]:
    """Ten recovery codes, which are shown this once; older ones end."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(CODES)]
    work.session.add_all(RecoveryCode(person_id=person.id, code_hash=token_hash(code)) for code in codes)
    work.record("people.recovery_codes", person)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def turn_off(work: Work, person: Person, key: str, typed: str, *, keep: str = "") -> None:
    """Take one's own second factor away, with a code of it. Where the plant demands one, this sign-in ends too, and
    the next one begins with setting up another. Raises WrongCode (counted), SignInBlocked, SecretUnreadable."""
    check_code(work, person, key, typed)
    _drop(work, person)
    end_sign_ins(work, person, keep="" if person.role_set & demanded_now(work) else keep)


def reset(work: Work, person: Person) -> None:
    """The phone is lost: the second factor is gone, and every sign-in of the person ends."""
    person = work.lock(Person, person.id)
    forgive_codes(work, person.id)
    _drop(work, person)
    end_sign_ins(work, person)


def is_demanded(session: Session, roles: frozenset[Role]) -> bool:
    """Whether the plant demands a second factor of one of these roles."""
    return bool(roles & read_demanded(plant(session).second_factor))


def end_without_factor(work: Work, roles: frozenset[Role], *, keep: str = "") -> None:
    """End the whole sign-ins at desks, but that of the token ``keep``, of who has one of these roles and no second
    factor: the next sign-in begins with setting one up. At stations the demand holds with the next page anyway."""
    here = select(SignIn, Person).join(Person, Person.id == SignIn.person_id).order_by(SignIn.id)
    here = here.where(SignIn.station_id.is_(None), SignIn.waits.is_(None), SignIn.ended_at.is_(None))
    having = confirmed_people(work.session)
    for one, person in work.session.execute(here.where(SignIn.expires_at > work.now)):
        if person.role_set & roles and person.id not in having and one.token_hash != token_hash(keep):
            one.ended_at = work.now


def check_password_now(work: Work, person: Person, password: str) -> bool:
    """The present password once more, before one's second factor is set up; a wrong one is counted."""
    person = work.lock(Person, person.id)
    check_not_blocked(person, work.now)
    if person.password_hash is None or not matches(person.password_hash, password):
        count_wrong_try(work, person)
        return False
    return True


def own_sign_ins(session: Session, person_id: int, now: datetime) -> Sequence[SignIn]:
    """Where somebody is signed in now, newest first."""
    here = select(SignIn).where(SignIn.person_id == person_id, SignIn.waits.is_(None), SignIn.ended_at.is_(None))
    return session.scalars(here.where(SignIn.expires_at > now).order_by(SignIn.id.desc())).all()


def _takes(factor: SecondFactor, key: str, typed: str, now: datetime) -> bool:
    step = totp.fitting_step(opened(key, factor.secret), "".join(typed.split()), now, factor.last_step)
    if step is not None:
        factor.last_step = step
    return step is not None


def _use_recovery_code(work: Work, person: Person, text: str) -> bool:
    kept = select(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.code_hash == token_hash(text))
    found = work.session.scalar(kept.where(RecoveryCode.used_at.is_(None)).with_for_update())
    if found is None:
        return False
    found.used_at = work.now
    work.record("people.used_recovery_code", person, after={"left": unused_codes(work.session, person.id)})
    return True


def _drop(work: Work, person: Person) -> None:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    work.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    work.session.expire_all()
    work.record("people.drop_second_factor", person)
