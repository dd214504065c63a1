"""Who comes while another password, PIN or badge is set waits, and is then held against that one."""

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.people.models import Person
from mes.people.rules import WrongSignIn
from mes.people.second_factor import finish
from mes.people.service import change_own_secrets, new_badge
from mes.people.sign_ins import sign_in_with_badge, sign_in_with_password, sign_in_with_pin
from mes.people.signature_rules import Signer
from mes.people.signing import prove_identity
from tests.conftest import Shop
from tests.factories import make_person, make_station
from tests.people.phones import phone_of
from tests.people.test_people import change
from tests.racing import Deed, race

PASSWORD, NEW = "blue-kettle-49", "green-kettle-50"


def test_who_waits_while_another_password_is_set_does_not_get_in_with_the_old_one(shop: Shop) -> None:
    boss = shop.do(lambda work: make_person(work, Role.LEADER, login="boss", password=PASSWORD))
    came = race(
        shop,
        lambda work: change(work, boss, login="boss", roles=[Role.LEADER], password=NEW),
        lambda work: sign_in_with_password(work, "boss", PASSWORD),
    )
    assert came[1] is None
    assert shop.do(lambda work: sign_in_with_password(work, "boss", NEW))


def test_nor_with_the_old_pin(shop: Shop) -> None:
    kim, station = shop.do(lambda work: make_person(work, pin="135790")), shop.do(make_station).id
    came = race(
        shop,
        lambda work: change(work, kim, pin="864209"),
        lambda work: sign_in_with_pin(work, kim.code, "135790", station),
    )
    assert came[1] is None
    assert shop.do(lambda work: sign_in_with_pin(work, kim.code, "864209", station))


def test_nor_with_the_old_badge(shop: Shop) -> None:
    kim, station = shop.do(make_person), shop.do(make_station).id
    old = kim.badge
    came = race(
        shop, lambda work: new_badge(work, kim.code), lambda work: sign_in_with_badge(work, old.lower(), station)
    )
    assert isinstance(came[1], WrongSignIn)


def test_nor_who_is_taken_out_of_use_meanwhile(shop: Shop) -> None:
    kim = shop.do(lambda work: make_person(work, login="kim", password=PASSWORD))
    station = shop.do(make_station).id

    def out(work: Work) -> object:
        return change(work, kim, login="kim", active=False)

    def back(work: Work) -> object:
        return change(work, kim, login="kim", active=True)

    assert race(shop, out, lambda work: sign_in_with_password(work, "kim", PASSWORD))[1] is None
    shop.do(back)
    assert isinstance(race(shop, out, lambda work: sign_in_with_badge(work, kim.badge, station))[1], WrongSignIn)


def test_a_code_finishes_no_sign_in_that_another_password_ended_meanwhile(shop: Shop) -> None:
    boss = shop.do(lambda work: make_person(work, Role.LEADER, login="boss", password=PASSWORD))
    code = phone_of(shop, boss, "key")
    shop.later(seconds=60)
    half = shop.do(lambda work: sign_in_with_password(work, "boss", PASSWORD))
    came = race(
        shop,
        lambda work: change(work, boss, login="boss", roles=[Role.LEADER], password=NEW),
        lambda work: finish(work, str(half), "key", code()),
    )
    assert came[1] is None


def test_nobody_signs_or_changes_a_secret_with_the_old_password(shop: Shop) -> None:
    boss = shop.do(lambda work: make_person(work, Role.LEADER, login="boss", password=PASSWORD))
    own = Actor(boss.name, frozenset({Role.LEADER}), boss.id)

    def reset(password: str) -> Deed:
        return lambda work: change(work, boss, login="boss", roles=[Role.LEADER], password=password)

    def as_boss(deed: Deed) -> Deed:
        def done(work: Work) -> object:
            work.session.get_one(Person, boss.id)  # the page has read it before
            work.actor = own
            return deed(work)

        return done

    came = race(shop, reset(NEW), as_boss(lambda work: prove_identity(work, Signer("boss", PASSWORD))))
    assert isinstance(came[1], WrongSignIn)
    came = race(shop, reset(PASSWORD), as_boss(lambda work: change_own_secrets(work, password_now=NEW, pin="135790")))
    assert came[1] is False
