"""Training: a copy of the plant in which people practise, and of which nothing reaches the plant."""

import json
import re
from collections import namedtuple
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from mes.core import schema
from mes.core.access import Role
from mes.core.commands import COMMANDS
from mes.core.i18n import speaking
from mes.core.practice import ACROSS, IDLE_MINUTES, MARK, FromTraining, NotPractised, in_training, printed
from mes.core.qr import encode
from mes.equipment.service import add_station, pair_station
from mes.equipment.views import COOKIE
from mes.lots.models import Lot
from mes.orders.models import Job, JobState, Report
from mes.people.models import ApiToken, SignIn
from mes.people.plant import add_token, change_plant
from mes.printing import rules
from mes.printing.models import Printer, PrinterKind, PrinterLanguage, PrintJob
from mes.printing.printers import add_printer
from mes.web import training_copy
from mes.web.training_copy import OLD_DAYS, CopyFailed, NoRoomToPractise, find_copy
from mes.web.training_views import OthersPractise, OthersStillPractise, TrainingOff
from tests.conftest import Shop
from tests.desk import Desk
from tests.midday import Midday
from tests.midday.addresses import address, pages
from tests.people.test_second_factor import GOOD, Boss
from tests.station.floor import PIN, Floor, Tablet, says, words
from tests.web.practised import Copied, Trainee

D = Decimal


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)


@pytest.fixture
def copied(app: Flask, floor: Floor, shop: Shop) -> Copied:
    """The bakery, of which no copy was made yet."""
    return Copied(app, shop)


@pytest.fixture
def job(floor: Floor) -> Job:
    """A job that waits at the kettle, with flour in the store."""
    floor.receive(floor.film, 5000)
    floor.receive(floor.flour, 200)
    return floor.order(100).jobs[0]


def flour_of(floor: Floor) -> Lot:
    with floor.shop.read() as read:
        return read.query(Lot).filter_by(item_id=floor.flour.id).first() or Lot()


# Nothing reaches the plant


def test_a_job_that_is_practised_leaves_every_table_of_the_plant_as_it_was(
    app: Flask, floor: Floor, copied: Copied, job: Job
) -> None:
    flour = flour_of(floor)
    copy = copied.make()
    before, began = copied.rows(), copied.rows(copy)
    trainee = Trainee(app, floor)
    trainee.press(f"/station/people/{floor.kim.code}", pin=PIN)
    trainee.press(f"/station/jobs/{job.code}/start", machine="KT-1")
    trainee.scan(flour.code, job.code)
    reported = trainee.press(f"/station/jobs/{job.code}/report", good="30", **{"defect-TORN": "2"})
    assert "양품 30" in words(reported.text)
    trainee.press(f"/station/jobs/{job.code}/defect", code="TORN", quantity="1")
    trainee.press("/station/call", kind="material", job=job.code)
    trainee.press("/station/stop", reason="BREAK", job=job.code)
    trainee.press("/station/screen", setting="text", choice="big")
    trainee.press("/station/people/KIM", pin="111111")
    trainee.press("/pulse", app="1", mark="")
    assert copied.rows() == before
    done = copied.rows(copy)
    changed = {name for name in done if done[name] != began[name]}
    acts = {"jobs", "movements", "production_reports", "defects", "calls", "downtimes", "events", "persons", "sign_ins"}
    assert acts <= changed
    with copied.shop.read() as read:
        assert read.get_one(Job, job.id).state is JobState.WAITING
        assert read.query(Report).count() == 0


def test_an_office_that_practises_changes_nothing_either(app: Flask, floor: Floor, copied: Copied, shop: Shop) -> None:
    copied.make()
    before = copied.rows()
    client = app.test_client()
    sent = {"login": "park", "password": "try-the-factory", "once": "practised-login"}
    assert client.post("/training/login", data=sent).location == "/training/"
    made = {"code": "NEW", "name": "새 품목", "kind": "raw", "unit": "kg", "tracking": "lot", "once": "practised-item"}
    client.post("/training/new/item", data=made)
    client.post("/training/lots/receive", data={"item": "RF", "quantity": "5", "once": "practised-lot"})
    client.post("/training/language", data={"language": "en", "once": "practised-tongue"})
    assert copied.rows() == before


