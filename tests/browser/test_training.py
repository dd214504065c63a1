"""An operator practises at the tablet, in a copy of the plant, and comes back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from mes.core.practice import IDLE_MINUTES, MARK
from mes.equipment.models import Call
from mes.orders.models import Job, JobState, Report
from tests.browser.axe import complaints
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.browser.test_for_everybody import TOO_WIDE
from tests.station.floor import PIN

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture
def hand(chromium: Browser, live: Live) -> Iterator[Hand]:
    """Kim's hand at the kettle's tablet; nobody is signed in."""
    somebody = Hand(chromium, live)
    yield somebody
    somebody.leave()


@pytest.fixture
def job(live: Live) -> Job:
    """A job that waits at the kettle."""
    live.floor.receive(live.floor.film, 5000)
    return live.floor.order(100).jobs[0]


def enter(hand: Hand) -> None:
    """From the names of the tablet into training, and in with one's own PIN."""
    hand.open("/station")
    hand.key("연습하기")
    hand.tap("main button:has-text('연습하기')")
    hand.page.wait_for_url("**/training/station")
    hand.tap("a.choice:has-text('김미숙')")
    hand.page.fill("[name=pin]", PIN)
    hand.key("로그인")
    hand.page.wait_for_url("**/training/station/queue")


def test_an_operator_practises_a_job_and_comes_back_to_a_plant_that_knows_nothing_of_it(
    live: Live, hand: Hand, job: Job
) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)
    enter(hand)
    assert "여기서 입력한 것은 기록되지 않습니다" in hand.text
    assert hand.page.title().startswith("훈련 · ")
    hand.tap(f".queue a[href$='{job.code}']")
    hand.key("시작")
    hand.scan(MARK + flour.code)
    assert "쌀가루 50 kg" in hand.text
    hand.key("실적")
    hand.type("30")
    hand.tap("[data-op=send]:visible, .keys button[type=submit]:visible")
    assert "저장했습니다: 양품 30 EA" in hand.text
    hand.key("호출")
    hand.tap("main button:has-text('반장')")
    hand.tap(".training button:has-text('훈련 끝내기')")
    assert hand.page.url == f"{live.address}/station"
    assert "아무것도 기록되지 않았습니다" in hand.text
    with live.shop.read() as read:
        assert read.get_one(Job, job.id).state is JobState.WAITING
        assert read.query(Report).count() == 0
        assert read.query(Call).count() == 0


def test_a_label_of_training_is_refused_at_the_job(live: Live, hand: Hand, job: Job) -> None:
    [flour] = live.floor.receive(live.floor.flour, 200)
    live.floor.start(job)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.scan(MARK + flour.code)
    assert "훈련에서 나온 라벨입니다" in hand.text
    assert hand.page.evaluate("document.querySelector('[data-feedback]').dataset.feedback") == "no"


def test_a_code_of_training_presses_the_same_keys_there(live: Live, hand: Hand, job: Job) -> None:
    enter(hand)
    hand.tap(f".queue a[href$='{job.code}']")
    hand.key("시작")
    hand.key("비가동")
    hand.scan(MARK + "BREAK")
    assert "설비 고장" in hand.text


def test_a_tablet_that_nobody_touches_comes_back_by_itself(live: Live, hand: Hand) -> None:
    enter(hand)
    hand.wait((IDLE_MINUTES - 2) * MINUTE)
    hand.page.evaluate("addEventListener('wheel', () => { document.body.dataset.turned = '1'; })")
    hand.page.mouse.wheel(0, 1)
    hand.page.wait_for_selector("body[data-turned]")  # a wheel's turn comes to the page a while after it was sent
    hand.wait((IDLE_MINUTES - 2) * MINUTE)
    assert hand.page.url.endswith("/training/station/queue")
    with hand.page.expect_navigation(url=f"{live.address}/station"):
        hand.wait(3 * MINUTE)
    assert "아무것도 기록되지 않았습니다" in hand.text
    hand.open("/training/station/queue")
    assert hand.page.url.endswith("/training/station")  # the sign-in of the copy has ended, too


def test_the_copy_keeps_no_worker_and_the_tablet_stays_a_station(chromium: Browser, live: Live) -> None:
    hand = Hand(chromium, live, service_workers="allow")
    enter(hand)
    scopes = "navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => one.scope))"
    assert [scope for scope in hand.page.evaluate(scopes) if "/training" in scope] == []
    hand.tap(".training button:has-text('훈련 끝내기')")
    assert "누가 작업하나요" in hand.text
    hand.leave()


@pytest.mark.parametrize(("size", "theme"), [("tablet", "light"), ("tablet", "dark"), ("phone", "light")])
def test_the_banner_is_readable_on_every_screen(chromium: Browser, live: Live, job: Job, size: str, theme: str) -> None:
    hand = Hand(chromium, live, size=size, color_scheme=theme)
    enter(hand)
    for address in (
        "/training/station/queue",
        f"/training/station/jobs/{job.code}",
        "/training/station/screen",
        "/practice",
    ):
        hand.open(address)
        assert complaints(hand.page) + hand.page.evaluate(TOO_WIDE) == [], address
    hand.leave()
