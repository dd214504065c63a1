"""One's own screen in a real browser: big letters, the left hand, the voice, and lines that break between words."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from mes.core.access import Actor
from mes.core.work import Work
from mes.orders.models import Job
from mes.people.comfort import set_comfort
from tests.browser.axe import complaints
from tests.browser.conftest import Live
from tests.browser.tapping import Hand, becomes

pytestmark = pytest.mark.browser
#: Where the lines of a text end, and where its words do, by the browser's dictionary.
LINES = """(box) => {
  const language = document.documentElement.lang;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), torn = [];
  let lines = 1;
  const words = new Intl.Segmenter(language, { granularity: "word" });
  for (let node; (node = walker.nextNode());) {
    const ends = new Set([0, ...[...words.segment(node.data)].map((word) => word.index + word.segment.length)]);
    let before;
    for (let at = 0; at < node.data.length; at++) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const rect = [...range.getClientRects()].at(-1);
      if (!rect || !rect.width) continue;
      if (before !== undefined && rect.top > before + 8) {
        lines++;
        if (!ends.has(at)) torn.push(node.data.slice(0, at) + "|" + node.data.slice(at));
      }
      before = rect.top;
    }
  }
  return [lines, torn];
}"""


@pytest.fixture
def job(live: Live) -> Job:
    """A job that runs."""
    running = live.floor.order().jobs[0]
    live.floor.start(running)
    return running


def prefer(live: Live, **settings: str) -> None:
    kim = live.floor.kim
    for setting, choice in settings.items():

        def choose(work: Work, setting: str = setting, choice: str = choice) -> object:
            return set_comfort(work, setting, choice)

        live.shop.do(choose, actor=Actor(kim.name, kim.role_set, kim.id))


@pytest.mark.parametrize("language", ["th", "km", "my"])
def test_lines_break_between_words_and_the_letters_are_there(chromium: Browser, live: Live, language: str) -> None:
    prefer(live, language=language)
    hand = Hand(chromium, live, size="phone")
    hand.sign_in(live.floor.kim)
    hand.open("/station/screen")
    becomes(hand.page, "document.fonts.status === 'loaded'")
    words = hand.page.locator("main p.soft").first
    words.evaluate("(words) => { words.style.maxWidth = '11rem'; }")
    lines, torn = words.evaluate(LINES)
    assert lines > 1  # else nothing was tried
    assert torn == []
    held: list[Any] = hand.page.evaluate(
        "[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.unicodeRange)"
    )
    local = hand.page.evaluate("document.fonts.check('18px Floor', document.querySelector('h1').textContent)")
    assert held or local
    hand.leave()
    assert hand.complaints == []


def test_korean_words_stay_whole_and_chinese_breaks_anywhere(chromium: Browser, live: Live) -> None:
    for language, rule in (("ko", "keep-all"), ("zh", "normal")):
        prefer(live, language=language)
        hand = Hand(chromium, live, size="phone")
        hand.sign_in(live.floor.kim)
        hand.open("/station/screen")
        assert hand.page.evaluate("getComputedStyle(document.body).wordBreak") == rule
        hand.leave()


def test_two_touches_from_the_job_to_ones_own_screen_and_one_more_sets_it(
    chromium: Browser, live: Live, job: Job
) -> None:
    hand = Hand(chromium, live)
    hand.sign_in(live.floor.kim)
    hand.open(f"/station/jobs/{job.code}")
    hand.tap("header button.who")
    hand.tap("dialog[open] a:has-text('내 화면')")
    assert hand.taps == 2
    hand.tap("button[value=huge]")
    assert hand.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
    hand.tap("form:has([value=language]) button[value=vi]")
    assert hand.page.locator("h1").inner_text() == "Màn hình của tôi"
    assert hand.page.locator(".flash").inner_text().startswith("Đã đặt màn hình của bạn.")
    hand.leave()


def test_it_is_set_by_the_keyboard_alone(chromium: Browser, live: Live) -> None:
    hand = Hand(chromium, live)
    hand.sign_in(live.floor.kim)
    hand.open("/station/screen")
    for _ in range(40):
        hand.page.wait_for_timeout(60)  # faster than that is a scanner
        hand.page.keyboard.press("Tab")
        if hand.page.evaluate("document.activeElement.value") == "left":
            break
    hand.page.wait_for_timeout(300)
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")
    assert hand.page.get_attribute("html", "data-comfort") == "left"
    hand.leave()


@pytest.mark.parametrize("size", ["tablet", "upright", "phone", "phone on its side"])
def test_very_big_letters_and_the_left_hand_fit_every_screen(
    chromium: Browser, live: Live, job: Job, size: str
) -> None:
    prefer(live, text="huge", hand="left", theme="dark", motion="calm")
    hand = Hand(chromium, live, size=size)
    hand.sign_in(live.floor.kim)
    at = f"/station/jobs/{job.code}"
    for address in ("/station/queue", at, f"{at}/report", f"{at}/defect", "/station/screen", "/station/call"):
        hand.open(address)
        assert hand.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        seen = hand.page.evaluate(
            "[...document.querySelectorAll('.keys .key')].every((key) => { const box = key.getBoundingClientRect();"
            " return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight && box.height >= 56; })"
        )
        assert seen, address
        assert complaints(hand.page) == [], address
    hand.leave()


def test_the_main_key_lies_at_the_chosen_hand(chromium: Browser, live: Live, job: Job) -> None:
    sides = []
    for side in ("", "left"):
        prefer(live, hand=side)
        hand = Hand(chromium, live)
        hand.sign_in(live.floor.kim)
        hand.open(f"/station/jobs/{job.code}/report")
        pad, good = (hand.page.locator(one).first.bounding_box() for one in ("[data-pad]", ".count"))
        assert pad
        assert good
        sides.append(pad["x"] < good["x"])
        digits = hand.page.locator("[data-digit]").all_inner_texts()
        assert digits[:3] == ["7", "8", "9"]
        left = [hand.page.locator(f"[data-digit='{one}']").bounding_box() for one in "789"]
        assert [one["x"] for one in left if one] == sorted(one["x"] for one in left if one)
        hand.leave()
    assert sides == [False, True]


def test_results_are_read_aloud_in_the_readers_language_only_when_wanted(chromium: Browser, live: Live) -> None:
    for wanted, heard in (("", []), ("speak", [["ko-KR", "화면을 설정했습니다."]])):
        prefer(live, speech=wanted)
        hand = Hand(chromium, live)
        hand.page.add_init_script(
            "window.spoken = []; SpeechSynthesis.prototype.speak = (words) => spoken.push([words.lang, words.text]);"
        )
        hand.sign_in(live.floor.kim)
        hand.open("/station/screen")
        hand.tap("form:has([value=motion]) button[value=calm]")
        hand.page.wait_for_timeout(500)
        assert hand.page.evaluate("spoken") == heard
        hand.leave()
