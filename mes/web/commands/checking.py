"""``mes check``: prove the books of a live plant."""

import json

import click

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.web.check import Outcome
from mes.web.check import check as prove
from mes.web.installation import check_installed


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Prove ledger, genealogy, sums, events and database; a sentence per fault, exit code 1."""
    settings: Settings = ctx.obj
    check_installed(settings)
    database = Database(settings.database)
    try:
        outcome = prove(database)
    finally:
        database.engine.dispose()
    show(outcome, as_json)
    ctx.exit(1 if outcome.faults else 0)


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
