"""Menus and questions: everything they offer can be seen and touched, on a phone upright and on its side too."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from mes.core.access import Role
from mes.lots.models import Lot
from tests.browser.conftest import Live
from tests.browser.tapping import SIZES, Hand
from tests.factories import make_person
from tests.midday import Midday

pytestmark = pytest.mark.browser
PASSWORD = "rice-cake-2026"
#: Opens each menu that can be seen, scrolls to each thing in it, and names what is not on the screen or lies under
#: something else.
OUT_OF_REACH = """async () => {
  const found = [];
  const seen = (box) => box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
  const menus = [...document.querySelectorAll("details.menu, details.more")].filter((e) => e.checkVisibility());
  for (const menu of menus) {
    menu.querySelector("summary").click();
    await new Promise((done) => setTimeout(done, 50));
    const panel = menu.querySelector(".panel");
    const name = menu.querySelector("summary").innerText.trim();
    if (!seen(panel.getBoundingClientRect())) found.push(`${name}: the menu`);
    for (const one of panel.querySelectorAll("a, button")) {
      one.scrollIntoView({ block: "nearest" });
      const box = one.getBoundingClientRect();
      const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      if (!seen(box) || !(top === one || one.contains(top))) found.push(`${name}: ${one.innerText.trim()}`);
    }
    document.body.click();
  }
  return [menus.length, found];
}"""


@pytest.mark.parametrize("size", list(SIZES))
def test_every_menu_lies_inside_the_screen(chromium: Browser, live: Live, size: str) -> None:
    known = Midday(live.floor).known
    live.shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD, language="ko"))
    hand = Hand(chromium, live, station=None, size=size)
    hand.open("/login")
    assert hand.page.evaluate(OUT_OF_REACH)[1] == []
    hand.page.fill("#login", "boss")
    hand.page.fill("#password", PASSWORD)
    hand.wait(300)
    hand.page.click("form.form button[type=submit]")
    hand.page.wait_for_url(f"{live.address}/")
    hand.page.clock.resume()
    for address in ("/", f"/lots/{known['lot'][0]}", f"/orders/{known['order'][0]}", f"/items/{known['item'][0]}"):
        hand.open(address)
        count, found = hand.page.evaluate(OUT_OF_REACH)
        assert count >= (1 if address == "/" else 2)
        assert found == [], address
    hand.leave()


def test_a_question_is_amber_and_can_be_answered_with_no(chromium: Browser, live: Live) -> None:
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    job = floor.order().jobs[0]
    floor.start(job)
    floor.scan(job, flour)
    floor.report(job, 48)
    hand = Hand(chromium, live)
    hand.sign_in(floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.key("완료")
    question: Any = hand.page.locator(".refusal")
    assert question.get_attribute("data-feedback") == "ask"
    assert hand.page.get_attribute("body", "data-answer") == "ask"
    assert question.locator("button").all_inner_texts() == ["48 EA로 완료", "계속 작업"]
    hand.tap(".refusal button:has-text('계속 작업')")
    assert question.count() == 0
    hand.key("완료")
    hand.tap(".refusal button:has-text('48 EA로 완료')")
    hand.page.wait_for_url("**/station/queue")
    hand.leave()


def test_a_damaged_code_is_typed_on_the_page_of_a_running_job_and_the_list_is_one_touch_away(
    chromium: Browser, live: Live
) -> None:
    floor = live.floor
    [flour] = floor.receive(floor.flour, 200)
    job = floor.order().jobs[0]
    floor.start(job)
    hand = Hand(chromium, live)
    hand.sign_in(floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.tap(".ways button")
    hand.page.fill("dialog[open] input[name=text]", flour.code)
    hand.wait(300)
    hand.tap("dialog[open] [data-send-scan]")
    expect(hand.page.locator(".flash").first).to_contain_text(flour.code)
    with live.shop.read() as read:
        assert read.get_one(Lot, flour.id).on_hand < 200
    hand.tap(".ways a")
    hand.page.wait_for_url("**/station/queue")
    hand.leave()