def test_the_copy_is_the_plant_as_it_is_now_without_what_opens_it(copied: Copied, shop: Shop, floor: Floor) -> None:
    shop.do(lambda work: add_token(work, "ERP", Role.MANAGER))
    shop.do(
        lambda work: add_printer(
            work, code="P1", name="라벨", kind=PrinterKind.TCP, address="192.0.2.7", language=PrinterLanguage.ZPL
        )
    )
    copy = copied.make()
    mine, theirs = copied.rows(copy), copied.rows()
    differ = {name for name in mine if mine[name] != theirs[name]}
    assert differ <= {"sign_ins", "api_tokens", "one_time_keys", "printers", "device_contacts", "unknown_logins"}
    assert mine["lots"] == theirs["lots"]
    assert mine["events"] == theirs["events"]
    with copy.extensions["mes"].database.read() as read:
        assert read.query(SignIn).count() == 0
        assert read.query(ApiToken).count() == 0
        assert [one.active for one in read.query(Printer)] == [False]


def test_who_has_a_second_factor_signs_in_to_the_copy_with_it_too(app: Flask, floor: Floor, copied: Copied) -> None:
    boss = Boss(app, floor.shop, Role.LEADER)
    boss.set_up()
    copied.make()
    floor.shop.later(minutes=1)
    half = boss.press("/training/login", boss.browser(), login="boss", password=GOOD)
    assert half.location == "/training/login/code"
    client = boss.browser()
    boss.press("/training/login", client, login="boss", password=GOOD)
    assert client.get("/training/orders").location == "/training/login"
    assert boss.press("/training/login/code", client, second="000000").status_code == 401
    assert boss.press("/training/login/code", client, second=boss.code()).location == "/training/"


