"""Two plants and their head office on three servers of PostgreSQL: cut off and back under load, killed, and compared.

Both plants begin as the same workshop, so they have the same numbers and the same old codes: whatever could collide,
does. Between head office and each plant is a wire that can be cut.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select

from mes.core import schema
from mes.core.db import Database
from mes.core.work import utc_now
from mes.items.models import Item
from mes.lots.models import Lot
from mes.lots.receiving import receive_lots
from mes.lots.shipping import ship_lots
from mes.orders.models import LotRule
from mes.orders.queries import get_order
from mes.orders.reporting import record_report
from mes.orders.service import create_order, release_order, start_job
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.people.plant import mark_plant
from mes.plants import views_sql
from mes.plants.copies import bring_up, look_at, make_copy
from mes.plants.copies import url_of as copy_of
from mes.plants.proofs import proofs
from mes.plants.publication import changing, publish, quiet
from mes.plants.registry import Registry
from mes.plants.service import note_plant
from mes.plants.standing import State
from mes.plants.tracing import Across, trace_across
from mes.web.check import check
from mes.web.tables import metadata
from tests.benchmarks._workshop import DUE
from tests.conftest import Shop
from tests.databases import ROOT
from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.clusters import DATABASE, Server, _with_plant, servers
from tests.faults.crew import busy, crew, noted
from tests.faults.made import copied, free_port, once
from tests.faults.plant import SERVE, Known, Plant, plant
from tests.faults.relay import Relay

TABLETS, SHORT_TABLETS = 6, 2
#: The workshop that is made once, for other experiments as well, has a job for so many.
MADE = 6
CUTS, SHORT_CUTS = 5, 1
ROLE = "head_office"
NEWEST = "SELECT coalesce(max(id), 0) FROM events"


@dataclass
class Site:
    """One plant: its server, its program, and the wire to head office."""

    mark: str
    server: Server
    plant: Plant
    relay: Relay

    @property
    def seen_from_afar(self) -> str:
        """Its database, as head office reaches it."""
        return f"postgresql://{ROLE}@127.0.0.1:{self.relay.port}/{DATABASE}?connect_timeout=60"


@dataclass
class Office:
    """Head office: its server and its program."""

    server: Server
    plant: Plant
    registry: Registry

    def newest(self, mark: str) -> int:
        """The number of the newest event in a copy."""
        with self.registry.copy(mark).read() as read:
            return int(read.connection().exec_driver_sql(NEWEST).scalar() or 0)

    def state(self, mark: str) -> State:
        """How a copy stands."""
        return next(one.state for one in self.registry.standings(utc_now()) if one.mark == mark)

    def until(self, mark: str, state: State, seconds: float = 180) -> float:
        """Wait until a copy stands so; the seconds it took."""
        began = time.monotonic()
        while self.state(mark) is not state:
            assert time.monotonic() < began + seconds, f"{mark}: {self.state(mark)}, not {state}\n{self.server.log()}"
            time.sleep(0.05)
        return time.monotonic() - began

    def caught_up(self, site: Site, seconds: float = 180) -> float:
        """Wait until all that the plant has recorded by now is here; the seconds it took."""
        began, wanted = time.monotonic(), int(site.server.value(NEWEST))
        while self.newest(site.mark) < wanted:
            assert time.monotonic() < began + seconds, f"{site.mark} stays behind\n{self.server.log()}"
            time.sleep(0.01)
        return time.monotonic() - began


def run(short: bool) -> Iterator[Finding]:
    """Followed under load, cut off and back, head office killed, goods from plant to plant, a book rewritten."""
    with _company(SHORT_TABLETS if short else TABLETS, short=short) as (sites, office):
        first, second = sites
        yield from _followed(sites, office)
        with crew(first.plant), crew(second.plant):
            busy(first.plant, 20)
            lags = sorted(office.caught_up(site) for _n in range(3 if short else 20) for site in sites)
            yield at_most("behind while both write, median", lags[len(lags) // 2], 2)
            yield at_most("behind while both write, at most", lags[-1], 10)
            backs = []
            for _n in range(SHORT_CUTS if short else CUTS):
                yield from _cut_off(first, second, office, 20 if short else 200)
                first.relay.mend()
                backs.append(office.caught_up(first))
            yield at_most("back: all of it is here after, at most", max(backs), 60)
            office.until("A", State.FOLLOWS)
            office.server.kill()
            busy(first.plant, 20)
            _up_again(office.server)
            yield at_most("head office's server killed: all of it is here after", _again(office, sites), 60)
            busy(second.plant, 20)
        yield from _sums(sites, office)
        yield from _from_plant_to_plant(sites, office)
        yield from _as_one_database(sites, office)
        yield from _upgraded(second, office)
        yield from _rewritten(first, office)


def _followed(sites: list[Site], office: Office) -> Iterator[Finding]:
    began = time.monotonic()
    _ok(_mes(office.plant, "plants", "follow", sites[0].seen_from_afar))
    source = look_at(sites[1].seen_from_afar)  # the same without a new process
    make_copy(office.plant.url, source, metadata)
    _at(office.plant.url, lambda work: note_plant(work, source.mark, source.place))
    for site in sites:
        office.until(site.mark, State.FOLLOWS)
    yield at_most("both plants fetched after", time.monotonic() - began, 120)
    again = _mes(office.plant, "plants", "follow", sites[0].seen_from_afar)
    yield found("a plant that is followed is not followed twice", "followed already" in again.stderr, True)


def _cut_off(first: Site, second: Site, office: Office, acts: int) -> Iterator[Finding]:
    """The wire to one plant is cut: it works on, head office says so, and the other plant is followed."""
    first.relay.cut()
    before = office.newest("A")
    busy(first.plant, acts)
    yield at_most("cut off: head office knows it after", office.until("A", State.CUT_OFF), 30)
    told = json.loads(_mes(office.plant, "plants", "status", "--json").stdout)
    yield found("cut off: head office says up to when it knows", "cut off" in " ".join(told["troubles"]), True)
    yield found("cut off: the plant worked on", int(first.server.value(NEWEST)) > before, True)
    yield at_most("cut off: the other plant is followed within", office.caught_up(second), 10)


def _up_again(server: Server) -> None:
    """Start a server that was killed; what it left behind needs a moment to notice that."""
    for _try in range(10):
        with suppress(RuntimeError):
            server.start()
            return
        time.sleep(1)
    raise AssertionError(server.log())


def _again(office: Office, sites: list[Site]) -> float:
    """Both plants are up to date after head office's server came back; the seconds."""
    began = time.monotonic()
    office.registry.close()
    for site in sites:
        office.caught_up(site)
        office.until(site.mark, State.FOLLOWS)
    return time.monotonic() - began


