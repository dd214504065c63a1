"""Equipment at the desk: work centres, machines, places and stations. Stops and their reasons are in stop_views."""

from collections.abc import Callable
from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

from mes.core.access import ADMINS, LEADERS, OFFICE, PLANNERS
from mes.core.errors import ReasonNeeded
from mes.core.forms import Form, ReasonForm, row_number
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, mes, page
from mes.core.work import Reader, Work
from mes.equipment import forms, queries, service
from mes.equipment.device_queries import phone_ids
from mes.equipment.models import Location, LocationKind, Station, WorkCentre
from mes.equipment.rules import LOCATION_NAMES, MACHINE_NAMES
from mes.people.guessing import closed_tablets
from mes.people.hashing import token_hash

COOKIE = "mes_station"
COOKIE_SECONDS = 5 * 365 * 24 * 3600
room = Room("equipment", __name__)
room.entry("equipment.machines", N_("Machines"), "cog", "equipment", OFFICE)
room.entry("equipment.work_centres", N_("Work centres"), "factory", "equipment", OFFICE)
room.entry("equipment.downtimes", N_("Stops"), "circle-stop", "equipment", OFFICE)
room.entry("equipment.stop_reasons", N_("Stop reasons"), "list-checks", "equipment", OFFICE)
room.entry("equipment.stations", N_("Stations"), "tablet-smartphone", "equipment", LEADERS)
room.entry("equipment.locations", N_("Places"), "map-pin", "equipment", OFFICE)


def edit_page(model: type[Any], title: str, back: str) -> Callable[..., Page]:
    """The page of a form: of a new thing, or of the one at the address."""

    def show(read: Reader, form: Form, code: str | None = None) -> Page:
        thing = queries.get_thing(read, model, code) if code else None
        return page("equipment/edit.html", form=form, thing=thing, title=_(title), back=back)

    return show


def saved(endpoint: str, thing: Any) -> Response:
    return go(endpoint, said=_("%(name)s was saved.", name=f"{thing.code} {own_name(thing)}"))


def changed(form: forms.CodedForm) -> dict[str, Any]:
    return form.values | {"active": bool(form.active.data), "version": form.row_version}


def in_use() -> bool:
    return request.args.get("in_use") != "no"


@room.read("/work-centres", who=OFFICE)
def work_centres(read: Reader) -> Page:
    """Lines and areas."""
    return page(
        "equipment/work_centres.html",
        centres=queries.list_coded(read, WorkCentre, active=in_use()),
        machines=queries.machine_counts(read),
        places={place.id: place for place in queries.list_coded(read, Location)},
    )


centre_page = edit_page(WorkCentre, N_("Add work centre"), "equipment.work_centres")


@room.form("/new/work-centre", who=PLANNERS, form=forms.WorkCentreForm, show=centre_page)
def new_work_centre(work: Work, form: forms.WorkCentreForm) -> Page:
    """Enter a line or area."""
    made = service.add_work_centre(work, code=str(form.code.data), **form.values)
    return saved("equipment.work_centres", made)


@room.form("/work-centres/<path:code>", who=PLANNERS, form=forms.WorkCentreForm, show=centre_page)
def work_centre(work: Work, form: forms.WorkCentreForm, code: str) -> Page:
    """Change a line or area."""
    return saved("equipment.work_centres", service.change_work_centre(work, code, **changed(form)))


@room.read("/machines", who=OFFICE)
def machines(read: Reader) -> Page:
    """Machines and whether they may be used."""
    centre = request.args.get("centre", "")
    found = queries.list_machines(read, work_centre_id=row_number(centre), active=in_use())
    centres = queries.list_coded(read, WorkCentre, active=True)
    return page("equipment/machines.html", machines=found, centres=centres, state_names=MACHINE_NAMES)


def _machine_page(read: Reader, form: Form, code: str | None = None) -> Page:
    thing = queries.get_machine(read, code) if code else None
    return page("equipment/machine.html", form=form, machine=thing, state_names=MACHINE_NAMES)


@room.form("/new/machine", who=PLANNERS, form=forms.MachineForm, show=_machine_page)
def new_machine(work: Work, form: forms.MachineForm) -> Page:
    """Enter a machine."""
    return saved("equipment.machines", service.add_machine(work, code=str(form.code.data), **form.values))


