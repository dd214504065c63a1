"""Everything of a plant as files that anybody can read without this program, and back into an empty one.

In it: all tables, photos and files, own label layouts. With them the hashes of passwords, PINs and tokens, without
which nobody could sign in to the plant that imports it. Not in it: the key that signs sessions, the authority's key of
the https pages, addresses and passwords of databases: each installation makes or sets its own.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import MetaData

from mes import __version__
from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.keeping.backup import has_content
from mes.keeping.bundle import files_of, files_of_the_database
from mes.keeping.installation import check_installed, revision, shown_url
from mes.keeping.marks import Mark, MarkState
from mes.moving import described, package, readable
from mes.moving.doors import opened
from mes.moving.filling import Filling, NotSound, Progress, TargetNotEmpty, Tell
from mes.moving.gate import find_mark
from mes.moving.move import ProveDatabase
from mes.moving.package import FORMAT, Package, Writer
from mes.moving.sides import Side
from mes.moving.values import Kind, Proof, Shape, begun, blocks, shapes

#: Where the exports lie that a page makes.
EXPORTS = "exports"
#: Of the data folder what stays here: keys of this installation, and exports themselves.
KEPT_HERE = ("secret.key", "tls", EXPORTS, "printer")
DATA = "data"


class OtherVersion(Refused):
    """The tables of the export are those of another version."""

    message = N_("The export is of version %(found)s of the tables, this program has %(needed)s.")
    hint = N_("Import it with the version that made it (its README says which), then: mes upgrade")


class FileInTheWay(Refused):
    """The data folder has a file of that name with something else in it."""

    message = N_("%(file)s is there already and is another one than that of the export.")
    hint = N_("Import into a new data folder (MES_DATA_DIR).")


@dataclass(frozen=True)
class Exported:
    """What was written: rows and files, and the hash of the list, which stands for all of it."""

    rows: int
    files: int
    sha256: str


def export_all(settings: Settings, metadata: MetaData, out: Path, now: datetime, tell: Tell) -> Exported:
    """Write everything into a folder or a ZIP, as of one moment, while people work. Raises ExportInTheWay, OSError."""
    check_installed(settings)
    known, tables = shapes(metadata), dict[str, object]()
    with opened(settings.database, to_write=False) as side, side.one_state(), package.written(out) as writer:
        [[name, language]] = side.run("SELECT name, language FROM plant") or [("", "ko")]
        head = described.Head(str(name), __version__, schema.head(), now)
        rows = 0
        for shape in known:
            proof = _write_table(side, shape, writer)
            tables[shape.name] = {"rows": proof.rows, "sha256": proof.hash, "file": _place(shape)}
            rows += proof.rows
            tell(Progress(shape.name, proof.rows, is_proven=True))
        for shape in known:
            if Kind.BYTES in shape.kinds:
                _write_files(side, shape, writer)
        for file in files_of(settings):
            inside = file.relative_to(settings.data_dir)
            if not _stays_here(inside.parts[0]):
                _write_file(writer, f"{DATA}/{inside.as_posix()}", file)
        schema_ = described.schema(metadata, known)
        writer.put("schema.json", json.dumps(schema_, ensure_ascii=False, indent=1) + "\n")
        for file_name, content in described.pages(schema_, head):
            writer.put(file_name, content)
        about = {
            "format": FORMAT, "program": __version__, "tables_version": schema.head(), "made_at": now.isoformat(),
            "plant": str(name), "language": str(language), "tables": tables,
        }  # fmt: skip
        sha256 = writer.finish(about)
    return Exported(rows, len(writer.files), sha256)


def _place(shape: Shape) -> str:
    return f"tables/{shape.name}.csv"


def _write_table(side: Side, shape: Shape, writer: Writer) -> Proof:
    proof = begun(shape)
    with writer.file(_place(shape)) as given:
        given.write(readable.heading(shape))
        for block in blocks(side.lines(shape)):
            proof = proof.and_then(block)
            given.write(b"".join([readable.record(line, shape, _named(shape)) for line in block.lines]))
    return proof


def _named(shape: Shape) -> readable.NameFile:
    return lambda key, content: readable.file_name(shape.name, key, content)


def _write_files(side: Side, shape: Shape, writer: Writer) -> None:
    """The photos and files that rows hold."""

    def write(key: bytes, content: bytes) -> str:
        name = readable.file_name(shape.name, key, content)
        writer.put(name, content)
        return name

    for line in side.lines(shape):
        readable.record(line, shape, write)


def _write_file(writer: Writer, name: str, file: Path) -> None:
    with file.open("rb") as opened_, writer.file(name) as given:
        while part := opened_.read(package.CHUNK):
            given.write(part)


@dataclass(frozen=True)
class Imported:
    """What was read."""

    tables: int
    rows: int
    files: int


def import_all(settings: Settings, metadata: MetaData, path: Path, now: datetime, prove: ProveDatabase,
               tell: Tell, said: Callable[[int, int], object] = lambda _done, _all: None) -> Imported:  # fmt: skip
    """Bring an export into an empty plant: all of it, proven, or nothing. After a kill the same command goes on.

    Raises what ``package`` raises, OtherVersion, TargetNotEmpty, FileInTheWay, NotSame, NotSound; nothing is kept then.
    """
    known = shapes(metadata)
    with package.opened(path) as found:
        _check_version(found, known)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        found.check(shutil.disk_usage(settings.data_dir).free)
        _check_files(settings, found)
        mark = Mark(MarkState.FILLING, str(path), now, _ident(found), schema.head())
        with opened(settings.database, to_write=True) as side:
            _make_room(settings, side, mark)
            filling = Filling(side, known, tell)
            try:
                filling.start(mark)
                rows = sum(_bring(found, filling, shape) for shape in known)
                filling.tighten(said)
                _prove(settings, prove)
            except Refused:
                filling.give_up()
                raise
            count = _put_files(settings, found)
            filling.done()
    return Imported(len(known), rows, count)


def _prove(settings: Settings, prove: ProveDatabase) -> None:
    database = Database(settings.database)
    try:
        wrong = prove(database)
    finally:
        database.engine.dispose()
    if wrong:
        raise NotSound(why=" ".join(wrong[:3]).rstrip("."))


def _check_version(found: Package, known: Sequence[Shape]) -> None:
    version, tables = str(found.about.get("tables_version", "-")), found.about.get("tables")
    if version != schema.head() or not isinstance(tables, dict) or set(tables) != {one.name for one in known}:
        raise OtherVersion(found=version, needed=schema.head())


def _make_room(settings: Settings, side: Side, mark: Mark) -> None:
    """A plant that ``mes init`` made and nobody has used gives way. Raises TargetNotEmpty."""
    known = find_mark(side)
    if known is not None:
        if known.ident == mark.ident and known.state is MarkState.FILLING:
            return
        raise TargetNotEmpty(where=side.where, what=known.refusal.sentence.rstrip("."))
    if not side.things():
        return
    if revision(settings) is None or has_content(settings):
        raise TargetNotEmpty(where=shown_url(settings.database), what=", ".join(side.things()[:3]) + ", ...")
    side.empty()


def _ident(found: Package) -> str:
    """What tells this export from others: the hash of its list."""
    return str(hash_of(found))[:32]


def hash_of(found: Package) -> str:
    """The hash of an export's list, which stands for all of it."""
    with found.open(package.MANIFEST) as opened_:
        return package.hashed(opened_, package.LONGEST_LIST).sha256


