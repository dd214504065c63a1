"""Korean sentences read as they are spoken: the particle fits the name or number that was filled in."""

import pytest

from mes.core.i18n import say, speaking
from mes.core.particles import PAIRS, with_particles
from tests.words import translations

CASES = [
    ("로트 A-1을(를)", "로트 A-1을"),
    ("합계 748이(가) 됩니다", "합계 748이 됩니다"),
    ("냉장고(으)로", "냉장고로"),
    ("자재창고 2동(으)로", "자재창고 2동으로"),
    ("물(으)로", "물로"),
    ("쌀은(는)", "쌀은"),
    ("1(으)로", "1로"),
    ("3(으)로", "3으로"),
    ("10을(를)", "10을"),
    ("1,000이(가)", "1,000이"),
    ("2.5을(를)", "2.5를"),
    ("12 kg이(가)", "12 kg이"),
    ("12 kg(으)로", "12 kg으로"),
    ("48 EA(으)로", "48 EA로"),
    ("5 L을(를)", "5 L를"),
    ("라인 L을(를)", "라인 L을"),
    ("30 mm과(와)", "30 mm와"),
    ("3.5 %은(는)", "3.5 %는"),
    ("85 ℃을(를)", "85 ℃를"),
    ("L261121-0013A은(는)", "L261121-0013A는"),
    ("W261121-001N이(가)", "W261121-001N이"),
    ("L261121-0013R(으)로", "L261121-0013R로"),
    ("떡국떡(벌크)을(를)", "떡국떡(벌크)을"),
    ("소스(솥)은(는)", "소스(솥)는"),
    ("“찢김”이(가)", "“찢김”이"),
    ("Steel을(를)", "Steel을"),
    ("Steel(으)로", "Steel로"),
    ("Cap을(를)", "Cap을"),
    ("Roller이(가)", "Roller가"),
    ("Nguyễn Văn An은(는)", "Nguyễn Văn An은"),
    ("김미숙(이)가", "김미숙이"),
    ("작업지시(이)라는", "작업지시라는"),
    ("麦은(는)", "麦은(는)"),
    ("은(는)", "은(는)"),
    ("A와(과) B을(를)", "A와 B를"),
]


@pytest.mark.parametrize(("both", "spoken"), CASES)
def test_the_last_sound_chooses_the_particle(both: str, spoken: str) -> None:
    assert with_particles(both) == spoken


def test_every_sentence_that_is_filled_in_gets_its_particles() -> None:
    with speaking("ko"):
        told = say("%(job)s has not been started yet.", {"job": "찌기"})
    assert told.startswith("찌기를 ")


def test_no_translation_writes_a_pair_that_nobody_resolves() -> None:
    def left(words: object) -> str:
        text = str(words)
        for marker in PAIRS:
            text = text.replace(marker, "")
        return text

    odd = ("을(", "를(", "(을)", "(를)", "은(는", "(으)", "(이)")
    assert {msgid for msgid, words in translations("ko").items() if any(one in left(words) for one in odd)} == set()
