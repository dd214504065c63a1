"""Whether a copy is what the plant has: the rows of each table that head office gets, counted and hashed on both sides.

Two sides can be compared while nobody writes, or after the connection was cut and everything has come.
"""

from sqlalchemy import MetaData

from mes.moving.doors import opened
from mes.moving.values import Proof, Shape, prove, shape_of
from mes.plants.publication import columns_told, tables_told


def proofs(url: str, metadata: MetaData) -> dict[str, Proof]:
    """The proof of each table that head office gets, as of one moment."""
    with opened(url, to_write=False) as side, side.one_state():
        return {shape.name: prove(shape, side.lines(shape)) for shape in shapes_told(metadata)}


def shapes_told(metadata: MetaData) -> list[Shape]:
    """Each table as head office gets it."""
    found = []
    for table in tables_told(metadata):
        whole, told = shape_of(table), set(columns_told(table))
        kept = [at for at, name in enumerate(whole.columns) if name in told]
        found.append(
            Shape(
                whole.name,
                tuple(whole.columns[at] for at in kept),
                tuple(whole.kinds[at] for at in kept),
                tuple(kept.index(at) for at in whole.key),
            )
        )
    return found
