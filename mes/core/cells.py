"""Texts in the cells of a spreadsheet: shown, never run."""

#: A cell that begins with one of these is run as a formula by spreadsheets; the wide signs by those of East Asia.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet may run a text; also when it has apostrophes before it, so that one more can be told."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def harmless(text: str) -> str:
    """A text as it goes into a CSV: behind an apostrophe, which spreadsheets do not show, if it might be run."""
    return "'" + text if looks_like_formula(text) else text