def _sums(sites: list[Site], office: Office) -> Iterator[Finding]:
    """Head office has what the plants have, table by table and row by row, and both plants' books are right."""
    rows, events = 0, {}
    for site in sites:
        office.caught_up(site)
        site.plant.end()
        office.caught_up(site)
        _until_told(site, office)
        there, here = proofs(site.plant.url, metadata), proofs(copy_of(office.plant.url, site.mark), metadata)
        rows += sum(one.rows for one in here.values())
        yield found(f"tables of {site.mark} that differ at head office", [n for n in there if there[n] != here[n]], [])
        books = [fault.sentence for fault in check(office.registry.copy(site.mark)).faults]
        yield found(f"faults in the copy of {site.mark}: ledger, genealogy, chain", books, [])
        yield from proved(site.plant, noted(site.plant.folder))
        events[site.mark] = _codes_of(site)
    yield Finding("rows at head office, equal to those of the plants", f"{rows:,}", "some", rows > 0)
    marked = [{code for code in codes if f"-{mark}" in code} for mark, codes in events.items()]
    yield found("codes made with a mark that both plants have", marked[0] & marked[1], set())
    yield Finding("codes made with a mark", f"{sum(map(len, marked)):,}", "some", all(marked))


def _codes_of(site: Site) -> set[str]:
    database = Database(site.plant.url)
    with database.read() as read:
        found = set(read.scalars(select(Lot.code)))
    database.engine.dispose()
    return found


def _until_told(site: Site, office: Office) -> None:
    """What is no event (a program that signs off) has come too: the place in the log is the same on both servers."""
    site.server.until(
        "SELECT bool_and(confirmed_flush_lsn >= pg_current_wal_insert_lsn() - 4096) FROM pg_replication_slots", 60
    )
    office.caught_up(site)


def _from_plant_to_plant(sites: list[Site], office: Office) -> Iterator[Finding]:
    """A makes a lot and ships it, B receives it by its label and makes something of it that goes to a customer."""
    first, second = (_shop(site) for site in sites)
    lot = first.do(partial(_make_and_ship))
    product, came = second.do(partial(_receive_and_make, code=lot.code))
    for site in sites:
        office.caught_up(site)
    yield found("the code of a shipped lot has the mark of its plant", "-A" in lot.code and "-B" in came, True)
    down, up = (trace_across(office.registry, code, utc_now()) for code in (lot.code, product))
    assert isinstance(down, Across)
    assert isinstance(up, Across)
    told = {part.standing.mark: {row[1] for row in part.story.lots.values()} for part in down.parts}
    yield found("trace from A reaches B's product", product in told.get("B", set()), True)
    yield found("trace from A knows B's customer", ("B", "끝고객") in down.customers, True)
    back = {part.standing.mark: {row[1] for row in part.story.lots.values()} for part in up.parts}
    yield found("trace from B's product reaches A's lot", lot.code in back.get("A", set()), True)
    cli = json.loads(_mes(office.plant, "plants", "trace", lot.code, "--json").stdout)
    yield found("mes plants trace says the same", {one["plant"] for one in cli["plants"]}, {"A", "B"})
    for shop in (first, second):
        shop.database.engine.dispose()


