"""What a signature is bound to, whether it still fits, and what was changed since: pure decisions."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mes.core.errors import Refused
from mes.core.i18n import N_, _, shown
from mes.people.models import Person, RecordSignature, SignedAs

SIGNED_NAMES = {
    SignedAs.RELEASED: N_("Released"),
    SignedAs.REJECTED: N_("Rejected"),
    SignedAs.CONCESSION: N_("Concession approved"),
}
#: By what a signer was named, and with what it was proved.
SIGNER_NAMES = {"login": N_("Login"), "number": N_("Personnel number"), "badge": N_("Badge")}
PROOF_NAMES = {"pin": N_("PIN"), "password": N_("Password")}
#: What the parts of a signed content are called.
PLACES = {
    "what": N_("What is wrong"), "severity": N_("Severity"), "origin": N_("Origin"), "reason": N_("Reason"),
    "concerned": N_("Quantity concerned"), "lot": N_("Lot"), "item": N_("Item"), "decision": N_("Decision"),
    "quantity": N_("Quantity"), "person": N_("Name"), "at": N_("Time"), "verdict": N_("Verdict"),
    "readings": N_("Readings"), "inspections": N_("Inspection"),
}  # fmt: skip
Content = Mapping[str, Any]


class SignatureNeeded(Refused):
    """The plant lets nobody release or concede without a signature."""

    message = N_("In this plant releases and concessions are signed.")
    hint = N_("Give your user name (or badge) and your PIN or password at a desk.")
    status = 422


class SignedMoved(Refused):
    """Somebody changed what is to be signed while the signer read it."""

    message = N_("What you were about to sign was changed since you looked at it. Nothing was signed.")
    hint = N_("Open the page again, read it, then sign.")


class Signer(NamedTuple):
    """The two components of a signature: who one says to be, and what only that person knows; and the fingerprint of
    what was shown to the signer, where a page showed it."""

    name: str
    secret: str
    seen: str | None = None


class Proved(NamedTuple):
    """A signer who was proved: by login, number or badge, and by pin or password."""

    said: str
    proof: str


class Difference(NamedTuple):
    """One value that is not what was signed."""

    where: str
    signed: str
    now: str

    @property
    def place(self) -> str:
        """Where it stands, in words: "Inspection 1 · Readings · Width 2"."""
        parts = [part.partition(" ") for part in self.where.split(" · ")]
        return " · ".join(f"{_(PLACES[word])}{gap}{rest}" if word in PLACES else word + gap + rest
                          for word, gap, rest in parts)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A signature, and what became of what was signed."""

    signature: RecordSignature
    #: Whether the text that was signed is letter by letter what its hash was made of.
    whole: bool
    differences: Sequence[Difference]

    @property
    def meaning(self) -> str:
        """What was meant, in words."""
        return _(SIGNED_NAMES[self.signature.meaning])

    @property
    def proof(self) -> str:
        """With which two components, in words."""
        parts = SIGNER_NAMES.get(self.signature.said), PROOF_NAMES.get(self.signature.proof)
        return " + ".join(_(part) for part in parts if part)

    @property
    def holds(self) -> bool:
        """Whether the signature stands under what is recorded now."""
        return self.whole and not self.differences


def canonical(content: Content | list[Any]) -> str:
    """One text for one content: keys in order, no blanks, letters as they are."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """The SHA-256 that a signature is bound to."""
    return hashlib.sha256(text.encode()).hexdigest()


def seen_of(content: Content) -> str:
    """The fingerprint of what a page shows to be signed."""
    return fingerprint(canonical(content))


def check_seen(signer: Signer | None, text: str) -> None:
    """A signature stands under what was read, letter by letter. Raises SignedMoved."""
    if signer is not None and signer.seen and signer.seen != fingerprint(text):
        raise SignedMoved


def named_by(person: Person, name: str) -> str | None:
    """What a name that was typed or scanned is of this person: login, number or badge; None: another's, or nobody's."""
    given = name.strip().casefold()
    known = {"login": person.login, "number": person.code, "badge": person.badge}
    return next((kind for kind, one in known.items() if one and one.casefold() == given), None)


def standing(signature: RecordSignature, now: Content | None) -> Standing:
    """How a signature stands; ``now`` is what would be signed by the records of now (None: it is not there)."""
    whole = fingerprint(signature.content) == signature.sha256
    try:
        signed = json.loads(signature.content)
    except ValueError:  # only somebody with the database's password writes that
        return Standing(signature, False, ())
    return Standing(signature, whole, [*_differences("", signed, json.loads(canonical(now or {})))])


def _differences(where: str, signed: Any, now: Any) -> Iterator[Difference]:
    if isinstance(signed, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*signed, *now)):
            yield from _differences(f"{where} · {key}" if where else key, signed.get(key), now.get(key))
    elif isinstance(signed, list) and isinstance(now, list):
        longest = max(len(signed), len(now))
        for place in range(longest):
            one, other = ((row[place] if place < len(row) else None) for row in (signed, now))
            yield from _differences(f"{where} {place + 1}", one, other)
    elif signed != now:
        yield Difference(where, _told(signed), _told(now))


def _told(value: Any) -> str:
    if value is None:
        return "-"
    return canonical(value) if isinstance(value, dict | list) else shown(value)


def told_of(one: Standing) -> str:
    """How a signature stands, as a paper says it: it fits, or what was changed since."""
    if one.holds:
        return _("fits")
    if not one.whole:
        return _("The signed text was changed")
    changes = [f"{change.place}: {change.signed} → {change.now}" for change in one.differences]
    return "\n".join([_("changed since"), *changes])
