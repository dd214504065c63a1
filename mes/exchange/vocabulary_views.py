"""The plant's own words at a desk: what each name is called in the languages of the people."""

from flask import request

from mes.core.access import QUALITY_ONLY
from mes.core.i18n import LANGUAGES, N_, ngettext
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.exchange.vocabulary import NAMED, list_names
from mes.people.own_words import set_own_words

room = Room("words", __name__)
room.entry("words.index", N_("Own words"), "languages", "settings", QUALITY_ONLY)
#: The language with which the page begins: the one of which there are most who read it, after Korean and English.
FIRST = "vi"
FILTERS = ("kind", "in", "show")


def _asked() -> tuple[str, str]:
    kind, language = request.args.get("kind", ""), request.args.get("in", "")
    return kind if kind in NAMED else next(iter(NAMED)), language if language in LANGUAGES else FIRST


@room.read("/words", who=QUALITY_ONLY)
def index(read: Reader) -> Page:
    """The names of one kind and what they are called in one language; what is missing can be filled in."""
    kind, language = _asked()
    missing = request.args.get("show") == "missing"
    found = list_names(read, kind, language, missing=missing, after=request.args.get("after"))
    first = next(iter(NAMED))
    kinds = [(None if name == first else name, label) for name, (label, _column) in NAMED.items()]
    tongues = [(None if code == FIRST else code, name) for code, name in LANGUAGES.items()]
    return page(
        "exchange/words.html",
        found=found,
        kinds=kinds,
        tongues=tongues,
        tongue=language,
        spoken=LANGUAGES[language],
        typed=dict(zip(request.form.getlist("text"), request.form.getlist("said"), strict=False)),
    )


@room.write("/words", who=QUALITY_ONLY, show=index)
def save(work: Work) -> Page:
    """Keep what was changed; an emptied field takes the word back, one left alone keeps what others wrote meanwhile."""
    _kind, language = _asked()
    rows = zip(*(request.form.getlist(name) for name in ("text", "was", "said")), strict=False)
    changed = set_own_words(work, {(text, language): said for text, was, said in rows if text and said.strip() != was})
    said = ngettext("%(n)s word saved.", "%(n)s words saved.", changed)
    return go("words.index", said=said, **{name: request.args[name] for name in FILTERS if request.args.get(name)})
