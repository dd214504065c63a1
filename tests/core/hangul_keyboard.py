"""A two-set Hangul keyboard with its input method, as an operating system composes syllables: keys in, text out."""

CONSONANTS = dict(zip("rRseEfaqQtTdwWczxvg", "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", strict=True))
VOWELS = dict(zip("koiOjpuPhynbml", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ", strict=True))
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
PAIRS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ",
    "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
APART = {pair: (parts[0], parts[1]) for parts, pair in PAIRS.items()}


class Keyboard:
    """One line of typing."""

    def __init__(self) -> None:
        self.done = ""
        self.initial = self.medial = self.final = ""

    def press(self, key: str) -> None:
        """One key; capitals of keys without a letter of their own type the same as small ones."""
        letters = CONSONANTS | VOWELS
        letter = letters.get(key) or letters.get(key.lower(), "")
        if not letter:
            self.commit()
            self.done += key
        elif letter in MEDIALS:
            self._vowel(letter)
        else:
            self._consonant(letter)

    def _vowel(self, letter: str) -> None:
        if self.final:
            kept, moved = APART.get(self.final, ("", self.final))
            self.final = kept
            self.commit()
            self.initial, self.medial = moved, letter
        elif self.medial and self.medial + letter in PAIRS:
            self.medial = PAIRS[self.medial + letter]
        elif self.initial and not self.medial:
            self.medial = letter
        else:
            self.commit()
            self.medial = letter

    def _consonant(self, letter: str) -> None:
        if self.initial and self.medial and not self.final and letter in FINALS:
            self.final = letter
        elif self.final and self.final + letter in PAIRS:
            self.final = PAIRS[self.final + letter]
        else:
            self.commit()
            self.initial = letter

    def commit(self) -> None:
        """The syllable under the cursor is finished."""
        if self.initial and self.medial:
            first = INITIALS.index(self.initial) * len(MEDIALS) + MEDIALS.index(self.medial)
            self.done += chr(0xAC00 + first * len(FINALS) + FINALS.index(self.final or " "))
        else:
            self.done += self.initial + self.medial + self.final
        self.initial = self.medial = self.final = ""


def typed(keys: str) -> str:
    """What a text becomes when its keys are pressed while the keyboard is switched to Hangul."""
    keyboard = Keyboard()
    for key in keys:
        keyboard.press(key)
    keyboard.commit()
    return keyboard.done
