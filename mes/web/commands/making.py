"""``mes bom`` and ``mes trace``: what goes into an item, and what went into a lot."""

from collections.abc import Iterator
from decimal import Decimal

import click

from mes.core.config import Settings
from mes.core.forms import read_quantity
from mes.core.i18n import _, own_name, shown
from mes.items.explosion import Branch, Explosion
from mes.items.models import Item
from mes.items.queries import explode, get_item, released_bom
from mes.trace.queries import Direction
from mes.trace.telling import trace_as_dict, trace_as_text
from mes.web.commands.opening import as_json, reading


def _quantity(_ctx: click.Context, _param: click.Parameter, text: str) -> Decimal:
    try:
        value = read_quantity(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if value <= 0:
        raise click.BadParameter(_("More than %(least)s is needed here.", least=0))
    return value


@click.command()
@click.argument("item")
@click.option("--explode", "deep", is_flag=True, help="All levels, with totals.")
@click.option("--quantity", default="1", callback=_quantity, help="For how many.  [default: 1]")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_obj
def bom(settings: Settings, item: str, deep: bool, quantity: Decimal, for_programs: bool) -> None:
    """What goes into ITEM: its bill of material in force."""
    with reading(settings) as read:
        made = get_item(read, item)
        found = explode(read, made.id, quantity)
        revision = released_bom(read, made.id)
        if for_programs:
            as_json(_data(found, revision.revision if revision else None, deep))
            return
        click.echo(f"{made.code}  {own_name(made)}  {shown(quantity)} {made.unit}")
        if revision is None:
            click.echo(_("It has no bill of material in force."))
        for line in _tree(found.root, deep):
            click.echo(line)
        if deep and found.cut:
            click.echo(_("The tree is too large to show whole. The totals are complete."))
        if deep and found.totals:
            click.echo("\n" + _("Totals over all levels"))
            for total in found.totals:
                click.echo(f"  {_named(total.item)}  {shown(total.quantity)} {total.item.unit}")


def _tree(branch: Branch, deep: bool, depth: int = 1) -> Iterator[str]:
    for child in branch.children:
        yield f"{'  ' * depth}{_named(child.item)}  {shown(child.quantity)} {child.item.unit}"
        if deep:
            yield from _tree(child, deep, depth + 1)


def _named(item: Item) -> str:
    return f"{item.code}  {own_name(item)}"


def _data(found: Explosion, revision: int | None, deep: bool) -> dict[str, object]:
    root = found.root
    answer: dict[str, object] = {
        "item": root.item.code,
        "name": root.item.name,
        "quantity": f"{root.quantity:f}",
        "unit": root.item.unit,
        "revision": revision,
        "lines": [_line(child, deep) for child in root.children],
    }
    if deep:
        answer["whole_tree"] = not found.cut
        answer["totals"] = [
            {"item": t.item.code, "name": t.item.name, "quantity": f"{t.quantity:f}", "unit": t.item.unit,
             "level": t.level, "made": t.made}
            for t in found.totals
        ]  # fmt: skip
    return answer


def _line(branch: Branch, deep: bool) -> dict[str, object]:
    item = branch.item
    line: dict[str, object] = {
        "item": item.code,
        "name": item.name,
        "quantity": f"{branch.quantity:f}",
        "unit": item.unit,
    }
    if deep:
        line["lines"] = [_line(child, deep) for child in branch.children]
    return line


@click.command()
@click.argument("code")
@click.option("--up", "way", flag_value="up", help="Only what went into it.")
@click.option("--down", "way", flag_value="down", help="Only what it went into.")
@click.option("--only", help="One of several deliveries, or: all.")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.option("--shares", is_flag=True, help="For programs, too: how much of what is in what.")
@click.pass_obj
def trace(settings: Settings, code: str, way: str | None, only: str | None, for_programs: bool, shares: bool) -> None:
    """Where a lot came from and where it went. CODE: lot, serial, supplier's lot, shipment, order or receipt."""
    direction = Direction(way) if way else None
    with reading(settings) as read:
        if for_programs:
            as_json(trace_as_dict(read, code, direction, only, shares=shares))
        else:
            click.echo(trace_as_text(read, code, direction, only))
