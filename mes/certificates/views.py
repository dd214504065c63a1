"""The pages of certificates: drafts, signatures, the check of a printed one, layouts."""

from collections.abc import Callable

from flask import make_response, request, url_for

from mes.certificates import paper, queries, rules, service
from mes.certificates.forms import DraftForm, LayoutForm, SignForm, customer_of
from mes.certificates.models import Certificate, CertificateState, Language
from mes.certificates.tongue import Tongue
from mes.core.access import ANYONE, OFFICE, QUALITY_ONLY
from mes.core.forms import Form, ReasonForm
from mes.core.i18n import N_, _, language
from mes.core.pages import Page, Room, confirmed, go, page
from mes.core.templates import in_words
from mes.core.work import Reader, Work

room = Room("certificates", __name__)
room.entry("certificates.index", N_("Certificates"), "badge-check", "inspection", OFFICE)
#: The status colour of each state.
TONES = {
    CertificateState.DRAFT: "waiting",
    CertificateState.APPROVED: "running",
    CertificateState.SUPERSEDED: "held",
    CertificateState.REVOKED: "stopped",
    CertificateState.DROPPED: "waiting",
}


def _state_word(state: CertificateState) -> str:
    return _(rules.STATE_NAMES[state])


room.add_app_template_filter(in_words(_state_word), "certificate_state")


@room.read("/certificates", who=OFFICE)
def index(read: Reader) -> Page:
    """Certificates, the newest first."""
    asked = request.args.get("state", "")
    found = queries.page_of_certificates(
        read,
        search=request.args.get("q", "").strip(),
        state=CertificateState(asked) if asked in list(CertificateState) else None,
        after=request.args.get("after"),
    )
    return page(
        "certificates/index.html",
        found=found,
        kinds=rules.KIND_NAMES,
        states=rules.STATE_NAMES,
        tones=TONES,
        who=QUALITY_ONLY,
    )


@room.form("/new/certificate", who=QUALITY_ONLY, form=DraftForm, show="certificates/new.html")
def new(work: Work, form: DraftForm) -> Page:
    """Draft a certificate from what is recorded."""
    customer = customer_of(work.session, form.customer.data)
    made = service.draft_certificate(work, str(form.of.data), customer=customer, **form.values)
    return go("certificates.show", code=made.code, said=_("The draft is made. Look at it, then sign."))


