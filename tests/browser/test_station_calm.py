"""On a phone the job stays in the first view, however much there is to say beside it."""

import pytest
from playwright.sync_api import Browser, expect

from mes.core.work import Work
from mes.equipment.calls import call_for
from mes.equipment.models import CallKind
from mes.equipment.queries import get_station
from mes.equipment.service import start_downtime
from mes.leader.service import send_message
from mes.orders.models import Job
from tests.browser.conftest import Live
from tests.browser.tapping import Hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def much_to_say(live: Live, job: Job) -> None:
    """A message, a stop, and a call."""

    def say(work: Work) -> None:
        kettle = live.floor.kettle.id
        send_message(work, [get_station(work.session, "T1").id], "2시에 회의")
        start_downtime(work, work_centre_id=kettle, job_id=job.id)
        call_for(work, kind=CallKind.MATERIAL, work_centre_id=kettle, job_id=job.id)

    live.shop.do(say)


@pytest.mark.parametrize("size", ["phone", "tablet"])
def test_the_most_urgent_stands_in_full_and_the_rest_is_one_line_that_opens_it(
    chromium: Browser, live: Live, job: Job, size: str
) -> None:
    live.floor.start(job)
    much_to_say(live, job)
    hand = Hand(chromium, live, size=size)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    rest, said = hand.page.locator("main .rest"), hand.page.locator("main .banner:visible")
    if size == "tablet":
        expect(hand.page.locator("main .banner.is-person").first).to_be_visible()
        assert rest.count() == 0
        assert said.count() > 3
    else:
        expect(said).to_have_count(1)
        expect(said).to_contain_text("재가동")  # what stands still goes before a message and a call
        more = hand.page.locator("main [data-rest]").count()
        expect(rest).to_contain_text(str(more))
        below = hand.page.locator(".count-line .done").evaluate("one => one.getBoundingClientRect().bottom")
        assert below < hand.page.locator("nav.keys").evaluate("one => one.getBoundingClientRect().top")
        rest.click()
        assert said.count() > 3
        rest.click()
        expect(said).to_have_count(1)
    hand.leave()
