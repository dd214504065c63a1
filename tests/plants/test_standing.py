"""How the copy of a plant stands is told in words, and nothing is told while all is well."""

from dataclasses import replace
from datetime import datetime, timedelta
from socket import create_server
from threading import Barrier, Event, Thread
from time import monotonic

import pytest

from mes.core.i18n import _, speaking
from mes.core.schema import head
from mes.plants import standing
from mes.plants.models import FollowedPlant
from mes.plants.refusals import NotFollowed
from mes.plants.registry import NotWhole
from mes.plants.standing import Standing, State, can_be_reached, same_numbers, troubles
from tests.plants.conftest import NOW, Company

WELL = Standing("A", "a.example:5432", State.FOLLOWS, "수원", head(), newest=NOW, heard=NOW, tables=9)


def told(one: Standing) -> str:
    with speaking("en", "Asia/Seoul"):
        return " ".join(troubles(one, NOW))


def test_nothing_is_told_of_a_plant_that_is_followed() -> None:
    assert told(WELL) == ""


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (replace(WELL, state=State.CUT_OFF), "수원 (A) is cut off"),
        (replace(WELL, state=State.STOPPED), "Nothing of 수원 (A) is taken over"),
        (replace(WELL, state=State.FILLING, left=3), "3 of 9 tables are not here"),
        (replace(WELL, state=State.WAITS, wanted="0001"), "mes plants upgrade"),
        (replace(WELL, state=State.WAITS, wanted="9999"), "install that version at head office"),
        (replace(WELL, state=State.OTHER, version="0001"), "bring the plant to this version"),
        (replace(WELL, state=State.GONE, why="no disk"), "cannot be read: no disk"),
        (replace(WELL, heard=NOW - timedelta(hours=1)), "was last heard"),
    ],
)
def test_each_trouble_is_a_sentence(one: Standing, words: str) -> None:
    assert words in told(one)


def test_a_copy_tells_up_to_the_last_thing_that_is_known_of_the_plant() -> None:
    one = replace(WELL, newest=NOW - timedelta(hours=2), heard=NOW - timedelta(seconds=20))
    assert one.up_to == NOW - timedelta(seconds=20)


def test_two_plants_that_number_boxes_alike_are_named() -> None:
    with speaking("en", "Asia/Seoul"):
        same = [replace(WELL, numbers="8801234/0"), replace(WELL, mark="B", numbers="8801234/0")]
        assert "수원 (A), 수원 (B)" in " ".join(same_numbers(same))
        assert not list(same_numbers([same[0], replace(same[1], numbers="8801234/1")]))


def test_a_copy_that_is_half_filled_is_not_shown(marked: Company) -> None:
    assert marked.whole("A", NOW).called == "공장 A (A)"
    marked.states["A"] = State.FILLING
    with pytest.raises(NotWhole):
        marked.whole("A", NOW)
    with pytest.raises(NotFollowed):
        marked.whole("C", NOW)


def test_of_all_who_look_at_a_plant_that_is_cut_off_one_waits_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    is_asked, is_over = Event(), Event()

    def answers(place: str) -> bool:
        asked.append(place)
        if len(asked) == 1:
            return True
        is_asked.set()
        is_over.wait(10)
        return False

    monkeypatch.setattr(standing, "_reached", {})
    monkeypatch.setattr(standing, "_answers", answers)
    assert [can_be_reached(WELL.place) for _page in range(3)] == [True] * 3
    assert len(asked) == 1
    standing._reached[WELL.place] = True, monotonic() - 1  # that was a while ago
    waits = Thread(target=can_be_reached, args=[WELL.place])
    waits.start()
    assert is_asked.wait(10)
    assert can_be_reached(WELL.place), "while another waits, what was so before"
    is_over.set()
    waits.join(10)
    assert not can_be_reached(WELL.place)
    assert len(asked) == 2


def test_plants_are_asked_side_by_side(marked: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    both, alone = Barrier(2), Company.standing

    def standing_of(self: Company, one: FollowedPlant, now: datetime) -> Standing:
        both.wait(10)
        return replace(alone(self, one, now), why=_("Cut off"))

    monkeypatch.setattr(Company, "standing", standing_of)
    with speaking("ko", "Asia/Seoul"):
        found = marked.standings(NOW)
        assert [(one.mark, one.why) for one in found] == [("A", _("Cut off")), ("B", _("Cut off"))]
        assert _("Cut off") != "Cut off", "each is told in the language of who asks"


def test_a_plant_is_reached_where_something_answers() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert can_be_reached(place)
    assert not can_be_reached("127.0.0.1:1")
    assert not can_be_reached("nowhere")
