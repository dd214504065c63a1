"""Who measures what at a station."""

from flask import Flask

from mes.inspection.models import InspectionKind
from mes.inspection.service import open_inspection
from mes.station.inspect_views import InspectorsOnly
from tests.conftest import Shop
from tests.station.floor import Floor, Tablet, says


def test_an_operator_looks_at_an_inspection_and_leaves_it_to_quality(app: Flask, floor: Floor, shop: Shop) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    refused = tablet.client.get(f"/station/jobs/{job.code}/inspect/first")
    assert says(refused, InspectorsOnly(kind="초물검사"))
    assert refused.status_code == 403
    begun = shop.do(lambda work: open_inspection(work, kind=InspectionKind.FIRST, job_code=job.code))
    assert "반장이 측정합니다" in tablet.open(f"/station/inspections/{begun.code}")
    assert tablet.press(f"/station/inspections/{begun.code}/close").status_code == 403


def test_an_inspector_measures_at_a_desk_too(app: Flask, floor: Floor, shop: Shop) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    begun = shop.do(lambda work: open_inspection(work, kind=InspectionKind.FIRST, job_code=job.code))
    tablet = Tablet(app, floor)
    tablet.badge(floor.lee)
    assert "중심 온도" in tablet.open(f"/station/inspections/{begun.code}")


def test_numbers_of_thousands_of_digits_are_refused_like_any_that_are_none(
    app: Flask, floor: Floor, shop: Shop
) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    begun = shop.do(lambda work: open_inspection(work, kind=InspectionKind.FIRST, job_code=job.code))
    tablet, digits = Tablet(app, floor), "9" * 5000
    tablet.badge(floor.lee)
    here = f"/station/inspections/{begun.code}"
    assert "중심 온도" in tablet.open(f"{here}?at={digits}-1")
    for place, values in (
        ("readings", {"at": f"{digits}-{digits}", "value": "90"}),
        ("readings", {"at": "1-1", "choice": digits}),
        ("rest", {"characteristic": digits, "choice": digits}),
        ("correct/1", {"choice": digits, "reason": "x"}),
    ):
        answer = tablet.press(f"{here}/{place}", **values)
        assert 400 <= answer.status_code < 500, (place, answer.status_code)
