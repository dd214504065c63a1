"""What a lot is called where somebody looks for its label: on paper and in letters."""

from mes.core.i18n import _


def with_former(code: str, formerly: str | None) -> str:
    """The code of a lot and, in brackets, those that it bore before (``Lot.formerly``): a box that left the plant, or
    stands on its shelves, may still bear one of them."""
    return f"{code} ({_('formerly %(codes)s', codes=formerly)})" if formerly else code
