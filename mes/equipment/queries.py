"""Reads about equipment."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mes.equipment.models import Station


def find_station(session: Session, device_hash: str) -> Station | None:
    """The station whose tablet holds this device token."""
    query = select(Station).options(joinedload(Station.work_centre))
    return session.scalar(query.where(Station.device_hash == device_hash, Station.active))
