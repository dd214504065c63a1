"""Backups by midday: the one of the night, opened on trial since, and a stick that is in somebody's drawer."""

from datetime import timedelta

from mes.core.work import Work
from mes.keeping import service
from tests.conftest import Shop
from tests.midday.measured import Known


def keep_copies(shop: Shop) -> Known:
    """What the page of backups has to tell."""

    def deed(work: Work) -> Known:
        here, stick = service.the_folder_here(work), service.add_place(work, "/mnt/stick", 7)
        night, name = work.now - timedelta(hours=7), "mes-20260105-023000.zip"
        copy = service.note_good(
            work, here.id, as_of=night, file=name, size=1_240_000, sha256="0" * 64, person=None
        )  # fmt: skip
        service.note_trial(work, copy.id, well=True, said="로트 12개, 작업지시 3개. 모든 기록이 맞습니다.")
        service.note_failed(
            work, stick.id, as_of=night, file=name, person=None, why="/mnt/stick 폴더가 없습니다. 디스크를 꽂으세요."
        )  # fmt: skip
        return {"copy": [copy.id], "place for copies": [stick.id]}

    return shop.do(deed)
