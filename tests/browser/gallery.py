"""A small application that shows every piece of the look with sample data, without a database.

``python -m tests.browser.gallery`` serves it at http://127.0.0.1:5077 (add ``?lang=en`` for English words);
the tests of the scanner and the number pad drive its pages.
"""

from types import SimpleNamespace as Sample
from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask_wtf.csrf import CSRFProtect
from flask_wtf.file import FileField
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import BooleanField, RadioField, SelectField, TextAreaField

from mes.core import addresses, html, i18n, pages
from mes.core.forms import DayField, Form, NameField, QuantityField, needed
from mes.core.templates import PageEnvironment
from mes.core.work import utc_now
from mes.web.rail import Link
from tests.browser.samples import ROOMS, samples
from tests.databases import ROOT

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
#: Choices as the library takes them now; its type information still knows pairs only.
KINDS: Any = ["완제품", "반제품"]
PRIORITIES: Any = ["1", "2", "3"]
#: Pages, each shown by the template of its name.
PAGES = ("gallery", "queue", "job", "sheet", "names", "doc")


class SampleForm(Form):
    """One field of each kind."""

    item = NameField("Item", needed())
    quantity = QuantityField("Quantity", needed())
    due = DayField("Due")
    kind = SelectField("Kind", choices=KINDS, default="완제품")
    priority = RadioField("Priority", choices=PRIORITIES, default="2")
    urgent = BooleanField("Urgent")
    remark = TextAreaField("Remark")
    picture = FileField("Photo")


def create_gallery() -> Flask:
    """The application; every page answers GET and POST alike, ``/scan`` says what arrived."""
    app = Flask("gallery", static_folder=str(ROOT / "mes/static"))
    app.jinja_environment = PageEnvironment
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), FileSystemLoader(ROOT / "tests/browser/pages")]
    )
    app.config.update(SECRET_KEY="only for the gallery", TEMPLATES_AUTO_RELOAD=True, MAX_CONTENT_LENGTH=50 * 2**20)
    CSRFProtect(app)
    _teach(app)
    for name in PAGES:
        app.add_url_rule(f"/{name}", name, _shower(name), methods=["GET", "POST"])
    app.add_url_rule("/scan", "scan.scan", lambda: {"text": request.args.get("text")})
    app.add_url_rule("/scan/photo", "camera.photo", dict, methods=["POST"])
    app.add_url_rule("/healthz", "health.healthz", lambda: "ok")
    app.add_url_rule("/", "reports.today", lambda: "")
    people = Blueprint("people", __name__)
    for endpoint in ("choose_language", "logout", "login", "profile"):
        people.add_url_rule(f"/people/{endpoint}", endpoint, lambda: "", methods=["GET", "POST"])
    app.register_blueprint(people)
    app.before_request(lambda: i18n.speak(request.args.get("lang", "ko"), "Asia/Seoul"))
    app.after_request(_guard)
    return app


def _shower(name: str) -> Any:
    def show() -> str:
        form = SampleForm()
        if request.method == "POST":
            form.validate()
        return render_template(f"{name}.html", form=form)

    return show


def _teach(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(_=i18n._, one_time_key=pages.one_time_key, html=html)
    env.globals.update(address_here=addresses.here)
    env.globals.update(practising=lambda: False, may_practise=lambda: False)
    env.globals.update(drawn=env.drawn, drawn_rows=env.drawn_rows)  # type: ignore[attr-defined]
    env.filters.update(
        number=i18n.number, percent=i18n.percent, word=i18n.word, own_name=i18n.own_name, clock=i18n.clock
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    korean = i18n.language() == "ko"
    sample = samples(korean)
    return {
        "actor": Sample(name="김영희" if korean else "Young-hee Kim", roles=["leader"]),
        "plant_name": "한빛식품" if korean else "Hanbit Foods",
        "language": i18n.language(),
        "languages": {"ko": "한국어", "en": "English"},
        "time_zone": "Asia/Seoul",
        "now": utc_now(),
        "printed_at": "2026-01-05 18:05",
        "sample": sample,
        "navigation": lambda: _rail(korean),
        "refused": sample.refused if "no" in request.args else None,
    }


def _rail(korean: bool) -> tuple[Link, ...]:
    inside = tuple(Link(f"/{name}", name, "layers", name == request.endpoint) for name in PAGES)
    return tuple(Link("/gallery", ko if korean else en, icon, en == "Orders", inside) for ko, en, icon in ROOMS)


def _guard(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = POLICY
    return response


if __name__ == "__main__":
    create_gallery().run(port=5077, threaded=True)
