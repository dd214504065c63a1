"""Each person's own screen: language, size, hand, brightness, sound, voice, in force by badge on the same tablet."""

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Actor
from mes.core.events import Event
from mes.people.comfort import NoSuchComfort, set_comfort
from mes.people.models import Person
from tests.station.floor import Floor, Tablet, words


def choose(tablet: Tablet, setting: str, choice: str) -> str:
    answer = tablet.press("/station/screen", setting=setting, choice=choice)
    assert answer.status_code == 200
    return answer.text


def test_the_same_tablet_speaks_vietnamese_right_after_korean(tablet: Tablet, floor: Floor) -> None:
    tablet.badge(floor.nguyen)
    assert "Bắt đầu" not in tablet.open("/station")
    assert "Màn hình của tôi" in choose(tablet, "language", "vi")
    tablet.badge(floor.kim)
    korean = tablet.open("/station/screen")
    assert '<html lang="ko"' in korean
    assert "내 화면" in korean
    tablet.badge(floor.nguyen)
    vietnamese = tablet.open("/station/screen")
    assert '<html lang="vi"' in vietnamese
    assert "Ngôn ngữ" in words(vietnamese)


def test_what_was_chosen_before_anybody_signed_in_does_not_hide_the_persons_language(
    tablet: Tablet, floor: Floor
) -> None:
    tablet.press("/language", language="th", back="/station")
    assert '<html lang="th"' in tablet.open("/station")
    tablet.badge(floor.kim)
    assert '<html lang="ko"' in tablet.open("/station")


def test_the_screen_follows_the_badge(tablet: Tablet, floor: Floor) -> None:
    tablet.badge(floor.kim)
    assert "data-comfort" not in tablet.open("/station")
    choose(tablet, "text", "huge")
    choose(tablet, "hand", "left")
    page = choose(tablet, "theme", "dark")
    assert 'data-comfort="dark huge left"' in page
    assert 'data-theme="dark"' in page
    assert 'data-comfort="dark left"' in choose(tablet, "text", "")
    tablet.badge(floor.nguyen)
    assert "data-comfort" not in tablet.open("/station")
    tablet.badge(floor.kim)
    assert 'data-comfort="dark left"' in tablet.open("/station")


def test_a_choice_takes_the_place_of_the_one_before_and_is_told_in_the_history(floor: Floor) -> None:
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)
    floor.shop.do(lambda work: set_comfort(work, "sound", "loud"), actor=kim)
    floor.shop.do(lambda work: set_comfort(work, "sound", "quiet"), actor=kim)
    with floor.shop.read() as read:
        assert read.get_one(Person, floor.kim.id).comfort == {"quiet"}
        assert len(list(read.scalars(select(Event).where(Event.verb == "people.change_comfort")))) == 2


@pytest.mark.parametrize(("setting", "choice"), [("text", "gigantic"), ("nonsense", ""), ("language", "xx")])
def test_a_setting_that_no_screen_knows_is_refused(floor: Floor, setting: str, choice: str) -> None:
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)
    with pytest.raises(NoSuchComfort):
        floor.shop.do(lambda work: set_comfort(work, setting, choice), actor=kim)


def test_a_tablet_that_is_no_station_offers_no_language_of_its_own(app: Flask, floor: Floor) -> None:
    stranger = Tablet(app, floor, None)
    assert stranger.client.get("/station/language").status_code == 409
