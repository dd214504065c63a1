"""The bakery with tablets: stations, machines, PINs, defect codes, stop reasons, and browsers that hold a station."""

import re
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mes.core.access import Actor, Role
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.work import Work
from mes.equipment.models import Station
from mes.equipment.service import add_machine, add_station, add_stop_reason, pair_station
from mes.equipment.views import COOKIE
from mes.inspection.models import InspectionKind
from mes.inspection.service import CharacteristicData
from mes.items.models import Tracking
from mes.items.service import change_item
from mes.orders.models import Job
from mes.people.models import Person
from mes.people.service import add_person
from mes.quality.service import add_defect_code, report_production
from tests.factories import make_released_standard
from tests.orders.bakery import Bakery

D = Decimal
PIN = "246802"


class Floor(Bakery):
    """Two stations, one at the kettle and one at packing; Kim works, Park leads, Lee inspects."""

    def _built(self, cake_tracking: Tracking) -> dict[str, object]:
        super()._built(cake_tracking)
        self.shop.do(self._equip)
        return vars(self)

    def _equip(self, work: Work) -> None:
        self.tokens = {}
        for code, name, centre in (("T1", "증숙 단말", self.kettle), ("T2", "포장 단말", self.packing)):
            add_station(work, code=code, name=name, work_centre_id=centre.id)
            self.tokens[code] = pair_station(work, code)
        add_machine(work, code="KT-1", name="솥 1호기", name_en="Kettle 1", work_centre_id=self.kettle.id)
        self.machine = add_machine(
            work, code="KT-2", name="솥 2호기", name_en="Kettle 2", work_centre_id=self.kettle.id
        )
        for code, name, english in (
            ("TORN", "찢김", "Torn"),
            ("FOREIGN", "이물", "Foreign body"),
            ("LIGHT", "중량 미달", "Underweight"),
            ("COLOUR", "변색", "Discoloured"),
            ("SEAL", "포장 불량", "Bad seal"),
        ):
            add_defect_code(work, code=code, name=name, name_en=english)
        for code, name, english, planned in (
            ("BREAK", "설비 고장", "Breakdown", False),
            ("CHANGE", "품목 교체", "Changeover", True),
            ("NOMAT", "자재 없음", "No material", False),
            ("CLEAN", "청소", "Cleaning", True),
            ("MEAL", "식사", "Meal", True),
            ("WAIT", "검사 대기", "Waiting for inspection", False),
        ):
            add_stop_reason(work, code=code, name=name, name_en=english, planned=planned)
        self.kim = self._hire(work, "KIM", "김미숙", Role.OPERATOR)
        self.nguyen = self._hire(work, "NGU", "응우옌 반 안", Role.OPERATOR, "Nguyễn Văn An", "en")
        self.park = self._hire(work, "PARK", "박정호", Role.LEADER)
        self.lee = self._hire(work, "LEE", "이수진", Role.QUALITY)
        change_item(work, "CAKE", box_quantity=D(20), name_en="Rice cake sticks")
        change_item(work, "RF", name_en="Rice flour")
        wanted = [
            CharacteristicData(name=name, name_en=english, unit=unit, lower=D(low) if low else None, upper=D(high))
            for name, english, unit, low, high in (
                ("중심 온도", "Core temperature", "℃", "85", "99"),
                ("굵기", "Thickness", "mm", "28", "32"),
                ("수분", "Moisture", "%", None, "45"),
            )
        ]
        make_released_standard(work, self.cake, *wanted, kind=InspectionKind.FIRST)

    def _hire(
        self, work: Work, code: str, name: str, role: Role, english: str | None = None, language: str = "ko"
    ) -> Person:
        return add_person(
            work, code=code, name=name, roles=[role], name_en=english, language=language, pin=PIN,
            login=code.lower(), password="try-the-factory" if code == "PARK" else None,
        )  # fmt: skip

    def inspect_first_pieces(self, job: Job) -> None:
        """The first piece of this job must pass before anything is reported."""
        self.shop.do(lambda work: setattr(work.session.get_one(Job, job.id), "inspected", True))

    def report(self, job: Job, good: int) -> None:
        """Kim reports good pieces."""
        kim = Actor(self.kim.name, self.kim.role_set, self.kim.id)
        self.shop.do(lambda work: report_production(work, job.code, good=D(good)), actor=kim)

    def station(self, code: str) -> Station:
        """A station as it is recorded."""
        with self.shop.read() as read:
            return read.query(Station).filter_by(code=code).one()


class Tablet:
    """A browser that holds a station: touches keys and scans as a person would, without the screen."""

    def __init__(self, app: Flask, floor: Floor, station: str | None = "T1") -> None:
        self.client: FlaskClient = app.test_client()
        self.floor = floor
        self.presses = 0
        if station:
            self.client.set_cookie(COOKIE, floor.tokens[station])

    def open(self, address: str) -> str:
        """A page that must be there."""
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    def press(self, address: str, once: str | None = None, **values: Any) -> TestResponse:
        """A key that sends something."""
        self.presses += 1
        key = once or f"press-{self.presses:05d}-{id(self)}"
        return self.client.post(address, data={"once": key, **values}, follow_redirects=True)

    def scan(self, text: str, job: str | None = None, **values: Any) -> TestResponse:
        """One scan on the queue or on a job's page."""
        return self.press("/station/scan", text=text, **(values | ({"job": job} if job else {})))

    def badge(self, person: Person, job: str | None = None) -> TestResponse:
        """Somebody scans a badge."""
        return self.scan(person.badge, job)


def words(page: str) -> str:
    """What a person reads on a page, without the markup."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", page)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def says(answer: TestResponse, refused: Refused) -> bool:
    """Whether a page shows exactly this refusal, in Korean."""
    with speaking("ko", "Asia/Seoul"):
        return answer.status_code == refused.status and refused.sentence in words(answer.text)
