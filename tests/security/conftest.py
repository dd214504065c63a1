"""Who may do what and what is shown how is the same on both databases: these tests look on SQLite, but for those of a
file that says ``ON_BOTH``."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its database."""
    if "database" in metafunc.fixturenames and not getattr(metafunc.module, "ON_BOTH", False):
        metafunc.definition.add_marker(pytest.mark.parametrize("database", ["sqlite"], indirect=True))
