"""The sample factory of ``mes demo``: made through the same services as a real plant's, and thrown away at the end."""

from datetime import datetime

from mes.core.access import SYSTEM, Role
from mes.core.db import Database
from mes.core.work import Work, act
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN
from mes.people.service import add_person, set_up_plant

#: Sample factories by the name of their folder in ``sample_data/``, with the plant's name.
PLANTS = {"food": "가나다식품", "machinery": "가나다농기계"}
#: One person for each role: login, name, name in English, role.
CAST = (
    ("operator", "김미숙", "Kim Misuk", Role.OPERATOR),
    ("leader", "박정호", "Park Jeongho", Role.LEADER),
    ("quality", "이수진", "Lee Sujin", Role.QUALITY),
    ("material", "최영수", "Choi Yeongsu", Role.MATERIAL),
    ("manager", "정현우", "Jeong Hyeonu", Role.MANAGER),
    ("admin", "한지민", "Han Jimin", Role.ADMIN),
)


def build(database: Database, name: str, now: datetime) -> None:
    """Fill an empty, migrated database with a sample factory as it stands at ``now``."""

    def do(deed: object) -> None:
        act(database, SYSTEM, deed, source="demo", now=now)  # type: ignore[arg-type]

    do(lambda work: set_up_plant(work, name=PLANTS[name]))
    do(_hire)


def _hire(work: Work) -> None:
    for login, name, name_en, role in CAST:
        add_person(
            work, code=login.upper(), name=name, name_en=name_en, roles=[role], login=login,
            password=SAMPLE_PASSWORD, pin=SAMPLE_PIN,
        )  # fmt: skip
