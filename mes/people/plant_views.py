"""The plant as a whole: first set-up, settings, programs that use the API, and the event log."""

from urllib.parse import quote

from flask import make_response, request, session

from mes.core import seals
from mes.core.access import ADMINS, ANYONE, OFFICE, PLANNERS, ROLE_NAMES, Role
from mes.core.errors import NotAllowed
from mes.core.forms import day_asked
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, go, page
from mes.core.plant import plant as plant_of
from mes.core.work import Reader, Work
from mes.people import history, plant, queries
from mes.people.factor_views import signed_in
from mes.people.forms import PlantForm, SetUpForm, TokenForm
from mes.people.rules import AlreadySetUp
from mes.people.seal_paper import seal_pdf
from mes.people.words import SOURCES, THINGS

room = Room("plant", __name__)
room.entry("plant.settings", N_("Plant settings"), "settings", "settings", ADMINS)
room.entry("plant.tokens", N_("API tokens"), "key-round", "settings", ADMINS)
room.entry("plant.events", N_("Event log"), "history", "settings", PLANNERS)
room.entry("plant.seal_list", N_("Seals of the log"), "shield-check", "settings", PLANNERS)
#: Whose history is for those who run the plant only.
PRIVATE = frozenset({"persons", "api_tokens", "plant", "sign_ins"})


def _first_run(read: Reader, form: SetUpForm) -> Page:
    if queries.is_set_up(read):
        raise AlreadySetUp
    return page("people/setup.html", form=form)


@room.form("/setup", who=ANYONE, form=SetUpForm, show=_first_run)
def set_up(work: Work, form: SetUpForm) -> Page:
    """The first run; the page is dead as soon as anybody can sign in."""
    token = plant.set_up_first(
        work,
        name=str(form.plant.data),
        language=form.language.data,
        time_zone=form.time_zone.data,
        person=str(form.person.data),
        login=str(form.login.data),
        password=str(form.password.data),
    )
    return signed_in(token, "reports.today")


@room.form("/plant", who=ADMINS, form=PlantForm, show="people/plant.html")
def settings(work: Work, form: PlantForm) -> Page:
    """Change the settings that decide rules."""
    token = str(session.get("sign_in", ""))
    plant.change_plant(work, version=form.row_version, keep=token, **form.settings)
    return go("plant.settings", said=_("The settings are saved."))


def _tokens(read: Reader, form: TokenForm) -> Page:
    return page("people/tokens.html", form=form, tokens=queries.list_tokens(read), role_names=ROLE_NAMES)


@room.form("/tokens", who=ADMINS, form=TokenForm, show=_tokens)
def tokens(work: Work, form: TokenForm) -> Page:
    """Let a program use the API; its token is shown this once."""
    token = plant.add_token(work, str(form.name.data), Role(form.role.data))
    fresh, known = TokenForm(formdata=None), queries.list_tokens(work.session)
    shown = page(
        "people/tokens.html", form=fresh, tokens=known, role_names=ROLE_NAMES, token=token, name=form.name.data
    )
    return make_response(shown)


@room.write("/tokens/end", who=ADMINS, show=lambda read: _tokens(read, TokenForm(formdata=None)))
def end_token(work: Work) -> Page:
    """Take a program's access away."""
    name = request.form.get("name", "")
    plant.end_token(work, name)
    return go("plant.tokens", said=_("%(name)s has no access any more.", name=name))


@room.read("/events", who=PLANNERS)
def events(read: Reader) -> Page:
    """The whole event log, found by thing, person, code and day."""
    given = {name: request.args.get(name, "").strip() for name in ("thing", "actor", "code")}
    found = history.list_events(
        read, **given, day=day_asked(request.args.get("day", "")), after=request.args.get("after")
    )
    return page("people/events.html", found=found, things=THINGS, sources=SOURCES, history=history, given=given)


def _seals(read: Reader) -> Page:
    found = seals.list_seals(read, after=request.args.get("after"))
    return page("people/seals.html", found=found, fitting=seals.fitting(read, found.rows), letters=seals.letters)


@room.read("/seals", who=PLANNERS)
def seal_list(read: Reader) -> Page:
    """The seals of the event log, to be printed, mailed or stored elsewhere."""
    return _seals(read)


@room.write("/seals/new", who=PLANNERS, show=_seals)
def new_seal(work: Work) -> Page:
    """Seal the log now, before somebody comes who looks into it."""
    newest = seals.prove_newest(work.database)  # before the transaction begins
    made = seals.make_seal(work, newest)
    if made is None:
        return go("plant.seal_list", said=_("Nothing was recorded since the last seal."))
    return go("plant.show_seal", number=made.number, said=_("The log is sealed. Print the seal or send it away."))


@room.read("/seals/<int:number>", who=PLANNERS)
def show_seal(read: Reader, number: int) -> Page:
    """One seal, with what proves it later."""
    found = seals.get_seal(read, number)
    company = plant_of(read).name
    mail = f"mailto:?subject={quote(_('Seal of the event log'))}&body={quote(seals.text(found, company))}"
    return page(
        "people/seal.html",
        seal=found,
        fits=bool(seals.fitting(read, [found])),
        letters=seals.letters(found.hash),
        mail=mail,
    )


@room.read("/seals/<int:number>/seal.pdf", who=PLANNERS)
def seal_paper(read: Reader, number: int) -> Page:
    """The seal on paper."""
    response = make_response(seal_pdf(seals.get_seal(read, number), plant_of(read).name))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="seal-{number}.pdf"'
    return response


@room.read("/seals/<int:number>/seal.txt", who=PLANNERS)
def seal_file(read: Reader, number: int) -> Page:
    """The seal as a file for a USB stick."""
    response = make_response(seals.text(seals.get_seal(read, number), plant_of(read).name))
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="seal-{number}.txt"'
    return response


@room.read("/events/<thing>/<int:thing_id>", who=OFFICE)
def thing_history(read: Reader, thing: str, thing_id: int) -> Page:
    """Everything that was done to one thing."""
    who = actor()
    if thing in PRIVATE and not (who and who.is_one_of(PLANNERS)):
        raise NotAllowed
    found = history.events_of(read, thing, thing_id, after=request.args.get("after"))
    return page("people/history.html", found=found, sources=SOURCES, history=history, thing=thing)