@room.read("/certificates/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One certificate: what it says, who signed, and whether both still fit."""
    found = queries.get_certificate(read, code)
    content = service.content_of(found)
    signatures = queries.signatures_of(read, certificate_id=found.id)
    tongue = Tongue(Language.KOREAN if language() == "ko" else Language.ENGLISH)
    return page(
        "certificates/show.html",
        certificate=found,
        content=content,
        facts=paper.facts(content, tongue),
        lots=[(lot, paper.lot_facts(lot, tongue), _told(lot, content, tongue)) for lot in content["lots"]],
        not_inspected=paper.not_inspected,
        signatures=signatures,
        whole=rules.is_whole(found, [one for one in signatures if found.state is not CertificateState.DRAFT]),
        moved=service.moved_since(read, found),
        replacement=queries.replacement_of(read, found),
        kinds=rules.KIND_NAMES,
        languages_=rules.LANGUAGE_NAMES,
        meanings=rules.SIGNED_AS,
        proofs=rules.PROOF_NAMES,
        tones=TONES,
        who=QUALITY_ONLY,
    )


def _told(lot: rules.Content, content: rules.Content, tongue: Tongue) -> list[tuple[str, object, list[str]]]:
    """Title, readings and remarks of each inspection of a lot."""
    return [
        (
            paper.inspection_title(one, tongue),
            paper.readings_grid(one["readings"], content["options"], tongue),
            [str(getattr(words, "text", "")) for words in paper.remarks(one, tongue)],
        )
        for one in lot["inspections"]
    ]


@room.read("/certificates/<code>/certificate.pdf", who=OFFICE)
def pdf(read: Reader, code: str) -> Page:
    """The certificate as an A4 document; its QR leads to the check below."""
    found = queries.get_certificate(read, code)
    signatures = queries.signatures_of(read, certificate_id=found.id)
    address = url_for("certificates.check", code=found.code, _external=True)
    made = paper.certificate_pdf(found, service.content_of(found), signatures, address)
    return pdf_file(made, found.code)


def pdf_file(made: bytes, name: str) -> Page:
    """A document for the browser's own viewer."""
    response = make_response(made)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@room.read("/c/<code>", who=ANYONE)
def check(read: Reader, code: str) -> Page:
    """What the QR on a printed certificate leads to, for anybody inside the plant's network: whether it stands."""
    found = queries.find_certificate(read, code)
    if found is None:
        return make_response(page("certificates/check.html", certificate=None, code=code), 404)
    content = service.content_of(found)
    signatures = queries.signatures_of(read, certificate_id=found.id)
    return page(
        "certificates/check.html",
        certificate=found,
        code=found.code,
        content=content,
        signatures=[one for one in signatures if one.sha256 == found.sha256],
        holds=rules.seal_holds(found, [one for one in signatures if found.state is not CertificateState.DRAFT]),
        whole=rules.is_whole(found, [one for one in signatures if found.state is not CertificateState.DRAFT]),
        replacement=queries.replacement_of(read, found),
        kinds=rules.KIND_NAMES,
        meanings=rules.SIGNED_AS,
    )


@room.write("/certificates/<code>/refresh", who=QUALITY_ONLY, show=show)
def refresh(work: Work, code: str) -> Page:
    """Bring a draft up to date with what is recorded."""
    service.refresh_certificate(work, code)
    return go("certificates.show", code=code, said=_("The draft says what is recorded now."))


def _sign_page(read: Reader, form: Form, code: str) -> Page:
    found = queries.get_certificate(read, code)
    if not form.is_submitted():
        form["seen"].data = request.args.get("seen") or found.sha256
    return page("certificates/sign.html", form=form, thing=found, back=url_for("certificates.show", code=code))


@room.form("/certificates/<code>/sign", who=QUALITY_ONLY, form=SignForm, show=_sign_page)
def sign(work: Work, form: SignForm, code: str) -> Page:
    """Sign a draft; the approval freezes it."""
    service.sign_certificate(work, code, confirmed=confirmed(), **form.signature)
    return go("certificates.show", code=code, said=_("Signed."))


def _reason_page(title: str, hint: str, kind: str) -> Callable[..., Page]:
    def reasoned(read: Reader, form: Form, code: str) -> Page:
        found: Certificate = queries.get_certificate(read, code)
        back = url_for("certificates.show", code=code)
        return page(
            "certificates/reason.html", form=form, thing=found, title=_(title), hint=_(hint), kind=kind, back=back
        )

    return reasoned


REVOKING = _reason_page(N_("Call back"), N_("It stays readable and its check says that it is revoked."), "danger")
REPLACING = _reason_page(N_("Replace"), N_("The old one holds until the new one is approved."), "primary")
DROPPING = _reason_page(N_("Give up"), N_("The draft stays readable."), "danger")


@room.form("/certificates/<code>/revoke", who=QUALITY_ONLY, form=ReasonForm, show=REVOKING)
def revoke(work: Work, form: ReasonForm, code: str) -> Page:
    """Call an approved certificate back."""
    service.revoke_certificate(work, code, form.reason.data or "")
    return go("certificates.show", code=code, said=_("The certificate is revoked."))


@room.form("/certificates/<code>/replace", who=QUALITY_ONLY, form=ReasonForm, show=REPLACING)
def replace(work: Work, form: ReasonForm, code: str) -> Page:
    """Draft a new certificate in the place of an approved one."""
    made = service.replace_certificate(work, code, form.reason.data or "")
    return go("certificates.show", code=made.code, said=_("The draft is made. Look at it, then sign."))


@room.form("/certificates/<code>/drop", who=QUALITY_ONLY, form=ReasonForm, show=DROPPING)
def drop(work: Work, form: ReasonForm, code: str) -> Page:
    """Give a draft up."""
    service.drop_certificate(work, code, form.reason.data or "")
    return go("certificates.show", code=code, said=_("The draft is given up."))


def _layouts_page(read: Reader, form: Form) -> Page:
    return page("certificates/layouts.html", form=form, layouts=queries.layouts(read), kinds=rules.KIND_NAMES,
                tongues=rules.LANGUAGE_NAMES)  # fmt: skip


@room.form("/certificate-layouts", who=QUALITY_ONLY, form=LayoutForm, show=_layouts_page)
def layouts(work: Work, form: LayoutForm) -> Page:
    """How certificates look: for each customer, and for everybody else."""
    service.save_layout(work, customer_of(work.session, form.customer.data), **form.values)
    return go("certificates.layouts", said=_("The layout is kept."), customer=form.customer.data or None)
