"""The rows themselves: ledger lines, events with their chain, codes and the clock of a generated plant."""

from datetime import date, timedelta
from hashlib import sha256
from json.encoder import encode_basestring as _json

from mes.core.numbering import with_check
from mes.web.generating.writing import Writer

#: The day's work in seconds; it begins at 08:00 in the plant.
WORKED = 9 * 3600
COLUMNS = {
    "receipts": ("id", "code", "supplier_id", "at"),
    "work_orders": (
        "id", "code", "item_id", "quantity", "due_on", "priority", "customer_id", "state", "lot_rule", "bom_id",
        "routing_id", "created_at", "released_at", "completed_at", "good", "version",
    ),
    "order_materials": (
        "id", "order_id", "position", "item_id", "per_piece", "required", "operation", "consumption", "consumed",
        "bom_line_id",
    ),
    "jobs": (
        "id", "code", "order_id", "sequence", "name", "work_centre_id", "machine_id", "outsourced", "inspected",
        "first_piece_passed", "is_first", "is_last", "state", "started_at", "ended_at", "good", "defective", "scrap",
        "rework",
    ),
    "job_runs": ("id", "job_id", "work_centre_id", "machine_id", "person_id", "started_at", "ended_at"),
    "lots": (
        "id", "code", "tail", "item_id", "on_hand", "status", "holds", "location_id", "made_on", "arrived_on",
        "made_at", "supplier_lot", "supplier_id", "order_id", "receipt_id",
    ),
    "production_reports": (
        "id", "job_id", "day", "at", "good", "defective", "scrap", "rework", "person_id", "person", "machine_id",
        "lot_id",
    ),
    "report_workers": ("report_id", "person_id"),
    "shipments": ("id", "code", "customer_id", "at"),
    "movements": (
        "id", "lot_id", "kind", "quantity", "at", "from_location_id", "to_location_id", "person_id", "order_id",
        "job_id", "material_id", "report_id", "receipt_id", "shipment_id",
    ),
    "genealogy": ("id", "parent_id", "child_id", "kind", "quantity", "movement_id", "report_id", "at", "undone"),
    "in_process": ("movement_id", "order_id", "material_id", "lot_id", "undrawn"),
    "events": (
        "id", "at", "actor_id", "actor", "station", "source", "verb", "thing", "thing_id", "thing_code", "before",
        "after", "reason", "previous", "hash",
    ),
    "sequences": ("name", "last"),
}  # fmt: skip


class Ledger:
    """Gives numbers and codes, tells the time, and writes what happened to a lot with the event of it."""

    def __init__(self, writer: Writer, last_event: tuple[int, str]) -> None:
        self.writer, self.rows = writer, writer.waiting
        self.last = dict.fromkeys(COLUMNS, 0)
        self.last["events"], self.chain = last_event
        self.day, self.numbers = date.min, dict[str, int]()
        self.act, self.acts = 0, 1
        self.at = self.iso = ""

    def _move(
        self,
        lot: int,
        kind: str,
        quantity: int,
        here: int | None,
        there: int | None,
        person: int,
        *,
        order: int | None = None,
        job: int | None = None,
        material: int | None = None,
        report: int | None = None,
        receipt: int | None = None,
        shipment: int | None = None,
    ) -> int:
        ident = self._next("movements")
        self.rows["movements"].append((
            ident, lot, kind, quantity, self.at, here, there, person, order, job, material, report, receipt, shipment,
        ))  # fmt: skip
        return ident

    def _event(
        self, who: tuple[int, str], verb: str, thing: str, ident: int, code: str, before: str | None, after: str
    ) -> None:
        """An event at the end of the chain; ``before`` and ``after`` are JSON as ``core.events.as_text`` makes it."""
        text = _json
        actor_id, actor = who
        content = (
            f'["{self.chain}", "{self.iso}", "{actor_id}", {text(actor)}, null, "tablet", "{verb}", "{thing}", '
            f'"{ident}", "{code}", {"null" if before is None else text(before)}, {text(after)}, null]'
        )
        previous, self.chain = self.chain, sha256(content.encode()).hexdigest()
        self.rows["events"].append((
            self._next("events"), self.at, actor_id, actor, None, "tablet", verb, thing, ident, code, before, after,
            None, previous, self.chain,
        ))  # fmt: skip

    def _next(self, table: str) -> int:
        self.last[table] += 1
        return self.last[table]

    def _code(self, prefix: str) -> str:
        number = self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return with_check(f"{prefix}{self.day:%y%m%d}-{number:04d}")

    def _tick(self) -> None:
        """The clock moves on: 08:00 in the plant is 23:00 UTC of the day before."""
        second = min(self.act * WORKED // self.acts, WORKED - 1)
        self.act += 1
        hour, rest = divmod(second, 3600)
        day = self.day - timedelta(days=1) if hour < 1 else self.day
        text = f"{day.isoformat()}T{(23 + hour) % 24:02}:{rest // 60:02}:{rest % 60:02}"
        self.at, self.iso = self.writer.moment(text.replace("T", " ")), f"{text}+00:00"
