"""What SECURITY.md and the pages about a safe installation say is what the program does."""

import re
from pathlib import Path

import pytest

from mes.core.config import Settings
from mes.keeping.postgresql import connection_words
from mes.web.app import create_app
from mes.web.cli import COMMANDS
from tests.databases import ROOT

PAGES = ("SECURITY.md", "docs/hardening.md", "docs/hardening.ko.md")
#: What is believed of the proxies that are declared (``mes/web/training.py``).
BELIEVED = {"x_for": "For", "x_proto": "Proto", "x_host": "Host", "x_port": "Port", "x_prefix": "Prefix"}


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def lines_to_copy(page: str) -> list[str]:
    return [line for line in text(page).splitlines() if line.startswith("    ")]


@pytest.mark.parametrize("page", PAGES)
def test_only_commands_and_settings_that_there_are_are_named(page: str) -> None:
    settings = {f"MES_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert set(re.findall(r"\bMES_[A-Z_0-9]+", text(page))) <= settings
    called = set(re.findall(r"(?:`|^    |&& )mes ([a-z][a-z-]+)", text(page), re.MULTILINE))
    assert called
    assert called <= set(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_is_pointed_at_is_there(page: str) -> None:
    found = re.findall(r"\]\(([^)#:]+)\)", text(page))
    assert found
    assert [one for one in found if not ((ROOT / page).parent / one).is_file()] == []


def test_both_languages_give_the_same_lines_to_copy() -> None:
    assert lines_to_copy("docs/hardening.ko.md") == lines_to_copy("docs/hardening.md")


def test_a_weakness_is_reported_in_private_and_to_no_made_up_address() -> None:
    assert "Report a vulnerability" in text("SECURITY.md")
    assert not re.search(r"[\w.]+@[\w-]+\.\w+", text("SECURITY.md"))


def test_the_installation_by_checksum_is_the_one_of_the_lock() -> None:
    head = text("requirements.txt")
    for line in lines_to_copy("docs/hardening.md")[1:3]:
        assert line.strip().removeprefix(".venv/bin/") in head


def test_the_proxies_lines_set_or_remove_whatever_is_believed(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="x", proxies=1))
    believed = {name for name in vars(app.wsgi_app) if name.startswith("x_") and getattr(app.wsgi_app, name)}
    assert believed == set(BELIEVED)
    page = text("docs/hardening.md")
    nginx, caddy = page.partition("nginx:")[2], page.partition("Caddy (")[2].partition("nginx:")[0]
    for name in BELIEVED.values():
        assert f"proxy_set_header X-Forwarded-{name} " in nginx
    for name in ("Port", "Prefix"):  # the other three are its own
        assert f"header_up -X-Forwarded-{name}" in caddy


def test_without_the_setting_nothing_is_believed(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="x"))
    assert not [name for name in vars(app.wsgi_app) if name.startswith("x_")]


def test_the_defaults_are_those_that_are_told(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key="x"))
    assert (Settings().host, Settings().proxies, Settings().https) == ("127.0.0.1", 0, False)
    assert app.config["MAX_CONTENT_LENGTH"] == 50 * 1024 * 1024  # as the proxies' lines say


def test_the_tools_of_postgresql_go_the_way_that_is_told() -> None:
    (line,) = (one for one in lines_to_copy("docs/hardening.md") if "sslmode" in one)
    words, _password = connection_words(line.partition("=")[2])
    assert "sslmode=verify-full" in words
    assert "sslrootcert=/srv/mes/db-ca.crt" in words
