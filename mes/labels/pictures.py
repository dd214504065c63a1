"""Labels as pictures on a page, before anything is printed."""

from collections.abc import Sequence

from markupsafe import Markup

from mes.labels.lacking import check_complete
from mes.labels.layout import Layout, Row
from mes.labels.placing import Placer
from mes.labels.svg import render_svg


def draw_labels(layout: Layout, rows: Sequence[Row], tongue: str, dpi: int | None = None) -> list[Markup]:
    """These labels as drawings of true size. Raises LabelLacks, and what placing refuses."""
    check_complete(layout, rows)
    placer = Placer(layout, tongue, dpi)
    return [render_svg(placer.place(row), layout.stock, placer.dpi, row.get("name", row["code"])) for row in rows]