def _make_and_ship(work) -> Lot:  # type: ignore[no-untyped-def]
    part = work.session.scalar(select(Item).where(Item.code == "PART0"))
    [lot] = receive_lots(work, item=part, quantities=[Decimal(100)])
    plant_b = add_partner(work, code="PLANT-B", name="우리 회사 B공장", kinds=(PartnerKind.CUSTOMER,))
    ship_lots(work, customer=plant_b, lines=[(lot.code, None)])
    return lot


def _receive_and_make(work, *, code: str) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    part = work.session.scalar(select(Item).where(Item.code == "PART0"))
    plant_a = add_partner(work, code="PLANT-A", name="우리 회사 A공장", kinds=(PartnerKind.SUPPLIER,))
    [came] = receive_lots(work, item=part, quantities=[Decimal(100)], supplier=plant_a, supplier_lot=code)
    others = [lot.code for lot in work.session.scalars(select(Lot).order_by(Lot.id).limit(3))]
    consumed = [(came.code, Decimal(5)), *((other, Decimal(5)) for other in others[1:])]
    report = record_report(work, _fresh_job(work), good=Decimal(5), consumed=consumed)
    made = work.session.get_one(Lot, report.lot_id)
    customer = add_partner(work, code="END", name="끝고객", kinds=(PartnerKind.CUSTOMER,))
    ship_lots(work, customer=customer, lines=[(made.code, None)])
    return made.code, came.code


def _fresh_job(work) -> str:  # type: ignore[no-untyped-def]
    """A job from which nothing was taken yet: what was taken first goes into the first lot."""
    pump = work.session.scalar(select(Item).where(Item.code == "PUMP"))
    order = create_order(work, item=pump, quantity=Decimal(10), due_on=DUE, lot_rule=LotRule.REPORT)
    release_order(work, order.code, confirmed=True)
    [job] = get_order(work.session, order.code).jobs
    start_job(work, job.code)
    return str(job.code)


def _shop(site: Site) -> Shop:
    shop = Shop(Database(site.plant.url))
    shop.now = utc_now()
    return shop


def _as_one_database(sites: list[Site], office: Office) -> Iterator[Finding]:
    """Tools of head office's own see all plants as tables of one database."""
    commands = views_sql.statements(office.plant.url, "AB", metadata, ("127.0.0.1", office.server.port))
    with office.server.ask("office") as boss:
        for command in commands:
            boss.execute(command)
        rows = dict(boss.execute("SELECT plant, count(*) FROM plants.lots GROUP BY plant").fetchall())
    there = {site.mark: site.server.value("SELECT count(*) FROM lots") for site in sites}
    yield found("lots by plant, asked of one database", rows, there)


def _upgraded(site: Site, office: Office) -> Iterator[Finding]:
    """A plant goes to a later version and works on: its copy waits at that very point, and goes on once it is there."""
    later = f"{int(schema.head()) + 1:04d}"
    tables = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(tables)
    Table("later_things", tables, Column("id", BigInteger, primary_key=True), Column("said", Text, nullable=False))
    migrate = (
        "CREATE TABLE later_things (id bigint PRIMARY KEY, said text NOT NULL)",
        "ALTER TABLE items ADD COLUMN later text NOT NULL DEFAULT 'old'",
        "INSERT INTO later_things VALUES (1, 'by the migration')",
        "UPDATE items SET name_en = 'migrated'",
        f"UPDATE alembic_version SET version_num = '{later}'",
    )
    rows = []
    database = Database(site.plant.url)
    with changing(database) as connection, quiet(connection, tables):
        for command in migrate:
            connection.exec_driver_sql(command)
    with changing(database) as connection:
        connection.exec_driver_sql("UPDATE items SET later = 'new', name_en = 'after' WHERE id = 1")
        connection.exec_driver_sql("INSERT INTO later_things VALUES (2, 'afterwards')")
    yield at_most("upgrade of a plant: head office says that it waits, after", office.until(site.mark, State.WAITS), 60)
    copy = office.registry.copy(site.mark)
    with copy.engine.connect() as connection:
        early = connection.exec_driver_sql("SELECT count(*) FROM items WHERE name_en IS NOT NULL").scalar()
    yield found("upgrade of a plant: rows changed in the copy before it is brought there", early, 0)

    def change(there: Database, _version: str) -> None:
        with changing(there) as connection:
            for command in migrate:
                connection.exec_driver_sql(command)

    with patch.object(schema, "upgrade", change), patch.object(schema, "head", lambda: later):
        done = bring_up(copy, site.mark, tables)
        office.until(site.mark, State.FOLLOWS)
        office.caught_up(site)
    yield found("upgrade of a plant: the copy was brought to its version", done, later)
    for side in (database, copy):
        with side.engine.connect() as connection:
            new = connection.exec_driver_sql("SELECT * FROM later_things ORDER BY id").all()
            old = connection.exec_driver_sql("SELECT id, name_en, later FROM items ORDER BY id").all()
            rows.append([*map(tuple, new), *map(tuple, old)])
    yield found("upgrade of a plant: rows of old and new tables that differ", set(rows[0]) ^ set(rows[1]), set())
    database.engine.dispose()


