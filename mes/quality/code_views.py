"""The pages of types of defect and of causes."""

from mes.core.access import EVERYONE, OFFICE, QUALITY_ONLY
from mes.core.files import NO_FILE
from mes.core.forms import Form
from mes.core.i18n import _
from mes.core.pages import Page, go, page
from mes.core.sent import sent_file
from mes.core.serving import served
from mes.core.work import Reader, Work
from mes.quality import catalogue, service
from mes.quality.forms import CauseChangeForm, CodeChangeForm, CodeForm, CodePictureForm
from mes.quality.views import room


@room.read("/codes", who=OFFICE)
def codes(read: Reader) -> Page:
    """All types of defect, and all causes."""
    return page(
        "quality/codes.html", codes=catalogue.list_defect_codes(read), causes=catalogue.list_defect_causes(read)
    )


def show_code(read: Reader, form: Form, code: str = "") -> Page:
    """The form of a type of defect, with the groups there are."""
    one = catalogue.get_defect_code(read, code) if code else None
    groups = sorted({one.group for one in catalogue.list_defect_codes(read) if one.group})
    return page("quality/code.html", form=form, code=code, groups=groups, one=one)


@room.form("/new-code", who=QUALITY_ONLY, form=CodeForm, show=show_code)
def new_code(work: Work, form: CodeForm) -> Page:
    """Enter a type of defect."""
    added = service.add_defect_code(work, code=str(form.code.data), **form.columns)
    return go("quality.codes", said=_("%(code)s is entered.", code=added.code))


@room.form("/codes/<path:code>", who=QUALITY_ONLY, form=CodeChangeForm, show=show_code)
def code(work: Work, form: CodeChangeForm, code: str) -> Page:
    """Change a type of defect, or take it out of use."""
    changed = service.change_defect_code(work, code, version=form.row_version, **form.columns)
    return go("quality.codes", said=_("%(code)s is saved.", code=changed.code))


def show_picture(read: Reader, form: Form, code: str) -> Page:
    """The question what a type of defect looks like."""
    return page("quality/code_picture.html", form=form, one=catalogue.get_defect_code(read, code))


@room.form("/code-picture/<path:code>", who=QUALITY_ONLY, form=CodePictureForm, show=show_picture)
def code_picture(work: Work, form: CodePictureForm, code: str) -> Page:
    """Give a type of defect its picture."""
    changed = service.set_code_picture(work, code, *(sent_file(form.photo.data) or NO_FILE))
    return go("quality.codes", said=_("%(code)s is saved.", code=changed.code))


@room.read("/code-picture/<path:code>/photo.jpg", who=EVERYONE)
def code_photo(read: Reader, code: str) -> Page:
    """What a type of defect looks like."""
    return served(catalogue.get_code_picture(read, code), "defect-type.jpg")


@room.write("/remove-code/<path:code>", who=QUALITY_ONLY, show=lambda read, code: codes(read))
def remove_code(work: Work, code: str) -> Page:
    """Remove a type of defect that was entered by mistake."""
    service.remove_defect_code(work, code)
    return go("quality.codes", said=_("%(code)s is removed.", code=code))


def show_cause(read: Reader, form: Form, code: str = "") -> Page:
    """The form of a cause, with the groups there are."""
    groups = sorted({one.group for one in catalogue.list_defect_causes(read) if one.group})
    return page("quality/cause.html", form=form, code=code, groups=groups)


@room.form("/new-cause", who=QUALITY_ONLY, form=CodeForm, show=show_cause)
def new_cause(work: Work, form: CodeForm) -> Page:
    """Enter a cause."""
    added = service.add_defect_cause(work, code=str(form.code.data), **form.columns)
    return go("quality.codes", said=_("%(code)s is entered.", code=added.code))


@room.form("/causes/<path:code>", who=QUALITY_ONLY, form=CauseChangeForm, show=show_cause)
def cause(work: Work, form: CauseChangeForm, code: str) -> Page:
    """Change a cause, or take it out of use."""
    changed = service.change_defect_cause(work, code, version=form.row_version, **form.columns)
    return go("quality.codes", said=_("%(code)s is saved.", code=changed.code))


@room.write("/remove-cause/<path:code>", who=QUALITY_ONLY, show=lambda read, code: codes(read))
def remove_cause(work: Work, code: str) -> Page:
    """Remove a cause that was entered by mistake."""
    service.remove_defect_cause(work, code)
    return go("quality.codes", said=_("%(code)s is removed.", code=code))
