"""What every test session does: a shared scratch folder, fresh catalogues, fair shares, and no silent skips in CI."""

import gc
import os
from collections.abc import Generator
from contextlib import suppress
from importlib import import_module
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import close_folder, open_folder, session_folder
from tests.quick import REQUIRE_ALL, is_whole, leave_out, tell_workers
from tests.sharing import Sharing, put_long_ones_first, write_shares

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
#: Garbage is looked for less often than a program of small means would (Python's own: 700, 10, 10).
SELDOM = (20_000, 20, 20)
#: Where it is written how many tests wait for the run of everything.
WAITING = "waiting"

# Where everything is required, a change is judged: the same examples each time; whoever works on it gets new ones.
# How long an example takes says something of the machine, not of the plant.
settings.register_profile(
    "mes",
    derandomize=REQUIRE_ALL,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("mes")


def pytest_configure(config: pytest.Config) -> None:
    """The process that was called opens the folder; its workers inherit it."""
    gc.set_threshold(*SELDOM)
    if not _is_worker(config):
        from hatch_build import compile_catalogues

        compile_catalogues()
        open_folder()
        tell_workers(config)
        # what is compiled is kept, as on any machine: each program that the tests start would compile it again
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whatever the session left behind goes with it."""
    if not _is_worker(config):
        close_folder(session_folder())


def pytest_collection(session: pytest.Session) -> None:
    """Every second worker begins with the last file, so that of a fresh copy each file is compiled by one of two."""
    if is_whole() and int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2:
        for file in sorted((session.config.rootpath / "tests").rglob("test_*.py"), reverse=True):
            with suppress(Exception):  # which is told when its turn comes
                import_module(".".join(file.relative_to(session.config.rootpath).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is for the run of everything waits; the longest of the others begin; what a browser may be late with is
    tried once more where everything is required.

    Thousands of pages on two busy cores: a lone late answer must not hide what the run says. A second failure counts,
    and the summary names each test that needed its second try.
    """
    if waiting := leave_out(config, items):
        (session_folder() / WAITING).write_text(str(waiting), "utf-8")
    put_long_ones_first(items)
    if REQUIRE_ALL:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """A worker tells which tests stay together; what was read until now stays, so nobody asks again whether it is
    garbage."""
    if _is_worker(session.config):
        write_shares(session.items)
    gc.freeze()


def pytest_sessionfinish() -> None:
    """At the end everything may go."""
    gc.unfreeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing:
    """Several workers share the tests in our way."""
    return Sharing(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Who reads that all is well reads what was not tried."""
    if (file := session_folder() / WAITING).exists():
        waiting = file.read_text("utf-8")
        terminalreporter.write_line(f"left to the run of everything (MES_REQUIRE_ALL=1): {waiting}")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails when everything is required.

    Nothing is collected while a failure is written down: a browser's page that goes just then switches greenlets,
    and Python 3.11 takes that for a broken syntax tree and ends the whole run.
    """
    gc.disable()
    try:
        return _fail_if_skipped((yield))
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped module fails when everything is required."""
    return _fail_if_skipped((yield))


def _fail_if_skipped(report: Report) -> Report:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nMES_REQUIRE_ALL=1 is set: a skip counts as a failure."
    return report