def _rewritten(site: Site, office: Office) -> Iterator[Finding]:
    """Whoever owns the plant's server rewrites an event there: head office does not take that over, and says so."""
    with site.server.ask() as boss:
        boss.execute("SET session_replication_role = replica")
        boss.execute("UPDATE events SET actor = 'nobody' WHERE id = 1")
    office.until(site.mark, State.STOPPED)
    with office.registry.copy(site.mark).read() as read:
        kept = read.connection().exec_driver_sql("SELECT actor FROM events WHERE id = 1").scalar()
    yield found("an event rewritten at the plant is rewritten at head office", kept == "nobody", False)
    told = _mes(office.plant, "plants", "status")
    yield found("head office says that it takes nothing over", "Nothing of" in told.stdout, True)


@contextmanager
def _company(tablets: int, *, short: bool) -> Iterator[tuple[list[Site], Office]]:
    """Two plants and a head office, each with a server of its own; the programs of the plants run."""
    made = once(f"server-{MADE}", partial(_with_plant, tablets=MADE))
    with ExitStack() as stack:
        three = stack.enter_context(servers("a", "b", "office"))
        for server in three:
            copied(made / "server" / "data", server.data)
            server.configure(wal_level="logical", max_logical_replication_workers="12", max_worker_processes="20",
                             max_sync_workers_per_subscription="4", max_replication_slots="20",
                             max_wal_senders="20", fsync="off" if short else "on")  # fmt: skip
            server.start()
        sites = []
        for mark, server in zip("AB", three, strict=False):
            here = stack.enter_context(plant(MADE, _url(server, DATABASE), Known.read(made)))
            here.jobs = here.jobs[:tablets]
            with server.ask() as boss:
                boss.execute(f"CREATE ROLE {ROLE} REPLICATION LOGIN")
            if mark == "A":
                _ok(_mes(here, "plants", "mark", mark))
                _ok(_mes(here, "plants", "publish", "--role", ROLE))
            else:  # the same without new processes
                _at(here.url, lambda work: mark_plant(work, "B"))
                database = Database(here.url)
                with changing(database) as connection:
                    publish(connection, metadata, ROLE)
                database.engine.dispose()
            here.start()
            sites.append(Site(mark, server, here, Relay(free_port(), server.port)))
        yield sites, stack.enter_context(_office(three[2], sites[0].plant))


@contextmanager
def _office(server: Server, like: Plant) -> Iterator[Office]:
    with server.ask("postgres") as boss:
        boss.execute("CREATE DATABASE office")
    with tempfile.TemporaryDirectory(prefix="mes-office-") as folder:
        here = like.beside(Path(folder) / "office")
        here.url = _url(server, "office", "boss")
        here.more = {"MES_HEAD_OFFICE": "1"}
        _ok(_mes(here, "init", "--plant", "본사", "--language", "ko"))
        own = Database(here.url)
        registry = Registry(own)
        try:
            yield Office(server, here, registry)
        finally:
            registry.close()
            own.engine.dispose()


def _at(url: str, deed) -> None:  # type: ignore[no-untyped-def]
    shop = Shop(Database(url))
    shop.now = utc_now()
    shop.do(deed)
    shop.database.engine.dispose()


def _url(server: Server, database: str, role: str = "plant") -> str:
    return f"postgresql+psycopg://{role}@127.0.0.1:{server.port}/{database}?connect_timeout=60"


def _ok(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stderr


def _mes(here: Plant, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", SERVE, *words]
    return subprocess.run(
        command, cwd=ROOT, env=here.settings, capture_output=True, text=True, check=False, timeout=300
    )  # fmt: skip
