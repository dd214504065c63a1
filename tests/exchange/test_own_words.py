"""The plant's own words: imported, filled in at a desk, read at the tablet by whoever speaks the language."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.i18n import LANGUAGES, know_words, own_name, own_text, speaking
from mes.core.own_words import LONGEST, OwnWord
from mes.equipment.service import add_stop_reason
from mes.exchange.exports import get_list
from mes.exchange.vocabulary import NAMED, TONGUES, list_names
from mes.people.own_words import LanguageNotSpoken, WordTooLong, set_own_words
from mes.people.plant import set_up_plant
from mes.quality.service import add_defect_code
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.importing import bring, look
from tests.factories import make_item

HEAD = "원문|베트남어|태국어"


@pytest.fixture
def torn(shop: Shop) -> Shop:
    """A plant that knows what is torn, in Korean and English, and a cake."""
    shop.do(lambda work: set_up_plant(work, name="햇살떡집"))
    shop.do(lambda work: add_defect_code(work, code="TORN", name="찢김", name_en="Torn"))
    shop.do(lambda work: make_item(work, code="CAKE", name="떡국떡"))
    return shop


def known(shop: Shop, language: str) -> dict[str, str]:
    with shop.read() as read:
        return {one.text: one.said for one in read.query(OwnWord).filter_by(language=language)}


def test_words_come_in_by_a_list_and_are_changed_by_the_next(torn: Shop) -> None:
    bring(torn, "words", HEAD, "찢김|Rách|ขาด", "떡국떡||ต็อก")
    assert known(torn, "vi") == {"찢김": "Rách"}
    assert known(torn, "th") == {"찢김": "ขาด", "떡국떡": "ต็อก"}
    bring(torn, "words", HEAD, "찢김|Bị rách|")
    assert known(torn, "vi") == {"찢김": "Bị rách"}
    assert known(torn, "th")["찢김"] == "ขาด"


def test_a_text_that_nothing_is_called_is_doubted_and_twice_the_same_is_refused(torn: Shop) -> None:
    found = look(torn, "words", HEAD, "찌김|Rách|", "찢김|Rách|", "찢김|Rách|ขาด")
    assert [bool(row.doubt) for row in found.rows] == [True, False, False]
    assert [row.verdict.value for row in found.rows] == ["new", "new", "refused"]


def test_what_goes_out_has_every_name_and_comes_back_as_it_was(torn: Shop) -> None:
    bring(torn, "words", HEAD, "찢김|Rách|")
    with torn.read() as read:
        rows = list(get_list("words").rows(read))
    assert [row[0] for row in rows] == sorted(["찢김", "떡국떡"])
    torn_row = next(row for row in rows if row[0] == "찢김")
    assert torn_row[list(TONGUES).index("vietnamese") + 1] == "Rách"
    assert set(TONGUES.values()) == set(LANGUAGES)


def test_a_reader_sees_their_own_word_then_the_english_then_what_is_on_record(torn: Shop) -> None:
    code = torn.do(lambda work: add_defect_code(work, code="BURNT", name="탐", name_vi="Cháy"))
    torn.do(lambda work: set_own_words(work, {("찢김", "vi"): "Rách", ("탐", "th"): "ไหม้"}))
    with torn.read() as read:
        names = {kind: list_names(read, kind, "vi", missing=False, after=None).rows for kind in NAMED}
        assert [tuple(row)[:3] for row in names["defect_codes"]] == [("찢김", None, "Rách"), ("탐", "Cháy", None)]
        missing = list_names(read, "defect_codes", "vi", missing=True, after=None)
        assert not missing.rows
    for language, said in (("vi", "Cháy"), ("th", "ไหม้"), ("my", "탐"), ("ko", "탐")):
        words = known(torn, language)
        with speaking(language):
            know_words(lambda _code, words=words: words)  # type: ignore[misc]
            assert own_name(code) == said
    know_words(lambda _code: {})


def test_a_group_of_stop_reasons_has_its_word_and_a_reason_without_one_lacks_nothing(torn: Shop) -> None:
    torn.do(lambda work: add_stop_reason(work, code="S1", name="금형 교체", group="금형"))
    torn.do(lambda work: add_stop_reason(work, code="S2", name="정전"))
    with torn.read() as read:
        lacking = list_names(read, "stop_groups", "vi", missing=True, after=None).rows
        assert [tuple(row)[:3] for row in lacking] == [("금형", None, None)]
    torn.do(lambda work: set_own_words(work, {("금형", "vi"): "Khuôn"}))
    words = known(torn, "vi")
    with speaking("vi"):
        know_words(lambda _code: words)
        assert (own_text("금형"), own_text("정전")) == ("Khuôn", "정전")
    know_words(lambda _code: {})


def test_an_emptied_word_is_taken_back(torn: Shop) -> None:
    assert torn.do(lambda work: set_own_words(work, {("찢김", "vi"): "Rách"})) == 1
    assert torn.do(lambda work: set_own_words(work, {("찢김", "vi"): "Rách"})) == 0
    assert torn.do(lambda work: set_own_words(work, {("찢김", "vi"): ""})) == 1
    assert torn.do(lambda work: set_own_words(work, {})) == 0
    assert known(torn, "vi") == {}


def test_words_that_no_screen_could_show_are_refused(torn: Shop) -> None:
    with pytest.raises(LanguageNotSpoken):
        torn.do(lambda work: set_own_words(work, {("찢김", "xx"): "?"}))
    with pytest.raises(WordTooLong):
        torn.do(lambda work: set_own_words(work, {("찢김", "vi"): "R" * (LONGEST + 1)}))


def test_a_word_filled_in_at_a_desk_is_read_by_the_next_page(app: Flask, torn: Shop) -> None:
    desk = Desk(app, torn, Role.QUALITY)
    assert "찢김" in desk.client.get("/words").text
    sent = {"once": "own-word-1", "text": ["찢김"], "was": [""], "said": ["Rách"]}
    answer = desk.client.post("/words", data=sent, follow_redirects=True)
    assert 'value="Rách"' in answer.text
    assert "찢김" not in desk.client.get("/words?show=missing").text
    operator = Desk(app, torn, Role.OPERATOR)
    assert operator.client.get("/words").status_code == 403


def test_a_word_that_somebody_else_wrote_meanwhile_stays(app: Flask, torn: Shop) -> None:
    desk = Desk(app, torn, Role.QUALITY)
    torn.do(lambda work: set_own_words(work, {("찢김", "vi"): "Rách"}))
    sent = {"once": "own-word-2", "text": ["떡국떡", "찢김"], "was": ["", ""], "said": ["Bánh gạo", ""]}
    assert desk.client.post("/words", data=sent).status_code == 303
    assert known(torn, "vi") == {"찢김": "Rách", "떡국떡": "Bánh gạo"}
    emptied = {"once": "own-word-3", "text": ["찢김"], "was": ["Rách"], "said": [""]}
    assert desk.client.post("/words", data=emptied).status_code == 303
    assert known(torn, "vi") == {"떡국떡": "Bánh gạo"}


def test_what_was_typed_stands_there_again_when_a_word_is_refused(app: Flask, torn: Shop) -> None:
    desk = Desk(app, torn, Role.QUALITY)
    sent = {"once": "own-word-4", "text": ["찢김"], "was": [""], "said": ["가" * (LONGEST + 1)]}
    answer = desk.client.post("/words", data=sent)
    assert answer.status_code == 422
    assert "가" * (LONGEST + 1) in answer.text


def test_every_language_of_the_screens_has_its_column() -> None:
    assert list(TONGUES.values()) == list(LANGUAGES)
