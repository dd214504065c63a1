"""One shift at the tablets: sign in, start, scan, report, the lot, undo, finish."""

from decimal import Decimal

from tests.conftest import Shop
from tests.station.floor import Floor, Tablet, words

D = Decimal


def test_a_badge_scan_signs_in_and_shows_the_queue(floor: Floor, tablet: Tablet) -> None:
    order = floor.order()
    seen = words(tablet.badge(floor.kim).text)
    assert "김미숙" in seen
    assert order.code in seen


def test_a_job_is_started_fed_and_reported(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    [flour] = floor.receive(floor.flour, 60)
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    assert tablet.press(f"/station/jobs/{job.code}/start", machine="KT-2").status_code == 200
    answer = tablet.scan(flour.code, job.code)
    assert answer.status_code == 200, words(answer.text)
    assert flour.code in words(answer.text)
    assert floor.lot(flour).on_hand == 10
    answer = tablet.press(f"/station/jobs/{job.code}/report", good="40", **{"defect-TORN": "2"})
    assert answer.status_code == 200, words(answer.text)
    now = floor.see_job(job)
    assert (now.good, now.defective, now.machine_id) == (D(40), D(2), floor.machine.id)
