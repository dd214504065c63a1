"""A lot is labelled anew while its old label is still about, also at a tablet without a connection."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from mes.core.work import Work
from mes.lots.sample_queries import lot_of
from mes.lots.sampling import retain_sample
from mes.orders.models import Job
from mes.scan.relabelling import label_anew
from tests.browser.conftest import Live
from tests.browser.gaps import Gap, pages
from tests.orders.bakery import TODAY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def anew(live: Live, code: str, new: str) -> None:
    """Somebody at a desk gives a lot another code."""

    def deed(work: Work) -> None:
        label_anew(work, code, new, "라벨 번짐")

    live.shop.do(deed)


def at_the_job(live: Live, gap: Gap, job: Job) -> None:
    """Kim at the running job that nothing was taken for, everything kept; the network is cut."""
    live.floor.start(job)
    gap.sign_in(live.floor.kim)
    gap.keep(*pages(job))
    gap.cut()
    gap.open(f"/station/jobs/{job.code}")


def test_a_tablet_without_a_connection_takes_a_lot_by_its_old_label(live: Live, gap: Gap, job: Job) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)
    anew(live, flour.code, "CUST-7")
    at_the_job(live, gap, job)
    gap.scan(flour.code)
    expect(gap.page.locator(".flash")).to_contain_text("CUST-7")
    assert "옛 라벨을 떼세요" in gap.page.inner_text("#flashes")
    gap.mend()
    assert live.floor.lot(flour).on_hand < 200


def test_what_was_scanned_before_the_lot_was_labelled_anew_is_recorded(live: Live, gap: Gap, job: Job) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)
    at_the_job(live, gap, job)
    gap.scan(flour.code)
    anew(live, flour.code, "CUST-8")  # while the tablet has it in its outbox under the old code
    gap.mend()
    assert live.floor.lot(flour).on_hand < 200


def test_a_sample_is_refused_by_a_tablet_with_and_without_a_connection(live: Live, gap: Gap, job: Job) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)

    def keep(work: Work) -> str:
        return lot_of(work.session, retain_sample(work, flour.code, Decimal(5), keep_until=TODAY)).code

    sample = live.shop.do(keep)
    at_the_job(live, gap, job)
    gap.count_by_scan(sample)
    expect(gap.page.locator("#flashes .refusal")).to_contain_text("보관품")
    assert gap.waiting() == []