def _bring(found: Package, filling: Filling, shape: Shape) -> int:
    told = found.about["tables"][shape.name]
    expected = Proof(int(told["rows"]), str(told["sha256"]))
    with found.open(_place(shape)) as file:
        lines = readable.records(file, shape, _place(shape), found.content)
        filling.feed(shape, lambda _after, there: (line for nth, line in enumerate(lines) if nth >= there))
    filling.compare(shape, expected)
    return expected.rows


def _check_files(settings: Settings, found: Package) -> None:
    database = files_of_the_database(settings)
    for name, target in _data_files(settings, found):
        if target.is_file() and target.read_bytes() == found.content(name):
            continue
        if target.exists() or target.resolve() in database:
            raise FileInTheWay(file=str(target))


def _put_files(settings: Settings, found: Package) -> int:
    """The files of the data folder, each whole or not at all."""
    count = 0
    for name, target in _data_files(settings, found):
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        fresh.write_bytes(found.content(name))
        fresh.replace(target)
        count += 1
    return count


def _data_files(settings: Settings, found: Package) -> list[tuple[str, Path]]:
    inside = [(name, PurePosixPath(name).parts[1:]) for name in found.files if name.startswith(f"{DATA}/")]
    return [(name, settings.data_dir.joinpath(*parts)) for name, parts in inside if not _stays_here(parts[0])]


def _stays_here(name: str) -> bool:
    """Whether a file or folder of the data folder belongs to this installation, as any system reads its name: some
    tell no large letters from small ones, and leave out a point at the end."""
    return name.casefold().rstrip(". ") in KEPT_HERE
