"""The steps of an operation at the desk: what the tablet shows one after another, with photos, ticks and values."""

from mes.core.access import EVERYONE, OFFICE, PLANNERS
from mes.core.files import NO_FILE
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.sent import sent_file
from mes.core.serving import served
from mes.core.work import Reader, Work
from mes.items import queries, steps
from mes.items.forms import PictureForm
from mes.items.models import Operation, Revision, Routing
from mes.items.routings import operation_at
from mes.items.step_forms import StepForm
from mes.items.step_rules import KIND_NAMES, LAST_POSITION

room = Room("steps", __name__, part_of="items")
OPERATION = "/items/<path:code>/routing/<int:revision>/operations/<int:sequence>/steps"


def _found(read: Reader, code: str, revision: int, sequence: int) -> tuple[Routing, Operation]:
    routing = queries.get_routing(read, queries.get_item(read, code).id, revision)
    return routing, operation_at(routing, sequence)


@room.read(OPERATION, who=OFFICE)
def show(read: Reader, code: str, revision: int, sequence: int) -> Page:
    """How an operation is done, step by step."""
    return _list(read, StepForm(formdata=None), code, revision, sequence)


def _list(read: Reader, form: StepForm, code: str, revision: int, sequence: int) -> Page:
    routing, operation = _found(read, code, revision, sequence)
    found = steps.steps_of(read, [operation.id]).get(operation.id, [])
    if not form.errors:
        form.show_values({"position": min(max((one.position for one in found), default=0) + 1, LAST_POSITION)})
    return page(
        "items/steps.html",
        routing=routing,
        item=routing.item,
        operation=operation,
        steps=found,
        form=form,
        kinds=KIND_NAMES,
        editing=routing.state is Revision.DRAFT,
    )


@room.form(f"{OPERATION}/add", who=PLANNERS, form=StepForm, show=_list)
def add(work: Work, form: StepForm, code: str, revision: int, sequence: int) -> Page:
    """One more step."""
    routing, _operation = _found(work.session, code, revision, sequence)
    made = steps.add_step(work, routing.id, sequence, form.step)
    return _back(code, revision, sequence, _("Step %(n)s was added.", n=made.position))


def _back(code: str, revision: int, sequence: int, said: str) -> Page:
    return go("steps.show", code=code, revision=revision, sequence=sequence, said=said)


def _one(
    read: Reader,
    form: StepForm | None,
    code: str,
    revision: int,
    sequence: int,
    position: int,
    picture: PictureForm | None = None,
) -> Page:
    routing, operation = _found(read, code, revision, sequence)
    step = steps.find_step(steps.steps_of(read, [operation.id]).get(operation.id, []), position)
    form = form or StepForm(formdata=None)
    form.show_step(step)
    if not form.version.data:
        form.version.data = str(routing.version)
    return page(
        "items/step.html",
        routing=routing,
        item=routing.item,
        operation=operation,
        step=step,
        form=form,
        picture_form=picture or PictureForm(formdata=None),
    )


@room.form(f"{OPERATION}/<int:position>", who=PLANNERS, form=StepForm, show=_one)
def change(work: Work, form: StepForm, code: str, revision: int, sequence: int, position: int) -> Page:
    """Change a step of a draft."""
    routing, _operation = _found(work.session, code, revision, sequence)
    steps.change_step(work, routing.id, sequence, position, form.step, form.row_version)
    return _back(code, revision, sequence, _("The step was saved."))


@room.form(
    f"{OPERATION}/<int:position>/picture",
    who=PLANNERS,
    form=PictureForm,
    show=lambda read, form, **address: _one(read, None, **address, picture=form),
)
def set_picture(work: Work, form: PictureForm, code: str, revision: int, sequence: int, position: int) -> Page:
    """Show a photo with a step."""
    routing, _operation = _found(work.session, code, revision, sequence)
    steps.set_step_picture(work, routing.id, sequence, position, *(sent_file(form.photo.data) or NO_FILE))
    return _back(code, revision, sequence, _("The picture is kept."))


@room.write(
    f"{OPERATION}/<int:position>/remove",
    who=PLANNERS,
    show=lambda read, code, revision, sequence, position: show(read, code, revision, sequence),
)
def remove(work: Work, code: str, revision: int, sequence: int, position: int) -> Page:
    """Take a step out of a draft."""
    routing, _operation = _found(work.session, code, revision, sequence)
    steps.remove_step(work, routing.id, sequence, position)
    return _back(code, revision, sequence, _("The step was taken out."))


@room.read("/steps/<int:ident>/photo.jpg", who=EVERYONE)
def photo(read: Reader, ident: int) -> Page:
    """The photo of a step, at the tablet and at the desk."""
    return served(steps.get_picture(read, ident), "step.jpg")
