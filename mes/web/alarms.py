"""What those who run the plant should know of its database servers, in sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mes.core.i18n import _, stamp

if TYPE_CHECKING:
    from mes.core.standing import Standing

#: A standby that is more seconds behind is told of.
FAR_BEHIND = 60


def alarms(standing: "Standing") -> Iterator[str]:
    """Servers that are away, old or behind, and that nobody confirms what is recorded; nothing while all is well."""
    if standing.primary is None:
        yield _(
            "No database server accepts what is recorded. Start the one that was written to last, or promote its "
            "standby."
        )
    for one in standing.seen:
        if one.role == "old":
            yield _(
                "The database server %(where)s accepts writes, but another one has taken over from it. Nothing is "
                "written there. Switch it off, and make it a standby before it comes back.", where=one.name,
            )  # fmt: skip
        elif one.role == "away" and standing.primary is not None:
            yield _("The database server %(where)s is not there (%(why)s). See whether it runs and can be reached.",
                    where=one.name, why=one.why)  # fmt: skip
        elif one.behind is not None and one.behind > FAR_BEHIND:
            yield _(
                "The database server %(where)s is %(seconds)s seconds behind. Look at its load, its disk and the "
                "network on the way to it.", where=one.name, seconds=str(int(one.behind)),
            )  # fmt: skip
    if standing.alone_since is not None:
        yield _(
            "Since %(when)s no second database server confirms what is recorded: it is on one server only. Mend the "
            "standby, and do not promote it before this has ended.",
            when=stamp(standing.alone_since),
        )
    elif standing.primary is not None and len(standing.seen) > 1 and not standing.awaited:
        yield _(
            "No second database server is awaited: what is recorded last would be lost with the first one. Name it in "
            "synchronous_standby_names."
        )
