"""Passwords that everybody thinks of are refused, whatever is put around them; a person's own words are taken."""

import pytest

from mes.people.common_passwords import is_common
from mes.people.rules import WeakPassword, check_password


@pytest.mark.parametrize(
    "password",
    [
        "Password123!", "p@ssw0rd2026", "qwerty1234567", "passwordpassword", "Admin!2026admin",
        "letmein!!!2026", "iloveyou2026", "tkfkdgo123456", "Samsung2026!!", "!!welcome2026", "asdfghjkl123",
    ],
)  # fmt: skip
def test_a_password_of_a_word_that_is_tried_first_is_refused(password: str) -> None:
    assert is_common(password)
    with pytest.raises(WeakPassword):
        check_password(password, "boss")


@pytest.mark.parametrize("password", ["rice-cake-2026", "쌀로 만든 떡 300개", "correct horse battery"])
def test_words_of_ones_own_are_taken(password: str) -> None:
    assert not is_common(password)
    check_password(password, "boss")
