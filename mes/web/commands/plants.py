"""``mes plants ...``: several plants and their head office, by PostgreSQL's own logical replication."""

from dataclasses import asdict

import click
from sqlalchemy import make_url, text

from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _, stamp
from mes.core.work import act, utc_now
from mes.keeping.installation import check_installed
from mes.people.plant import mark_plant
from mes.plants import copies, publication, service, views_sql
from mes.plants.proofs import proofs
from mes.plants.refusals import NoServer, RoleMissing
from mes.plants.registry import followed, registered
from mes.plants.standing import STATE_NAMES, same_numbers, troubles
from mes.plants.tracing import WhichPlant, trace_across
from mes.web.check import check as prove
from mes.web.commands.checking import show
from mes.web.commands.opening import acting, as_json, opened
from mes.web.tables import metadata


@click.group()
def plants() -> None:
    """Several plants: each tells head office what it records, and works on when the connection is cut."""


@plants.command()
@click.argument("letters")
@click.pass_obj
def mark(settings: Settings, letters: str) -> None:
    """At a plant: give it its mark, one or two letters that stand in each of its codes from now on."""
    made = acting(settings, lambda work: mark_plant(work, letters))
    click.echo(_("This plant has the mark %(mark)s: it stands in each new code.", mark=made.mark))


@plants.command()
@click.option("--role", default="head_office", show_default=True, help="As whom head office asks.")
@click.option("--print", "only_print", is_flag=True, help="Print the SQL instead of running it.")
@click.pass_obj
def publish(settings: Settings, role: str, *, only_print: bool) -> None:
    """At a plant: let a head office follow it. The role needs REPLICATION and LOGIN; a superuser makes it."""
    with opened(settings) as database:
        _check_server(database)
        publication.check_mark(database)
        with publication.changing(database) as connection:
            if only_print:
                for statement in publication.statements(connection, metadata, role):
                    click.echo(f"{statement};")
                return
            if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
                raise RoleMissing(role=role)
            publication.publish(connection, metadata, role)
            most = publication.most_kept(connection)
    click.echo(_("Head office may follow this plant as %(role)s.", role=role))
    if most < 0:
        click.echo(publication.unbounded())


@plants.command()
@click.pass_obj
def unpublish(settings: Settings) -> None:
    """At a plant: tell head office nothing any more, and keep nothing for it."""
    with opened(settings) as database:
        _check_server(database)
        with publication.changing(database) as connection:
            publication.unpublish(connection)
    click.echo(_("This plant tells no head office."))


@plants.command()
@click.argument("url")
@click.option("--again", is_flag=True, help="Fetch the copy anew; what is here of it is removed.")
@click.option("--print", "only_print", is_flag=True, help="Print the command that subscribes instead of running it.")
@click.pass_obj
def follow(settings: Settings, url: str, *, again: bool, only_print: bool) -> None:
    """At head office: follow the plant whose database is at URL, postgresql://ROLE:PASSWORD@HOST/DATABASE."""
    with opened(settings) as database:
        source = copies.look_at(url)
        if only_print:
            click.echo(f"{copies.subscribing(source)};")
            return
        if not again:
            act(database, SYSTEM, lambda work: service.check_new(work, source.mark), source="cli")
        copies.make_copy(settings.database, source, metadata)
        act(database, SYSTEM, lambda work: service.note_plant(work, source.mark, source.place), source="cli")
    click.echo(_("Plant %(plant)s is being fetched; mes plants status says when it is here.",
                 plant=f"{source.name} ({source.mark})"))  # fmt: skip


@plants.command()
@click.argument("letters")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--from", "url", help="The plant's URL: it is told that nothing need be kept for head office.")
@click.pass_obj
def leave(settings: Settings, letters: str, url: str | None, *, yes: bool) -> None:
    """At head office: follow a plant no longer, and remove its copy."""
    if not yes:
        click.confirm(_("The copy of plant %(mark)s is removed. Go on?", mark=letters), abort=True)
    with opened(settings) as database:
        act(database, SYSTEM, lambda work: service.leave_plant(work, letters), source="cli")
        told = copies.drop_copy(settings.database, letters, url and copies.look_at(url).url)
    click.echo(_("Plant %(mark)s is followed no longer.", mark=letters))
    if not told:
        click.echo(_("Give at the plant: mes plants unpublish. Until then its server keeps all for head office."))


@plants.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """At head office: bring each copy to the version of its plant."""
    with opened(settings) as database, registered(database) as registry:
        for one in registry.followed():
            done = copies.bring_up(registry.copy(one.mark), one.mark, metadata)
            if done is None:
                click.echo(_("The copy of %(mark)s has the tables of its plant.", mark=one.mark))
            else:
                click.echo(_("The copy of %(mark)s was brought to %(version)s.", mark=one.mark, version=done))


