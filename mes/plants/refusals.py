"""What a plant and its head office say no to."""

from mes.core.errors import Refused
from mes.core.i18n import N_


class NoServer(Refused):
    """An embedded database tells nobody."""

    message = N_("This plant is in an embedded database; only a PostgreSQL server can be followed.")
    hint = N_("Move it first: mes move-database URL")


class ServerTooOld(Refused):
    """A server that cannot keep columns back."""

    message = N_("The database server is PostgreSQL %(found)s; 15 or newer is needed.")
    hint = N_("Move the plant to a newer server: mes move-database URL")


class NotLogical(Refused):
    """The server does not write down what others need."""

    message = N_("The database server does not write what a head office needs (wal_level is %(found)s).")
    hint = N_("Set wal_level = logical in postgresql.conf and start the server again.")


class TooFewPlaces(Refused):
    """More would follow than the server lets."""

    message = N_("The database server has no room left for following: %(setting)s is %(found)s, %(wanted)s is needed.")
    hint = N_("Set it in postgresql.conf and start the server again.")


class NoMark(Refused):
    """Codes of this plant could be those of another one."""

    message = N_("This plant has no mark yet: its codes could be those of another plant.")
    hint = N_("Give it one first: mes plants mark LETTERS")


class BadRole(Refused):
    """A name that PostgreSQL would not take as it stands."""

    message = N_("%(role)s is no name of a role: use small letters, digits and underscores.")
    hint = N_("Choose a name such as head_office.")


class RoleMissing(Refused):
    """Nobody is there who may be let in."""

    message = N_("The database server has no role %(role)s.")
    hint = N_("Make it as a superuser: CREATE ROLE %(role)s REPLICATION LOGIN PASSWORD '...'")


class StillFollowed(Refused):
    """What is kept for a head office is not thrown away while it is fetching it."""

    message = N_("Head office is connected to this plant.")
    hint = N_("Give there first: mes plants leave MARK")


class NotFollowed(Refused):
    """No copy of it is here."""

    message = N_("Head office follows no plant with the mark %(mark)s.")
    hint = N_("Those that are followed are listed by: mes plants status")
    status = 404


class FollowedAlready(Refused):
    """There is one of that mark."""

    message = N_("A plant with the mark %(mark)s is followed already.")
    hint = N_("To fetch its copy anew: mes plants follow URL --again")


class OtherTables(Refused):
    """The plant has tables of another version."""

    message = N_("The plant's tables are at %(there)s, this program's at %(here)s.")
    hint = N_("Bring both to the same version, then follow it.")


class NotTold(Refused):
    """The plant has not said that head office may follow it."""

    message = N_("The plant tells no head office.")
    hint = N_("Give there first: mes plants publish --role ROLE")


class PlantAway(Refused):
    """Head office's server could not reach the plant's."""

    message = N_("The plant's database server cannot be reached: %(why)s.")
    hint = N_("Check address, name and password, and that pg_hba.conf of the plant lets head office in.")


class NoBoss(Refused):
    """Head office's role may not subscribe."""

    message = N_("The role of head office's database is no superuser: PostgreSQL lets nobody else follow a plant.")
    hint = N_("Give head office a database server of its own, and there: ALTER ROLE %(role)s SUPERUSER")
