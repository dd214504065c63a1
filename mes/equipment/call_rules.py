"""Decisions about calls for help: whom they concern, how far up they have gone, what of them is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from mes.core.access import Role
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.equipment.models import Call, CallKind

CALL_NAMES = {
    CallKind.MATERIAL: N_("Material"),
    CallKind.QUALITY: N_("Quality"),
    CallKind.MACHINE: N_("Machine"),
    CallKind.LEADER: N_("Line leader"),
    CallKind.SAFETY: N_("Safety"),
}


class AlreadyCalled(Refused):
    """One open call of a kind at a work centre: calling twice does not make anybody come faster."""

    message = N_("%(kind)s was already called here at %(since)s.")
    hint = N_("Somebody is on the way. If it is solved, close that call first.")


class CallSolved(Refused):
    """There is nothing left to take or solve."""

    message = N_("This call was already solved, by %(who)s at %(when)s.")
    hint = N_("Call again if help is needed once more.")


class CauseNeeded(Refused):
    """A cause that says nothing."""

    message = N_("The cause of the call is missing.")
    hint = N_("Write in a few words what was the matter.")
    status = 422


class UpsideDown(Refused):
    """A call that would reach the manager before the leader."""

    message = N_("A call reaches the leader first: %(leader)s minutes cannot be more than %(manager)s.")
    hint = N_("Give the manager the longer time, or leave the leader's empty.")
    status = 422


class CallTaken(Refused):
    """Somebody else is on the way."""

    message = N_("%(who)s took this call at %(when)s.")
    hint = N_("Nobody else needs to go.")


class Level(IntEnum):
    """How far up a call has gone."""

    CALLED = 0
    LEADER = 1
    MANAGER = 2


class Limits(NamedTuple):
    """Minutes after which a call goes to the leader (nobody has taken it) and to the manager (it is not solved)."""

    leader: int | None
    manager: int | None


#: Until the plant sets its own.
USUAL = {
    CallKind.MATERIAL: Limits(5, 20),
    CallKind.QUALITY: Limits(5, 20),
    CallKind.MACHINE: Limits(5, 30),
    CallKind.LEADER: Limits(None, 15),
    CallKind.SAFETY: Limits(0, 0),
}
#: Whom a call of a kind is meant for.
MEANT_FOR: Mapping[CallKind, frozenset[Role]] = {
    CallKind.MATERIAL: frozenset({Role.MATERIAL}),
    CallKind.QUALITY: frozenset({Role.QUALITY}),
    CallKind.MACHINE: frozenset({Role.LEADER}),
    CallKind.LEADER: frozenset({Role.LEADER}),
    CallKind.SAFETY: frozenset(Role),
}
GOES_UP = {Level.CALLED: frozenset[Role](), Level.LEADER: frozenset({Role.LEADER}),
           Level.MANAGER: frozenset({Role.LEADER, Role.MANAGER})}  # fmt: skip


def level_of(call: Call, limits: Limits, now: datetime) -> Level:
    """How far up a call has gone; of a solved one, how far it went."""
    untaken = minutes(call.placed_at, call.taken_at or call.solved_at or now)
    unsolved = minutes(call.placed_at, call.solved_at or now)
    if limits.manager is not None and unsolved >= limits.manager:
        return Level.MANAGER
    if limits.leader is not None and untaken >= limits.leader:
        return Level.LEADER
    return Level.CALLED


def minutes(since: datetime, until: datetime) -> int:
    """Whole minutes that have passed; none when the clock was set back meanwhile."""
    return max(0, int((until - since).total_seconds())) // 60


@dataclass(frozen=True)
class Waiting:
    """A call with its age in minutes and how far up it has gone."""

    call: Call
    age: int
    level: Level

    def concerns(self, roles: Collection[Role]) -> bool:
        """Whether somebody of these roles is asked to come: meant from the beginning, or by now."""
        return bool(set(roles) & (MEANT_FOR[self.call.kind] | GOES_UP[self.level]))