@plants.command()
@click.option("--json", "json", is_flag=True, help="For programs.")
@click.pass_context
def status(ctx: click.Context, *, json: bool) -> None:
    """How the copies stand (at head office), what is kept for a head office (at a plant). Exit code 1 for trouble."""
    settings: Settings = ctx.obj
    now = utc_now()
    with opened(settings) as database, registered(database) as registry:
        _check_server(database)
        standings = registry.standings(now)
        with database.engine.connect() as connection:
            slots, told = publication.slots(connection), publication.is_published(connection)
            wrong = [said for one in standings for said in troubles(one, now)]
            wrong += [*same_numbers(standings), *publication.alarms(connection)]
    if json:
        rows = [{"mark": one.mark, "name": one.name, "state": one.state, "up_to": one.up_to and one.up_to.isoformat(),
                 "version": one.version, "place": one.place, "tables_left": one.left} for one in standings]  # fmt: skip
        as_json({"plants": rows, "published": told, "followed_by": [asdict(one) for one in slots], "troubles": wrong})
    else:
        for one in standings:
            when = stamp(one.up_to) if one.up_to else "-"
            click.echo(f"{one.mark:3} {one.name:20} {_(STATE_NAMES[one.state]):16} {when}  {one.place}")
        for slot in slots:
            where = _("connected") if slot.active else _("not connected")
            click.echo(f"{slot.name:30} {where}, {slot.kept / 2**20:,.1f} MB")
        for sentence in wrong:
            click.echo(f"! {sentence}")
    ctx.exit(1 if wrong else 0)


@plants.command()
@click.argument("letters", required=False)
@click.pass_context
def check(ctx: click.Context, letters: str | None) -> None:
    """At head office: prove the books of each copy, as mes check proves those of a plant."""
    faults = 0
    with opened(ctx.obj) as database, registered(database) as registry:
        for one in registry.followed():
            if letters in (None, one.mark):
                known = registry.whole(one.mark, utc_now())
                click.echo(known.called)
                outcome = prove(registry.copy(one.mark))
                show(outcome, as_json=False)
                faults += len(outcome.faults)
    ctx.exit(1 if faults else 0)


@plants.command()
@click.argument("letters", required=False)
@click.pass_obj
def proof(settings: Settings, letters: str | None) -> None:
    """Count and hash each table that head office gets: at a plant its own, at head office those of the copy LETTERS.

    What both print is the same when everything has come and nobody writes.
    """
    check_installed(settings)
    url = copies.url_of(settings.database, letters) if letters else settings.database
    as_json({name: {"rows": one.rows, "hash": one.hash} for name, one in proofs(url, metadata).items()})


@plants.command()
@click.argument("code")
@click.option("--plant", "letters", help="At which plant the code is meant.")
@click.option("--json", "json", is_flag=True, help="For programs.")
@click.pass_obj
def trace(settings: Settings, code: str, letters: str | None, *, json: bool) -> None:
    """At head office: trace a code through all plants."""
    with opened(settings) as database, registered(database) as registry:
        found = trace_across(registry, code, utc_now(), letters)
        if isinstance(found, list):
            raise WhichPlant(code=code, found="; ".join(f"{one.standing.called}: {one.handle.item}" for one in found))
        parts = [
            {"plant": part.standing.mark, "direction": part.direction,
             "lots": [part.story.fact(step.lot_id).code for step in part.story.steps()],
             "customers": part.story.customers, "suppliers": part.suppliers}
            for part in found.parts
        ]  # fmt: skip
    if json:
        links = [asdict(one) for one in found.links]
        as_json({"of": code, "plants": parts, "links": links, "not_followed": [asdict(one) for one in found.doubtful],
                 "missing": [one.mark for one in found.missing]})  # fmt: skip
        return
    for part in parts:
        click.echo(f"{part['plant']} {part['direction'] or ''}: {', '.join(part['lots'])}")  # type: ignore[arg-type]
    for link in found.links:
        click.echo(f"{link.code}: {link.maker} -> {link.receiver}")
    for plant, customer in found.customers:
        click.echo(f"{plant}: {customer}")


@plants.command()
@click.pass_obj
def views(settings: Settings) -> None:
    """At head office: print the SQL that shows all plants as tables of one database, for tools of your own."""
    with opened(settings) as database:
        copies.check_boss(settings.database)
        with database.read() as read:
            marks = [one.mark for one in followed(read)]
        parts = make_url(settings.database)
        where = str(parts.host or parts.query.get("host") or "localhost"), int(parts.port or 5432)
    for statement in views_sql.statements(settings.database, marks, metadata, where):
        click.echo(f"{statement};")


def _check_server(database: Database) -> None:
    if database.is_sqlite:
        raise NoServer
