"""A tablet that kept what was entered without a connection, and sends it afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.station.floor import Floor, Tablet


class Keeper(Tablet):
    """A tablet with its outbox: what was made earlier is sent in its order, with the tablet's own time."""

    def __init__(self, app: Flask, floor: Floor, station: str = "T1") -> None:
        super().__init__(app, floor, station)
        self.sequence = 0
        self.headers: dict[str, str] = {}
        #: Minutes by which its clock is ahead of the server's.
        self.ahead = 0.0

    def hear(self) -> None:
        """What a page says to the tablet: who is signed in, and the time."""
        said = self.client.get("/station/queue").headers
        self.headers = {"X-Entry-Ticket": said["X-Station-Ticket"], "X-Entry-Contact": said["X-Station-Contact"]}

    def late(
        self,
        address: str,
        made: datetime,
        once: str | None = None,
        told: Mapping[str, str] | None = None,
        **values: Any,
    ) -> TestResponse:
        """An entry that was made at some moment and arrives now; ``told``: what else the tablet says of it."""
        self.sequence += 1
        key = once or f"late-entry-{self.sequence:05d}"
        ahead = timedelta(minutes=self.ahead)
        sent = {
            "X-Entry": key,
            "X-Entry-Late": "1",
            "X-Entry-Sequence": str(self.sequence),
            "X-Entry-Made": _ms(made + ahead),
            "X-Entry-Sent": _ms(self.floor.shop.now + ahead),
            **(told or {}),
        }
        return self.client.post(address, data={"once": key, **values}, headers=self.headers | sent)


def _ms(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))