@room.form("/machines/<path:code>", who=PLANNERS, form=forms.MachineForm, show=_machine_page)
def machine(work: Work, form: forms.MachineForm, code: str) -> Page:
    """Change a machine."""
    return saved("equipment.machines", service.change_machine(work, code, **changed(form)))


def _machines_again(read: Reader, code: str) -> Page:
    return machines(read)


def asked_reason() -> str:
    form = ReasonForm()
    if not form.reason.validate(form):
        raise ReasonNeeded(field="reason")
    return str(form.reason.data)


@room.write("/machines/<path:code>/hold", who=LEADERS, show=_machines_again)
def hold(work: Work, code: str) -> Page:
    """Put a machine on hold, with a reason."""
    held = service.hold_machine(work, code, asked_reason())
    return go("equipment.machines", said=_("%(name)s is on hold.", name=own_name(held)))


@room.write("/machines/<path:code>/release", who=LEADERS, show=_machines_again)
def release(work: Work, code: str) -> Page:
    """Lift a machine's hold, with a reason."""
    freed = service.release_machine(work, code, asked_reason())
    return go("equipment.machines", said=_("%(name)s may be used again.", name=own_name(freed)))


@room.read("/places", who=OFFICE)
def locations(read: Reader) -> Page:
    """Places where lots stand."""
    kind = request.args.get("kind", "")
    found = queries.list_locations(
        read,
        search=request.args.get("q", "").strip(),
        kind=LocationKind(kind) if kind in LOCATION_NAMES else None,
        active=in_use(),
        after=request.args.get("after"),
    )
    return page("equipment/locations.html", found=found, kind_names=LOCATION_NAMES)


place_page = edit_page(Location, N_("Add place"), "equipment.locations")


@room.form("/new/place", who=PLANNERS, form=forms.LocationForm, show=place_page)
def new_location(work: Work, form: forms.LocationForm) -> Page:
    """Enter a place."""
    return saved("equipment.locations", service.add_location(work, code=str(form.code.data), **form.values))


@room.form("/places/<path:code>", who=PLANNERS, form=forms.LocationForm, show=place_page)
def location(work: Work, form: forms.LocationForm, code: str) -> Page:
    """Change a place."""
    return saved("equipment.locations", service.change_location(work, code, **changed(form)))


@room.read("/stations", who=LEADERS)
def stations(read: Reader) -> Page:
    """Tablets of the floor, and which one this browser is; people's own phones are in the list of devices."""
    here = queries.find_station(read, token_hash(request.cookies.get(COOKIE, "")))
    own = phone_ids(read)
    stations = [one for one in queries.list_stations(read) if one.id not in own]
    closed = closed_tablets(read, [one.id for one in stations], mes().clock())
    return page("equipment/stations.html", stations=stations, here=here, closed=closed)


station_page = edit_page(Station, N_("Add station"), "equipment.stations")


@room.form("/new/station", who=ADMINS, form=forms.StationForm, show=station_page)
def new_station(work: Work, form: forms.StationForm) -> Page:
    """Enter a station."""
    return saved("equipment.stations", service.add_station(work, code=str(form.code.data), **form.values))


@room.form("/stations/<path:code>", who=ADMINS, form=forms.StationForm, show=station_page)
def station(work: Work, form: forms.StationForm, code: str) -> Page:
    """Change a station."""
    return saved("equipment.stations", service.change_station(work, code, **changed(form)))


def _stations_again(read: Reader, code: str) -> Page:
    return stations(read)


@room.write("/stations/<path:code>/pair", who=LEADERS, show=_stations_again)
def pair(work: Work, code: str) -> Page:
    """Make this browser the station's tablet: it keeps a secret of its own."""
    token = service.pair_station(work, code)
    response = make_response(go("equipment.stations", said=_("This browser is now station %(code)s.", code=code)))
    response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@room.write("/stations/<path:code>/unpair", who=LEADERS, show=_stations_again)
def unpair(work: Work, code: str) -> Page:
    """Let no device be this station any more."""
    service.unpair_station(work, code)
    return go("equipment.stations", said=_("Station %(code)s has no device now.", code=code))


@room.write("/stations/<path:code>/unlock", who=LEADERS, show=_stations_again)
def unlock(work: Work, code: str) -> Page:
    """Let PINs be tried there again at once."""
    service.unlock_station(work, code)
    return go("equipment.stations", said=_("At station %(code)s PINs are taken again.", code=code))
