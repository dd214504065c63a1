"""``mes check``: prove the books of a live plant; ``mes seal``: take the seal of its event log out of the house."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _, language, say, speaking
from mes.core.plant import plant
from mes.core.seals import (
    NothingToSeal,
    Seal,
    get_seal,
    last_seal,
    letters,
    make_seal,
    prove_newest,
    read_claim,
    text,
)
from mes.core.work import act
from mes.keeping import bundle
from mes.keeping.backup import NoBackup, opened_copy
from mes.keeping.installation import check_installed, sqlite_file
from mes.keeping.proving import last_file, last_good
from mes.people.seal_paper import seal_pdf
from mes.web import check_against, check_events
from mes.web.check import MOST, UNREADABLE, Fault, Outcome
from mes.web.check import check as prove
from mes.web.commands.opening import as_json as print_json
from mes.web.commands.opening import opened, reading
from mes.web.tables import metadata


@click.command()
@click.argument("what", required=False, type=click.Choice(["events"]))
@click.option("--seal", help="The letters of a seal, or the file that holds it; proves the event log only.")
@click.option("--against", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="An older backup: what is never changed must be the same there (embedded database).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def check(ctx: click.Context, what: str | None, seal: str | None, against: Path | None, as_json: bool) -> None:
    """Prove ledger, genealogy, sums, events and database (or events alone); a sentence per fault, exit code 1."""
    settings: Settings = ctx.obj
    if what or seal:
        _check_events(ctx, settings, seal, as_json)
        return
    check_installed(settings)
    database = Database(settings.database)
    try:
        outcome = prove(database)
        if against is not None:
            outcome.faults.extend(_against(settings, against))
        backup = _last_good(database, settings) if outcome.faults else None
    finally:
        database.engine.dispose()
    show(outcome, as_json)
    if backup and not as_json:
        click.echo(backup)
    ctx.exit(1 if outcome.faults else 0)


def _against(settings: Settings, older: Path) -> Iterator[Fault]:
    """What differs from an older backup where nothing may. Raises NoBackup."""
    file = sqlite_file(settings.database)
    if file is None:
        raise NoBackup(file=str(older), why="PostgreSQL?")
    with bundle.scratch(settings.data_dir) as folder:
        copy = opened_copy(older, folder)
        yield from (Fault("against", *told) for told in check_against.faults(file, copy, metadata, MOST))


def _last_good(database: Database, settings: Settings) -> str | None:
    """Which backup to go back to."""
    try:
        with database.read() as read, speaking(language(), plant(read).time_zone):
            return last_good(read)
    except UNREADABLE:
        return last_file(settings)


def show(outcome: Outcome, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        faults = [
            {"rule": fault.rule, "message": fault.sentence, "values": {k: str(v) for k, v in fault.values.items()}}
            for fault in outcome.faults
        ]
        answer = {"faults": faults, "rules": outcome.rules, "not_checked": outcome.not_checked}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for fault in outcome.faults:
        click.echo(f"! {fault.sentence}")
    for sentence in outcome.not_checked:
        click.echo(f"  {sentence}")
    if not outcome.faults:
        click.echo(_("%(count)s rules were proved; everything agrees.", count=len(outcome.rules)))


def _check_events(ctx: click.Context, settings: Settings, seal: str | None, as_json: bool) -> None:
    claim = read_claim(_given(seal)) if seal else None
    with reading(settings) as read:
        proof = check_events.prove(read, claim)
        faults = [(say(message, values), values) for message, values in proof.faults]
        said = [] if faults else [
            _("%(count)s events and %(seals)s seals were proved; nobody changed or removed anything.",
              count=proof.events, seals=proof.seals)
        ]  # fmt: skip
        if proof.sealed is not None:
            row, _count, more = proof.sealed
            said.append(_("The seal is of event %(id)s of %(at)s; %(more)s events followed it.",
                          id=str(row.id), at=row.at, more=more))  # fmt: skip
    if as_json:
        print_json({
            "faults": [{"message": one, "values": {k: str(v) for k, v in values.items()}} for one, values in faults],
            "events": proof.events, "seals": proof.seals,
            "sealed": {"event": proof.sealed[0].id, "count": proof.sealed[1], "since": proof.sealed[2]}
            if proof.sealed else None,
        })  # fmt: skip
    else:
        for one, _values in faults:
            click.echo(f"! {one}")
        for sentence in said:
            click.echo(sentence)
    ctx.exit(1 if faults else 0)


def _given(seal: str) -> str:
    """The letters themselves, or what stands in the file of that name."""
    try:
        return Path(seal).read_text("utf-8", errors="replace") if Path(seal).is_file() else seal
    except OSError:
        return seal


@click.command()
@click.argument("out", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--number", type=int, help="An older seal; else a new one is made when anything was recorded since.")
@click.option("--last", is_flag=True, help="The newest seal there is; no new one is made.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def seal(settings: Settings, out: Path | None, number: int | None, last: bool, as_json: bool) -> None:
    """Print the seal of the event log, or write it to OUT (.pdf to print it): keep it where nobody of the plant can
    change it. ``mes check events --seal`` proves later that the log is still the one that was sealed."""
    with opened(settings) as database:
        with database.read() as read:
            zone = plant(read).time_zone
        with speaking(language(), zone):
            if number is None and not last:
                newest = prove_newest(database)
                act(database, SYSTEM, lambda work: make_seal(work, newest), source="cli")
            with database.read() as read:
                found = get_seal(read, number) if number is not None else last_seal(read)
                company = plant(read).name
            if found is None:
                raise NothingToSeal
            _hand_out(found, company, out, as_json)


def _hand_out(found: Seal, company: str, out: Path | None, as_json: bool) -> None:
    if out is None:
        if as_json:
            print_json({
                "number": found.number, "at": found.at.isoformat(), "events": found.events, "event": found.head_id,
                "hash": found.hash, "letters": letters(found.hash), "fault": found.fault,
            })  # fmt: skip
        else:
            click.echo(text(found, company), nl=False)
        return
    made = seal_pdf(found, company) if out.suffix.lower() == ".pdf" else text(found, company).encode()
    out.write_bytes(made)
    click.echo(_("Seal %(number)s was written to %(file)s.", number=found.number, file=str(out)))
