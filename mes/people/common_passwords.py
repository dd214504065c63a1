"""Passwords that are tried first: a word that everybody thinks of, with figures and signs around it.

A list of the thousand most used ones is made of some hundred words. What is typed is compared by its letters alone,
with the figures that stand for letters put back: one word here stands for all that is usually made of it.
"""

import re

#: Figures and signs that are written in place of letters.
_LETTERS = str.maketrans("013457@$!", "oieastasi")
#: What is put before and behind a word to make it look like more.
_AROUND = "0123456789!@#$%^&*?.-_+=~ "
_LIST = """
password passwort passwd pass mypassword welcome welcomeback admin administrator root master manager operator user
guest test testing tester default changeme change secret private letmein login signin access system server computer
internet qwer qwert qwerty qwertyui qwertyuiop qwertyasdf asdf asdfgh asdfghjk asdfghjkl zxcv zxcvbn zxcvbnm qazwsx
qazwsxedc wsxedc qweasd qweasdzxc asdqwe poiuytrewq abc abcd abcde abcdef abcdefg abcdefgh abcabc aaa aaaa aaaaaaaa
xxxxxxxx iloveyou loveyou love lovely sunshine princess dragon monkey football baseball basketball soccer superman
batman pokemon starwars shadow michael jordan jessica ashley charlie donald trustno one freedom whatever flower
summer winter spring autumn january monday friday samsung galaxy android iphone google naver kakao daum facebook
youtube microsoft windows korea seoul busan daegu incheon hanguk daehanminguk saranghae saranghaeyo gksrnr tkfkdgo
tkfkdgody dkssud dkssudgktpdy qlalfqjsgh qlqjs rhkswkwk company factory production plant quality machine worker
office business mes erp matkhau anhyeuem sayang rahasia parol kata sandi
"""
_WORDS = frozenset(_LIST.split())


def is_common(password: str) -> bool:
    """Whether a password is one of those that everybody thinks of: ``Password123!``, ``qwerty2026``, ``p@ssw0rd``."""
    plain = password.strip().lower()
    words = [re.sub(r"[^a-z]", "", one) for one in (plain, plain.strip(_AROUND).translate(_LETTERS))]
    return any(word in _WORDS or _halved(word) in _WORDS for word in words)


def _halved(text: str) -> str:
    """The word that is written twice."""
    half = len(text) // 2
    return text[:half] if text[:half] == text[half:] else text