def test_the_plant_and_its_copy_sign_in_apart(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    trainee = Trainee(app, floor)
    trainee.press("/station/people/KIM", pin=PIN)
    assert "김미숙" in trainee.open("/station/queue")
    assert trainee.client.get("/station/queue").location == "/station"  # nobody is signed in to the plant
    token = trainee.client.get_cookie("training")
    assert token is not None
    thief = app.test_client()
    thief.set_cookie("session", token.value)
    thief.set_cookie(COOKIE, floor.tokens["T1"])
    assert thief.get("/station/queue").location == "/station"


# Papers, labels and codes


def test_who_left_a_desk_of_training_alone_goes_on_in_training(
    app: Flask, floor: Floor, copied: Copied, shop: Shop
) -> None:
    copied.make()
    client = app.test_client()
    sent = {"login": "park", "password": "try-the-factory"}
    client.post("/training/login", data={**sent, "once": "practised-login"})
    shop.later(minutes=61)
    asked = client.get("/training/orders?state=open")
    assert asked.location == "/training/login/again?next=/training/orders?state%3Dopen"
    assert client.post(asked.location, data={**sent, "once": "practised-again"}).location == (
        "/training/orders?state=open"
    )
    shop.later(minutes=61)
    assert client.get("/training/").location == "/training/login/again?next=/training/"


def test_a_label_of_training_is_refused_at_the_station_and_taken_in_training(
    app: Flask, floor: Floor, copied: Copied, job: Job
) -> None:
    flour = flour_of(floor)
    copied.make()
    tablet, trainee = Tablet(app, floor), Trainee(app, floor)
    tablet.badge(floor.kim)
    floor.start(job)
    with in_training():
        code = printed(flour.code)
    assert code == MARK + flour.code
    for dress in (code, code.lower(), f"]Q3{code}", "ㅆ::" + flour.code):
        assert says(tablet.scan(dress, job.code), FromTraining()), dress
    trainee.press("/station/people/KIM", pin=PIN)
    trainee.press(f"/station/jobs/{job.code}/start", machine="KT-1")
    assert "쌀가루 50 kg" in words(trainee.scan(code, job.code).text)
    assert not says(trainee.scan(flour.code, job.code), FromTraining())


def test_a_form_that_is_filled_by_a_label_of_training_says_so(app: Flask, floor: Floor, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MATERIAL)
    seen = desk.press("/lots/receive", 422, item=f"{MARK}RF", quantity="5")
    assert FromTraining.message in words(seen)
    assert FromTraining.message in words(desk.see(f"/scan?text={MARK}RF", FromTraining.status))


def test_every_code_of_the_copy_carries_the_mark_but_the_commands() -> None:
    assert encode("L260105-00129").data == "L260105-00129"
    with in_training():
        assert encode("L260105-00129").data == "T::L260105-00129"
        assert encode("T::L260105-00129").data == "T::L260105-00129"
        assert all(encode(code).data == code for code in COMMANDS)


def test_labels_and_papers_of_the_copy_say_across_that_they_are(
    app: Flask, floor: Floor, copied: Copied, job: Job
) -> None:
    copied.make()
    client = app.test_client()
    client.post("/training/login", data={"login": "park", "password": "try-the-factory", "once": "paper-login"})
    code = flour_of(floor).code
    shown = client.get(f"/training/labels/lots?code={code}").text
    assert ACROSS in shown
    assert 'fill="silver"' in shown
    sent = client.post("/training/labels/lots/print", data={"code": code, "once": "paper-label"})
    paper = client.get(sent.location)
    assert paper.content_type == "application/pdf"
    assert 'filename="TRAINING-lot-' in paper.headers["Content-Disposition"]
    plain = Desk(app, copied.shop, Role.LEADER)
    assert ACROSS not in plain.see(f"/labels/lots?code={code}")


def test_what_is_downloaded_from_the_copy_says_so_by_its_name(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    client = app.test_client()
    client.post("/training/login", data={"login": "park", "password": "try-the-factory", "once": "download-1"})
    told = client.get("/training/export/items.csv").headers["Content-Disposition"]
    assert "TRAINING-" in told


# Every page


OUTSIDE = re.compile(r"^(#|data:|https?:|mailto:|tel:|blob:|sms:|\?|$)")
ADDRESS = re.compile(
    r'\b(?:href|action|src|formaction|hx-get|hx-post|data-(?:address|live|check|from|worker))="([^"]*)"'
)


@pytest.mark.thorough
def test_every_page_of_the_copy_says_so_and_leads_nowhere_else(app: Flask, floor: Floor, copied: Copied) -> None:
    known = Midday(floor).known
    copy = copied.make()
    client = app.test_client()
    client.post("/training/login", data={"login": "park", "password": "try-the-factory", "once": "all-pages"})
    tablet = Trainee(app, floor)
    tablet.press("/station/people/KIM", pin=PIN)
    seen = 0
    for at_station, browser in ((False, client), (True, tablet.client)):
        for rule in pages(copy, at_station):
            shown = browser.get("/training" + address(rule, known), follow_redirects=False)
            if "text/html" not in shown.content_type or shown.status_code >= 300 or "<body" not in shown.text:
                assert not (shown.location or "/training").startswith("/station"), rule
                continue
            seen += 1
            assert 'class="training"' in shown.text, rule
            led = {one for one in ADDRESS.findall(shown.text) if not OUTSIDE.match(one)}
            out = {one for one in led if not one.startswith("/training/")}
            assert not out, f"{rule} leads out of training: {out}"
    assert seen > 100


def test_devices_are_paired_in_the_plant_alone(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    trainee = Trainee(app, floor)
    trainee.press("/station/leader", login="park", password="try-the-factory")
    assert says(trainee.press("/station/pair/T2"), NotPractised())
    kept = trainee.client.get_cookie(COOKIE)
    assert kept is not None
    assert kept.value == floor.tokens["T1"]
    assert trainee.client.get("/training/station/worker.js").status_code == NotPractised.status
    assert "worker.js" not in trainee.open("/station")


# The ways in and out


def test_an_operator_goes_into_training_and_comes_back(app: Flask, floor: Floor, copied: Copied) -> None:
    tablet = Tablet(app, floor)
    assert "연습하기" in words(tablet.open("/station"))
    tablet.badge(floor.kim)
    assert "연습하기" in words(tablet.open("/station/screen"))
    assert "기록, 인쇄, 전송되지" in words(tablet.open("/practice"))
    assert tablet.client.post("/practice", data={"once": "begin-practice-1"}).location == "/practice/wait"
    copied.practice.wait(60)
    assert tablet.client.get("/practice/wait").location == "/training/station"
    assert tablet.client.get("/station/queue").location == "/station"  # nobody reports in Kim's name meanwhile
    inside = words(tablet.open("/training/station"))
    assert "여기서 입력한 것은 기록되지 않습니다" in inside
    assert "연습하기" not in inside
    back = tablet.client.post("/training/practice/leave", data={"once": "leave-practice-1"})
    assert back.location == "/practice/left"
    assert "아무것도 기록되지 않았습니다" in words(tablet.open("/practice/left"))
    assert tablet.client.get("/training/station/queue").location == "/training/station"
    assert tablet.client.post("/practice", data={"once": "begin-practice-2"}).location == "/training/station"


def test_a_stranger_makes_no_copy(app: Flask, floor: Floor, copied: Copied) -> None:
    assert app.test_client().post("/practice", data={"once": "stranger-at-it"}).status_code == 401
    assert copied.practice.copy is None
    assert app.test_client().get("/training/station").location == "/practice"


def test_where_training_is_off_nobody_practises(app: Flask, floor: Floor, copied: Copied, shop: Shop) -> None:
    copied.make()
    shop.do(lambda work: change_plant(work, name="떡집", training=False))
    tablet = Tablet(app, floor)
    assert says(tablet.press("/practice"), TrainingOff())
    assert "연습하기" not in words(tablet.open("/station"))
    assert tablet.client.get("/training/station").location == "/practice"
    desk = Desk(app, shop, Role.LEADER)
    assert TrainingOff.message in words(desk.press("/practice/fresh", TrainingOff.status))


def test_a_fresh_copy_asks_first_while_somebody_else_practises(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    first = copied.practice.copy
    copied.shop.later(minutes=1)
    kim, nguyen, park = (Trainee(app, floor) for _ in range(3))
    kim.press("/station/people/KIM", pin=PIN)
    kim.press("/station/stop", reason="BREAK")
    nguyen.press("/station/people/NGU", pin=PIN)
    park.press("/station/people/PARK", pin=PIN)
    refused = nguyen.client.post("/training/practice/fresh", data={"once": "fresh-nguyen"})
    assert refused.status_code == OthersStillPractise.status
    asked = park.client.post("/training/practice/fresh", data={"once": "fresh-park-1"})
    assert asked.status_code == OthersPractise.status
    assert 'action="/training/practice/fresh"' in asked.text
    assert copied.practice.copy == first
    sure = park.client.post("/training/practice/fresh", data={"once": "fresh-park-2", "confirmed": "1"})
    assert sure.location == "/practice/wait"
    copied.practice.wait(60)
    second = copied.practice.copy
    assert second is not None
    assert second != first
    assert kim.client.get("/training/station/queue").location == "/training/station"
    assert list(copied.practice.folder.glob("*.db")) == [second.file]


def test_an_operator_alone_starts_over(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    copied.shop.later(minutes=1)
    kim = Trainee(app, floor)
    kim.press("/station/people/KIM", pin=PIN)
    assert kim.client.post("/training/practice/fresh", data={"once": "fresh-alone-1"}).location == "/practice/wait"
    copied.practice.wait(60)


def test_a_tablet_that_was_paired_after_the_copy_practises_too(
    app: Flask, floor: Floor, copied: Copied, shop: Shop
) -> None:
    copied.make()
    floor.tokens["T1"] = shop.do(lambda work: pair_station(work, "T1"))
    trainee = Trainee(app, floor)
    assert trainee.client.post("/practice", data={"once": "paired-since-1"}).location == "/training/station"
    assert "김미숙" in words(trainee.open("/station"))


def test_a_station_that_is_newer_than_the_copy_gets_a_fresh_one(
    app: Flask, floor: Floor, copied: Copied, shop: Shop
) -> None:
    copied.make()
    first = copied.practice.copy
    shop.later(minutes=1)
    shop.do(lambda work: add_station(work, code="T3", name="새 단말", work_centre_id=floor.kettle.id))
    floor.tokens["T3"] = shop.do(lambda work: pair_station(work, "T3"))
    kim, newer = Trainee(app, floor), Tablet(app, floor, "T3")
    kim.press("/station/people/KIM", pin=PIN)
    kim.press("/station/stop", reason="BREAK")
    assert says(newer.press("/practice"), OthersStillPractise(who="김미숙"))
    shop.later(minutes=IDLE_MINUTES + 1)
    assert newer.client.post("/practice", data={"once": "newer-station"}).location == "/practice/wait"
    copied.practice.wait(60)
    assert copied.practice.copy != first
    assert newer.client.get("/practice/wait").location == "/training/station"


def test_an_old_copy_says_so(app: Flask, floor: Floor, copied: Copied, shop: Shop) -> None:
    copied.make()
    trainee = Trainee(app, floor)
    assert "오래되었습니다" not in words(trainee.open("/station"))
    shop.later(days=OLD_DAYS)
    assert "오래되었습니다" in words(trainee.open("/station"))


# The copy itself


def test_a_copy_that_was_torn_or_is_of_other_tables_is_not_used(app: Flask, floor: Floor, copied: Copied) -> None:
    copied.make()
    folder = copied.practice.folder
    told = folder / training_copy.NAMED
    whole = told.read_text("utf-8")
    (folder / "20260105-093000-abcdef.db").write_bytes(b"half a database")
    found = find_copy(folder)
    assert found is not None
    told.write_text(json.dumps(json.loads(whole) | {"revision": "0001"}), "utf-8")
    assert find_copy(folder) is None
    assert app.test_client().get("/training/").location == "/practice"
    told.write_text(whole[: len(whole) // 2], "utf-8")
    assert find_copy(folder) is None
    told.write_text(whole, "utf-8")
    found.file.write_bytes(found.file.read_bytes()[:4096])
    assert find_copy(folder) is None
    copied.make()
    assert [file.suffix for file in folder.glob("*.db")] == [".db"]


def test_a_disk_without_room_is_left_to_the_plant(
    app: Flask, floor: Floor, copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # as shutil gives it
    monkeypatch.setattr("shutil.disk_usage", lambda _place: usage(10, 10, 0))
    copied.practice.make()
    copied.practice.wait(60)
    assert isinstance(copied.practice.refused, NoRoomToPractise)
    tablet = Tablet(app, floor)
    with speaking("ko"):
        assert copied.practice.refused.sentence in words(tablet.open("/practice"))


def test_a_making_that_fails_is_told_and_leaves_nothing(
    app: Flask, floor: Floor, copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_file: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(training_copy, "_prepare", broken)
    copied.practice.make()
    copied.practice.wait(60)
    assert isinstance(copied.practice.refused, CopyFailed)
    assert list(copied.practice.folder.iterdir()) == []


def test_the_copy_has_the_tables_of_this_version(copied: Copied) -> None:
    assert schema.current(copied.make().extensions["mes"].database) == schema.head()


def test_labels_of_a_large_print_are_made_at_once_in_training(
    app: Flask, floor: Floor, copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MANY", 1)
    copy = copied.make()
    client = app.test_client()
    client.post("/training/login", data={"login": "park", "password": "try-the-factory", "once": "many-login"})
    wanted = {"code": "KT-1\nKT-2", "layout": "machine-60x40", "language": "ko", "copies": "3", "skip": "0"}
    sent = client.post("/training/labels/machines", data={**wanted, "once": "many-labels"})
    assert (sent.location or words(sent.text)).startswith("/training/labels/prints/")
    with copy.extensions["mes"].database.read() as read:
        assert read.query(PrintJob).count() == 0
