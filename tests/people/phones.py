"""The phone that shows the code of somebody's second factor."""

from collections.abc import Callable

from mes.people import totp
from mes.people.models import Person
from mes.people.second_factor import confirm, prepare, secret_to_show
from tests.conftest import Shop


def phone_of(shop: Shop, person: Person, key: str, keep: str = "") -> Callable[[], str]:
    """Their second factor is set up; gives the phone that shows its code of the moment. ``keep``: the sign-in in which
    they set it up, which goes on."""
    shop.do(lambda work: prepare(work, work.session.get_one(Person, person.id), key))
    with shop.read() as read:
        secret = secret_to_show(read, person.id, key)
    assert secret is not None

    def code() -> str:
        return totp.code_at(secret, totp.step_of(shop.now))

    shop.do(lambda work: confirm(work, work.session.get_one(Person, person.id), key, code(), keep=keep))
    return code
