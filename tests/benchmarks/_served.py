"""What the page benchmark serves: the application, and the barest page there could be."""

import sqlite3
from pathlib import Path

from flask import Flask, render_template_string, request

from mes.core.config import read_settings

BARE = """<!doctype html><title>Orders</title><table>{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def mes_app() -> Flask:
    """The application over the benchmark's database, as ``mes serve`` loads it."""
    from mes.web.server import make

    app = make()
    assert isinstance(app, Flask)
    return app


def bare_app() -> Flask:
    """Flask, SQLAlchemy with one table, WTForms with one form; a page is one query of 30 rows and one template."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    from wtforms import Form, StringField

    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str]

    class Search(Form):
        q = StringField()

    app = Flask("bare")
    file = read_settings().data_dir / "bare.db"
    _fill(file)
    engine = create_engine(f"sqlite:///{file}")

    @app.get("/")
    def orders() -> str:
        Search(request.args).validate()
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT * FROM orders ORDER BY due, id LIMIT 30")).all()
        return render_template_string(BARE, rows=rows)

    return app


def _fill(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, code, item, quantity, due, state)")
        if not database.execute("SELECT count(*) FROM orders").fetchone()[0]:
            rows = [(n, f"W{n}", f"item {n}", n, "2026-01-05", "running") for n in range(1000)]
            database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", rows)
