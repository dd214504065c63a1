"""When a tablet that nobody touches locks itself, by the roles of who is signed in."""

from collections.abc import Iterable, Mapping

from mes.core.access import Role

#: Idle minutes that make sense; 0 never locks.
MOST_MINUTES = 480


def read_locks(text: str) -> dict[Role, int]:
    """The plant's setting ("operator=20 leader=5") as minutes by role; every role is named, 0 where it never locks."""
    told = dict(part.split("=", 1) for part in text.split() if "=" in part)
    return {role: int(told.get(role.value, "0")) for role in Role}


def write_locks(minutes: Mapping[Role, int]) -> str:
    """The same as it is kept: only the roles that lock."""
    return " ".join(f"{role.value}={minutes[role]}" for role in Role if minutes.get(role))


def lock_minutes(text: str, roles: Iterable[Role]) -> int:
    """After how many idle minutes it locks for somebody with these roles: the strictest counts. 0: never."""
    locks = read_locks(text)
    return min((locks[role] for role in roles if locks[role]), default=0)
