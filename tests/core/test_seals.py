"""Who holds a seal finds a log that was written anew, cut off or brought back from an older backup."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mes.core import seals
from mes.core.events import CONTENT, FIRST, Event, as_text, link
from mes.core.i18n import speaking
from mes.core.seals import NotASeal, Seal, SealMistyped, letters, make_seal, prove_newest, read_claim
from mes.people.plant import set_up_plant
from mes.web.check_events import ALTERED, CUT, GONE, MISCOUNTED, NOT_HERE, REWRITTEN, Told, prove
from tests.conftest import Shop
from tests.factories import make_person
from tests.web.tampering import unguarded


def seal(shop: Shop) -> Seal | None:
    newest = prove_newest(shop.database)
    return shop.do(lambda work: make_seal(work, newest))


def work_a_while(shop: Shop, events: int = 3) -> None:
    for _ in range(events):
        shop.later(minutes=1)
        shop.do(make_person)


@pytest.fixture
def three_days(shop: Shop) -> list[Seal]:
    """A plant that worked and sealed three days, and works on."""
    shop.do(lambda work: set_up_plant(work, name="햇살떡집"))
    made = []
    for _day in range(3):
        work_a_while(shop)
        shop.later(days=1)
        made.append(seal(shop))
    work_a_while(shop)
    return [one for one in made if one is not None]


@pytest.fixture
def forger(shop: Shop, three_days: list[Seal]) -> Iterator[Session]:
    with unguarded(shop.database) as session:
        yield session


def rewrite_from(session: Session, ident: int, *, seals_too: bool = False) -> None:
    """Write the log anew from an event on: everything fits together afterwards, and with what seals said of it too."""
    query = select(Event.__table__).where(Event.id >= ident).order_by(Event.id)
    rows = session.execute(query).mappings().all()
    previous = session.scalar(select(Event.hash).where(Event.id < ident).order_by(Event.id.desc()).limit(1)) or FIRST
    fresh: dict[int, str] = {}
    for row in rows:
        again = {**row, "previous": previous}
        if seals_too and row["thing"] == "seals":
            said = json.loads(str(row["after"]))
            said["hash"] = fresh.get(said["head_id"], said["hash"])
            again["after"] = as_text(said)
            session.execute(update(Seal).where(Seal.id == row["thing_id"]).values(hash=said["hash"]))
        previous = fresh[row["id"]] = again["hash"] = link(previous, {name: again[name] for name in CONTENT})
        session.execute(Event.__table__.update().where(Event.id == row["id"]).values(**again))  # type: ignore[attr-defined]


def only(faults: list[Told]) -> Told:
    [found] = faults
    return found


def test_a_plant_that_nobody_touched_fits_all_its_seals(shop: Shop, three_days: list[Seal]) -> None:
    assert [one.number for one in three_days] == [1, 2, 3]
    # a day's three events, and the one that the seal before left
    assert [one.events for one in three_days] == [4, 8, 12]
    with shop.read() as read:
        proof = prove(read, read_claim(letters(three_days[1].hash)))
    assert (proof.faults, proof.events, proof.seals) == ([], 16, 3)
    assert proof.sealed is not None
    row, count, more = proof.sealed
    assert (row.id, count, more) == (three_days[1].head_id, 8, 8)


def test_a_log_that_was_written_anew_is_whole_and_fits_no_seal(three_days: list[Seal], forger: Session) -> None:
    first, second, _third = three_days
    forger.execute(text(f"UPDATE events SET actor = '아무개' WHERE id = {second.head_id}"))
    rewrite_from(forger, second.head_id)
    message, values = only(prove(forger).faults)
    assert message == REWRITTEN
    assert (values["number"], values["from"], values["head"]) == ("2", str(first.head_id), str(second.head_id))


def test_who_writes_the_seals_anew_too_is_found_by_the_one_on_paper(three_days: list[Seal], forger: Session) -> None:
    _first, second, third = three_days
    forger.execute(text(f"UPDATE events SET actor = '아무개' WHERE id = {second.head_id}"))
    rewrite_from(forger, second.head_id, seals_too=True)
    forger.expire_all()
    assert prove(forger).faults == []
    for paper in (letters(second.hash), seals.line(third), seals.text(second, "햇살떡집")):
        message, values = only(prove(forger, read_claim(paper)).faults)
        assert message == NOT_HERE
        assert values["letters"] in (letters(second.hash), letters(third.hash))
    assert prove(forger, read_claim(letters(three_days[0].hash))).faults == []


def test_a_log_whose_end_was_cut_off_is_found(three_days: list[Seal], forger: Session) -> None:
    third = three_days[2]
    forger.execute(text(f"DELETE FROM events WHERE id >= {third.head_id}"))
    message, values = prove(forger).faults[0]
    assert (message, values["number"]) == (CUT, "3")
    forger.execute(text("DELETE FROM seals WHERE number = 3"))
    forger.expire_all()
    assert prove(forger).faults == []  # as an older backup would be: whole in itself
    assert only(prove(forger, read_claim(seals.line(third))).faults)[0] == CUT
    assert only(prove(forger, read_claim(letters(third.hash))).faults)[0] == NOT_HERE


@pytest.mark.parametrize("change", ["at = '2020-01-01 00:00:00+00:00'", "events = events + 1", "number = 99"])
def test_a_seal_that_was_changed_is_told(forger: Session, change: str) -> None:
    forger.execute(text(f"UPDATE seals SET {change} WHERE number = 2"))
    assert ALTERED in [message for message, _values in prove(forger).faults]


def test_a_seal_that_nobody_made_is_told(forger: Session) -> None:
    columns = "day, at, person, events, head_id, head_at, hash, fault"
    forger.execute(text(f"INSERT INTO seals (number, {columns}) SELECT 77, {columns} FROM seals WHERE number = 3"))
    assert only(prove(forger).faults) == (ALTERED, {"number": "77"})


def test_a_seal_that_was_removed_is_missed(forger: Session) -> None:
    forger.execute(text("DELETE FROM seals WHERE number = 2"))
    assert only(prove(forger).faults) == (GONE, {"number": "2"})


def test_times_that_are_none_do_not_keep_the_log_from_being_proved(shop: Shop, forger: Session) -> None:
    if shop.database.is_sqlite:
        forger.execute(text("UPDATE seals SET at = 'nonsense', hash = 'x' WHERE number = 2"))
        message, values = prove(forger).faults[0]
        assert (message, values["at"]) == (REWRITTEN, "nonsense")


def test_a_seal_with_another_count_is_told(shop: Shop, three_days: list[Seal]) -> None:
    claim = read_claim(seals.line(three_days[0]))._replace(events=99)
    with shop.read() as read:
        message, values = only(prove(read, claim).faults)
    assert (message, values["sealed"], values["count"]) == (MISCOUNTED, 99, 4)


def test_nothing_new_is_not_sealed_twice(shop: Shop) -> None:
    assert seal(shop) is None  # nothing was ever recorded
    shop.do(make_person)
    assert seal(shop) is not None
    assert seal(shop) is None  # its own event is no news
    shop.do(make_person)
    assert seal(shop) is not None


def test_of_two_who_seal_at_once_one_does(shop: Shop) -> None:
    shop.do(make_person)
    newest = prove_newest(shop.database)
    assert shop.do(lambda work: make_seal(work, newest)) is not None
    shop.do(make_person)
    assert shop.do(lambda work: make_seal(work, newest)) is None


def test_what_is_wrong_with_the_newest_part_stands_in_the_seal(shop: Shop) -> None:
    shop.do(make_person)
    seal(shop)
    work_a_while(shop)
    with unguarded(shop.database) as session:
        [ident] = session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1))
        session.execute(text(f"UPDATE events SET actor = 'x' WHERE id = {ident}"))
        found = prove_newest(Forged(session))  # type: ignore[arg-type]  # it is asked for reading sessions only
    assert found.fault == f"changed {ident}"
    made = shop.do(lambda work: make_seal(work, found))
    assert made is not None
    assert "The log was not whole at that time: changed" in seals.text(made, "")


def test_a_seal_that_fits_no_more_stands_in_the_next_one(shop: Shop) -> None:
    shop.do(make_person)
    seal(shop)
    work_a_while(shop)
    with unguarded(shop.database) as session:
        session.execute(text("UPDATE events SET hash = 'x' WHERE id = (SELECT head_id FROM seals)"))
        assert prove_newest(Forged(session)).fault == "seal 1"  # type: ignore[arg-type]


class Forged:
    """A database as one session sees it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def read(self) -> "Forged":
        return self

    def __enter__(self) -> Session:
        return self.session

    def __exit__(self, *_error: object) -> None:
        pass


