"""Messages to stations: shown until somebody there has read them; the leader sees who and when."""

import pytest
from flask import Flask

from mes.core.errors import NotFound, ReasonNeeded
from mes.equipment.service import unpair_station
from mes.leader import service
from mes.leader.models import Message
from mes.leader.rules import NobodyToTell, NotYours
from tests.conftest import Shop
from tests.desk import Desk
from tests.station.floor import Floor, Tablet, words


def test_a_message_is_shown_until_it_is_read(tablet: Tablet, phone: Desk, floor: Floor, shop: Shop) -> None:
    station = floor.station("T1")
    phone.press("/floor/messages", station=str(station.id), text="2호기부터 시작하세요")
    tablet.badge(floor.kim)
    assert "2호기부터 시작하세요" in words(tablet.open("/station/queue"))
    with shop.read() as read:
        message = read.query(Message).one()
    assert "not read yet" in phone.see("/floor/messages")
    tablet.press(f"/station/messages/{message.id}/read")
    assert "2호기부터 시작하세요" not in words(tablet.open("/station/queue"))
    assert "read by 김미숙" in phone.see("/floor/lines/KT")
    tablet.press(f"/station/messages/{message.id}/read")  # a second touch changes nothing


def test_a_ready_sentence_goes_out_with_one_touch(phone: Desk, floor: Floor, shop: Shop) -> None:
    stations = [str(floor.station(code).id) for code in ("T1", "T2")]
    phone.press("/floor/messages", station=stations, quick="I am coming to you.")
    with shop.read() as read:
        assert [one.text for one in read.query(Message)] == ["I am coming to you."] * 2


def test_a_message_needs_words_and_a_station(phone: Desk, floor: Floor, shop: Shop) -> None:
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.send_message(work, [floor.station("T1").id], " "))
    shop.do(lambda work: unpair_station(work, "T1"))
    with pytest.raises(NobodyToTell):
        shop.do(lambda work: service.send_message(work, [floor.station("T1").id], "가세요"))
    assert "No station is chosen" in phone.press("/floor/messages", status=422, text="가세요")


def test_what_another_station_was_told_is_not_read_here(app: Flask, floor: Floor, shop: Shop) -> None:
    [message] = shop.do(lambda work: service.send_message(work, [floor.station("T1").id], "가세요"))
    with pytest.raises(NotYours):
        shop.do(lambda work: service.read_message(work, message.id, floor.station("T2").id))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.read_message(work, 99999, floor.station("T2").id))


def test_the_pulse_brings_a_message_and_is_silent_without_news(
    tablet: Tablet, phone: Desk, floor: Floor, shop: Shop
) -> None:
    tablet.badge(floor.kim)
    assert tablet.client.post("/pulse", data={"mark": "", "app": "0.1.0"}).status_code == 204
    shop.do(lambda work: service.send_message(work, [floor.station("T1").id], "청소하세요"))
    told = tablet.client.post("/pulse", data={"mark": "", "app": "0.1.0"})
    assert told.status_code == 200
    assert "청소하세요" in words(told.text)
    mark = told.text.split("&#34;mark&#34;: &#34;")[1].split("&#34;")[0]
    assert tablet.client.post("/pulse", data={"mark": mark}).status_code == 204
