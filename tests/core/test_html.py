"""What pages are made of in Python: cells, pictures, bars, addresses, and the templates that use them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import flask
import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.routing import BuildError, Map, Rule

from mes.core import addresses, html
from mes.core.addresses import PatientRule
from mes.core.i18n import speaking
from mes.core.templates import REMEMBERED, PageEnvironment
from mes.orders.models import OrderState
from mes.orders.overview import Names, OrderLine

ATTACK = "<script>alert('1')</script>"


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    """A visit to the list of orders, narrowed down."""
    with app.test_request_context("/orders?state=held&q=A%20%26%20B&after=abc"):
        yield


@pytest.mark.usefixtures("page")
def test_what_a_plant_typed_is_never_html() -> None:
    column = {"label": ATTACK, "unit": ATTACK}
    drawn = [
        html.td(column, ATTACK, href=ATTACK, note=ATTACK),
        html.td(column, ATTACK),
        html.status("held", ATTACK),
        html.quantity(Decimal(1), ATTACK),
        html.icon("play", ATTACK),
        html.bar(1, 2, ATTACK),
    ]
    assert not [one for one in drawn if "<script" in one or "alert('" in one]


@pytest.mark.usefixtures("page")
def test_html_stays_html_beside_the_same_text_that_is_none() -> None:
    bold = Markup("<b>5</b>")
    assert "<b>5</b>" in html.status("held", bold)
    assert "&lt;b&gt;5" in html.status("held", "<b>5</b>")
    assert html.td({"label": "Lot"}, bold) == '<td data-label="Lot"><b>5</b></td>'


@pytest.mark.usefixtures("page")
def test_a_cell_says_its_column_its_unit_and_which_row_it_opens() -> None:
    weight = {"label": "Weight", "unit": "kg", "number": True}
    assert html.td(weight, Decimal("1200.50")) == '<td class="number" data-label="Weight (kg)">1,200.5</td>'
    assert html.td(weight, "-") == '<td class="number" data-label="Weight (kg)">-</td>'
    lot = html.td({"label": "Lot"}, "L1", href="/l/L1", note="rice")
    assert lot == (
        '<td class="head" data-label="Lot"><a href="/l/L1" data-row>L1</a> <small class="soft">rice</small></td>'
    )
    assert html.td({}, None) == "<td></td>"


@pytest.mark.parametrize(
    ("parts", "whole", "widths"),
    [
        ([(1, "running")], 3, ["33.33"]),
        ([(Decimal("2.5"), "running"), (Decimal(9), "stopped")], 10, ["25", "75"]),
        ([(-4, None)], 10, ["0"]),
        ([(5, None)], 0, []),
        ([(None, None)], 5, []),
    ],
)
def test_the_parts_of_a_bar_are_shares_that_end_with_the_bar(
    parts: list[tuple[object, str]], whole: int, widths: list[str]
) -> None:
    assert [piece.split('"')[0] for piece in html.bars(parts, whole).split('width="')[1:]] == widths


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("orders.index", {}),
        ("orders.index", {"state": "held", "q": "A & B+"}),
        ("orders.show", {"code": "W260105-0001K"}),
        ("orders.show", {"code": "한글 100% <&>/?#"}),
        ("orders.show", {"code": Markup("A&B")}),
        ("orders.show", {"code": "W1", "_anchor": "life"}),
        ("quality.photo", {"ident": 12}),
        ("static", {"filename": "css/app.css"}),
    ],
)
def test_addresses_are_those_that_routing_makes(endpoint: str, values: dict[str, Any]) -> None:
    for _ in range(2):
        assert addresses.url_for(endpoint, **values) == flask.url_for(endpoint, **values)


@pytest.mark.usefixtures("page")
def test_an_address_without_its_code_is_still_a_fault() -> None:
    with pytest.raises(BuildError):
        addresses.url_for("orders.show")


def test_a_page_below_another_address_leads_there(app: Flask) -> None:
    with app.test_request_context("/orders", base_url="http://localhost/mes"):
        assert addresses.url_for("orders.show", code="W1") == "/mes/orders/W1"
    with app.test_request_context("/orders"):
        assert addresses.url_for("orders.show", code="W1") == "/orders/W1"


@pytest.mark.usefixtures("page")
def test_a_filter_changes_one_thing_and_begins_at_the_first_page() -> None:
    assert addresses.here(state=None) == "/orders?q=A+%26+B"
    assert addresses.here(after="xyz") == "/orders?state=held&q=A+%26+B&after=xyz"


def test_templates_escape_and_call_as_jinja_does() -> None:
    plain = Flask("plain")
    plain.jinja_environment = PageEnvironment
    template = plain.jinja_env.from_string(
        "{% macro twice(text) %}{{ text }}{{ text }}{% endmacro %}"
        "{% macro boxed() %}[{{ caller('&') }}]{% endmacro %}"
        "{% for row in rows %}{{ twice(row.name) }}{{ row['items'] }}{{ loop.index }}{{ row.missing }} {% endfor %}"
        "{% call(mark) boxed() %}{{ mark }}{{ '<b>' | safe }}{% endcall %}{{ none }}{{ {'values': 1}.values() | list }}"
    )
    assert template.render(rows=[{"name": "<i>", "items": 0}]) == "&lt;i&gt;&lt;i&gt;01 [&amp;<b>]None[1]"


@pytest.mark.parametrize("rule", ["/orders", "/orders/<code>", "/l/<path:code>/<int:number>"])
def test_an_address_that_waits_to_be_compiled_is_written_as_any_other(rule: str) -> None:
    def written(kind: type[Rule], values: dict[str, Any]) -> str:
        addresses = Map([kind(rule, endpoint="page")]).bind("plant")
        return " ".join(addresses.build("page", values) for _twice in range(2))

    given: dict[str, Any] = {"code": "가 나/%&", "number": 7}
    needed = {name: value for name, value in given.items() if name in rule}
    for more in ({}, {"q": "A & B"}):
        assert written(PatientRule, needed | more) == written(Rule, needed | more)
    if needed:
        with pytest.raises(BuildError):
            written(PatientRule, {})


def order_line(**values: Any) -> OrderLine:
    """An order as the list shows it."""
    item = Names("떡", "Rice cake", "FG-1", "EA")
    known = OrderLine("W1", OrderState.RUNNING, Decimal(10), Decimal(4), date(2026, 1, 5), 5, False, item, None)
    return known._replace(**values)


COLUMNS = {name: {"label": name} for name in ("code", "item", "customer", "done", "due", "priority", "state")}


@pytest.mark.usefixtures("page")
def test_a_remembered_line_changes_with_its_values_and_the_language(app: Flask) -> None:
    env = app.jinja_env
    assert isinstance(env, PageEnvironment)

    def drawn(line: OrderLine) -> Markup:
        return env.drawn("orders/_line.html", line, columns=COLUMNS)

    with speaking("en", "Asia/Seoul"):
        english = drawn(order_line())
        assert drawn(order_line()) is english
        assert "Rice cake" in english
        assert "late" in drawn(order_line(late=True))
        assert "5" in drawn(order_line(good=Decimal(5)))
        assert "<script" not in drawn(order_line(item=Names(ATTACK, ATTACK, ATTACK, ATTACK)))
    with speaking("ko", "Asia/Seoul"):
        assert "떡" in drawn(order_line())
    with speaking("en", "Asia/Seoul"):
        assert drawn(order_line()) == english


def test_what_is_remembered_stays_small(app: Flask) -> None:
    env = app.jinja_env
    assert isinstance(env, PageEnvironment)
    env.parts.clear()  # other tests draw on the same program
    with app.test_request_context("/orders"), speaking("en", "Asia/Seoul"):
        for number in range(REMEMBERED + 2):
            env.parts[number] = Markup()
        env.drawn("orders/_line.html", order_line(code="W2"), columns=COLUMNS)
    assert len(env.parts) == 1