def test_a_long_log_is_proved_in_parts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "PART", 2)
    work_a_while(shop, 5)
    rests: list[int] = []
    newest = prove_newest(shop.database, lambda: rests.append(1))
    assert (newest.count, newest.fault, len(rests)) == (5, None, 3)


def test_a_clock_that_was_set_back_does_not_stop_the_seals(shop: Shop, three_days: list[Seal]) -> None:
    shop.now = datetime(2001, 1, 1, tzinfo=UTC)
    with shop.read() as read:
        assert seals.is_due(read, shop.now)
    made = seal(shop)
    assert made is not None
    assert made.number == 4
    with shop.read() as read:
        assert not seals.is_due(read, shop.now)
        assert prove(read).faults == []


# Letters


@given(st.binary(min_size=32, max_size=32))
def test_the_letters_of_a_hash_lead_back_to_it(hashed: bytes) -> None:
    typed = letters(hashed.hex())
    assert re.fullmatch(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){4}", typed)
    begins = read_claim(typed).begins
    assert len(begins) == 30
    assert hashed.hex().startswith(begins)


HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", " "), lambda text: f"  {text}\n",
                                    lambda text: text.replace("-", ""), lambda text: text.replace("0", "O"),
                                    lambda text: f"Seal 5: {text}, keep it"])  # fmt: skip
def test_letters_are_read_as_people_type_them(change: object) -> None:
    assert HASH.startswith(read_claim(change(letters(HASH))).begins)  # type: ignore[operator]


def test_a_letter_that_was_misread_is_told_from_a_forged_log() -> None:
    whole = letters(HASH)
    for place, letter in enumerate(whole):
        other = {"7": "8", "-": "-"}.get(letter, "7")
        if other != letter:
            with pytest.raises(SealMistyped):
                read_claim(whole[:place] + other + whole[place + 1 :])


@pytest.mark.parametrize("what", ["", "hello", "ABCDE-FGHJK", "MES-SEAL 1 2"])
def test_what_is_no_seal_is_said_so(what: str) -> None:
    with pytest.raises(NotASeal):
        read_claim(what)


def test_the_text_of_a_seal_is_read_in_any_language(shop: Shop, three_days: list[Seal]) -> None:
    first = three_days[0]
    for language in ("en", "ko"):
        with speaking(language, "Asia/Seoul"):
            claim = read_claim(seals.text(first, "햇살떡집"))
        assert claim == (first.hash, 1, first.events, first.head_id, first.at.replace(microsecond=0))
