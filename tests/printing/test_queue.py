"""The queue to the printers: in order, once, and never again without a person saying so."""

import socket
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core.errors import DatabaseAway, NotFound
from mes.core.events import Event
from mes.core.work import Work
from mes.labels.drawing import Drawing
from mes.labels.files import get_layout
from mes.labels.layout import Row
from mes.labels.placing import Placer, WordsDoNotFit
from mes.lots.models import Lot
from mes.printing import outputs, queue
from mes.printing.fake import FakePrinter
from mes.printing.job_queries import due_printers, get_job, kept_file
from mes.printing.models import PrinterKind, PrinterLanguage, PrintState
from mes.printing.outputs import ask_printer
from mes.printing.printers import change_printer, conditions, pause_printer
from mes.printing.queries import last_numbers, prints_of
from mes.printing.rules import (
    LEASE,
    JobIsOver,
    JobNeedsNoAnswer,
    NoSuchLabelInJob,
    OtherStockInPrinter,
    PrinterNotUsed,
    PrinterTakesNoSheets,
)
from mes.printing.service import print_labels
from mes.printing.worker import Printing, throw_away
from tests.conftest import Shop
from tests.orders.bakery import Bakery
from tests.printing.samples import FOLDERS, add, came_out, fake, job, send, sender
from tests.racing import race


@pytest.fixture
def flour(shop: Shop) -> list[Lot]:
    """Four bags of flour that came in together."""
    bakery = Bakery(shop)
    return bakery.receive(bakery.flour, 20, 20, 15, 10, days=180)


def codes(lots: list[Lot]) -> list[str]:
    return [lot.code for lot in lots]


def test_a_job_is_printed_in_order_and_is_done_when_all_is_on_paper(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour)
        assert not sender(shop).send_next(printer.id)
    done = job(shop, one)
    assert (done.state, done.sent, done.labels, done.trouble) == (PrintState.DONE, 4, 4, None)
    assert done.finished_at == shop.now
    with shop.read() as read:
        assert conditions(read)[printer.id].condition == "ready"
        assert read.query(Event).filter_by(verb="labels.sent").count() == 1


def test_copies_carry_their_number_in_the_code(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        send(shop, printer, flour[:1], copies=3)
        send(shop, printer, flour[:1], reason="Label lost")
        sent = sender(shop)
        assert sent.send_next(printer.id)
        assert sent.send_next(printer.id)
        code = flour[0].code
        assert came_out(machine) == [code, f"{code}.2", f"{code}.3", f"{code}.4"]
    with shop.read() as read:
        assert [list(one.numbers) for one in prints_of(read, "lot", code)] == [[4], [1, 2, 3]]
        assert last_numbers(read, "lot", [code]) == {code: 4}


def test_a_printer_that_does_not_answer_is_tried_again_later_and_later(shop: Shop, flour: list[Lot]) -> None:
    printer = add(shop)
    one = send(shop, printer, flour[:1])
    waits = []
    for _try in range(4):
        assert sender(shop).send_next(printer.id)
        waiting = job(shop, one)
        assert (waiting.state, waiting.sent, waiting.trouble) == (PrintState.WAITING, 0, "unreachable")
        assert waiting.next_try_at is not None
        waits.append(waiting.next_try_at - shop.now)
        assert not sender(shop).send_next(printer.id)
        shop.now = waiting.next_try_at
    assert waits == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]
    with shop.read() as read:
        assert conditions(read)[printer.id].condition == "unreachable"
    with fake() as machine:
        shop.do(lambda work: change_printer(work, printer.code, port=machine.port))
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour[:1])


def test_a_job_that_nobody_takes_is_given_up_at_last_and_can_be_tried_again(
    shop: Shop, flour: list[Lot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mes.printing.rules.MOST_TRIES", 2)
    printer = add(shop)
    one = send(shop, printer, flour[:1])
    for _try in range(2):
        assert sender(shop).send_next(printer.id)
        shop.later(minutes=10)
    assert (job(shop, one).state, job(shop, one).trouble) == (PrintState.FAILED, "gave_up")
    with fake() as machine:
        shop.do(lambda work: change_printer(work, printer.code, port=machine.port))
        shop.do(lambda work: queue.try_again(work, one.id))
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour[:1])


def test_a_printer_without_paper_is_waited_for_and_nothing_is_sent(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        machine.paper_out = True
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        assert sender(shop).send_next(printer.id)
        waiting = job(shop, one)
        assert (waiting.state, waiting.sent, waiting.trouble, waiting.tries) == (PrintState.WAITING, 0, "paper_out", 0)
        machine.paper_out = False
        shop.later(seconds=10)
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour)


@pytest.mark.parametrize(
    ("sign", "word"), [("paper_out", "paper_out"), ("head_open", "head_open"), ("paused", "paused")]
)
@pytest.mark.parametrize("language", [PrinterLanguage.ZPL, PrinterLanguage.TSPL])
def test_printers_say_what_they_lack_in_both_languages(sign: str, word: str, language: PrinterLanguage) -> None:
    with fake() as machine:
        assert ask_printer("127.0.0.1", machine.port, language) == "ready"
        setattr(machine, sign, True)
        assert ask_printer("127.0.0.1", machine.port, language) == word
    assert ask_printer("127.0.0.1", machine.port, language) == "unreachable"


def test_a_printer_that_tells_nothing_is_printed_on_all_the_same(
    shop: Shop, flour: list[Lot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "ANSWER", 0.1)
    with fake(mute=True) as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        assert sender(shop).send_next(printer.id)
        assert job(shop, one).state is PrintState.DONE
        assert came_out(machine) == codes(flour)
        with shop.read() as read:
            assert conditions(read)[printer.id].condition == "silent"


def test_a_printer_that_dies_in_the_middle_leaves_a_question_and_no_second_label(shop: Shop, flour: list[Lot]) -> None:
    with fake(die_after=2) as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        other = send(shop, printer, flour[:1], reason="Label lost")
        assert sender(shop).send_next(printer.id)
        asked = job(shop, one)
        assert (asked.state, asked.sent, asked.trouble) == (PrintState.UNSURE, 3, "broken")
        shop.later(hours=1)
        assert not sender(shop).send_next(printer.id)  # the next job waits for the answer too
        assert came_out(machine) == codes(flour[:2])
        shop.do(lambda work: queue.answer_job(work, one.id, 2))
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour)
        assert job(shop, one).state is PrintState.DONE
        assert sender(shop).send_next(printer.id)
        assert job(shop, other).state is PrintState.DONE


def test_the_last_label_is_printed_again_as_a_numbered_reprint(shop: Shop, flour: list[Lot]) -> None:
    with fake(die_after=1) as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour[:2])
        assert sender(shop).send_next(printer.id)
        shop.do(lambda work: queue.answer_job(work, one.id, 2, again=True))
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == [flour[0].code, f"{flour[1].code}.2"]
        done = job(shop, one)
        assert (done.state, done.labels, done.sent) == (PrintState.DONE, 3, 3)
    with shop.read() as read:
        assert [one.reason for one in prints_of(read, "lot", flour[1].code)] == ["Printer fault", None]


def test_a_damaged_label_and_one_that_is_printed_at_the_same_time_carry_two_numbers(
    shop: Shop, flour: list[Lot]
) -> None:
    layout = get_layout(FOLDERS, "lot-60x40")
    for die_after, first in ((1, flour[:2]), (1, flour[2:])):
        with fake(die_after=die_after) as machine:
            printer = add(shop, machine, name=f"프린터 {first[1].code}")
            one = send(shop, printer, first)
            assert sender(shop).send_next(printer.id)
        answer = partial(queue.answer_job, job_id=one.id, last=2, again=True)
        reprint = partial(
            print_labels, subject="lot", codes=[first[1].code], layout=layout, language="ko", reason="Label lost"
        )
        race(shop, *((answer, reprint) if first[0] is flour[0] else (reprint, answer)))
        with shop.read() as read:
            assert [one.number for one in prints_of(read, "lot", first[1].code)] == [3, 2, 1]


def test_answers_are_about_labels_that_may_have_come_out(shop: Shop, flour: list[Lot]) -> None:
    with fake(die_after=1) as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        with pytest.raises(JobNeedsNoAnswer):
            shop.do(lambda work: queue.answer_job(work, one.id, 0))
        assert sender(shop).send_next(printer.id)
        for last, again in ((3, False), (-1, False), (0, True)):
            with pytest.raises(NoSuchLabelInJob):
                shop.do(partial(queue.answer_job, job_id=one.id, last=last, again=again))
        with pytest.raises(NotFound):
            shop.do(lambda work: queue.answer_job(work, 999999999, 0))


def test_a_server_that_was_killed_in_the_middle_leaves_a_question(shop: Shop, flour: list[Lot]) -> None:
    printer = add(shop)
    one = send(shop, printer, flour)
    assert shop.do(lambda work: queue.claim(work, printer.id, "killed"))
    assert shop.do(lambda work: queue.advance(work, one.id, "killed", 2))
    assert shop.do(lambda work: queue.claim(work, printer.id, "next")) is None
    with shop.read() as read:
        assert due_printers(read, shop.now) == []
        assert due_printers(read, shop.now + LEASE + timedelta(seconds=1)) == [printer.id]
    shop.later(seconds=61)
    assert not sender(shop).send_next(printer.id)
    asked = job(shop, one)
    assert (asked.state, asked.sent, asked.trouble) == (PrintState.UNSURE, 2, "server")
    assert not shop.do(lambda work: queue.advance(work, one.id, "killed", 3))  # it was not dead, only slow: too late


def test_a_database_that_goes_away_in_the_middle_leaves_a_question_and_no_failed_job(
    shop: Shop, flour: list[Lot], monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = queue.advance

    def goes_away(work: Work, job_id: int, worker: str, sent: int) -> bool:
        if sent == 3:
            raise DatabaseAway
        return advance(work, job_id, worker, sent)

    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        monkeypatch.setattr(queue, "advance", goes_away)
        with pytest.raises(DatabaseAway):
            sender(shop).send_next(printer.id)
        monkeypatch.undo()
        shop.later(seconds=61)
        assert not sender(shop).send_next(printer.id)
        asked = job(shop, one)
        assert (asked.state, asked.sent, asked.trouble) == (PrintState.UNSURE, 2, "server")


def test_a_server_that_was_killed_before_the_first_label_leaves_none(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        assert shop.do(lambda work: queue.claim(work, printer.id, "killed"))
        shop.later(seconds=61)
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour)
        assert job(shop, one).state is PrintState.DONE


def test_a_cancelled_job_prints_no_more_and_what_never_went_out_is_no_print(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        shop.do(lambda work: queue.cancel_job(work, one.id))
        assert not sender(shop).send_next(printer.id)
        with pytest.raises(JobIsOver):
            shop.do(lambda work: queue.cancel_job(work, one.id))
        with pytest.raises(JobIsOver):
            shop.do(lambda work: queue.try_again(work, one.id))
        send(shop, printer, flour)  # needs no reason: nothing was printed
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == [f"{code}.2" for code in codes(flour)]


def test_a_job_that_is_cancelled_while_it_is_sent_stops_after_the_label(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        sent = sender(shop)
        keep = machine._keep

        def cancel_at_the_second(label: bytes) -> None:
            keep(label)
            if len(machine.labels) == 2:
                shop.do(lambda work: queue.cancel_job(work, one.id))

        machine._keep = cancel_at_the_second  # type: ignore[method-assign]
        assert sent.send_next(printer.id)
        assert job(shop, one).state is PrintState.CANCELLED
        assert len(machine.labels) in (2, 3)  # one more may have been on its way


def test_a_paused_printer_gets_nothing_and_goes_on_where_it_stopped(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        shop.do(lambda work: queue.claim(work, printer.id, "one"))
        assert shop.do(lambda work: queue.advance(work, one.id, "one", 1))
        shop.do(lambda work: pause_printer(work, printer.code, paused=True))
        assert not shop.do(lambda work: queue.advance(work, one.id, "one", 2))
        assert (job(shop, one).state, job(shop, one).sent) == (PrintState.WAITING, 1)
        assert not sender(shop).send_next(printer.id)
        shop.do(lambda work: pause_printer(work, printer.code, paused=False))
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour[1:])


def test_a_server_that_stops_in_good_order_asks_nothing(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        stopping = sender(shop)
        keep = machine._keep

        def stop_at_the_second(label: bytes) -> None:
            keep(label)
            stopping.stopping = len(machine.labels) >= 2

        machine._keep = stop_at_the_second  # type: ignore[method-assign]
        assert stopping.send_next(printer.id)
        left = job(shop, one)
        assert left.state is PrintState.WAITING
        machine._keep = keep  # type: ignore[method-assign]
        assert sender(shop).send_next(printer.id)
        assert came_out(machine) == codes(flour)


def test_two_servers_on_one_database_print_a_job_once(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        for _again in range(3):
            send(shop, printer, flour, reason="Label lost")
        start = Barrier(3)

        def serve(name: str) -> None:
            one = sender(shop, name)
            start.wait(5)
            for _look in range(400):
                if not one.send_next(printer.id):
                    sleep(0.05)  # somebody else sends; on a busy machine that takes a while
                if len(machine.labels) == 12:
                    return

        servers = [Thread(target=serve, args=(name,)) for name in ("one", "two", "three")]
        for server in servers:
            server.start()
        for server in servers:
            server.join(30)
        labels = came_out(machine)
        assert len(labels) == len(set(labels)) == 12
        plain = codes(flour)
        assert labels == [*plain, *(f"{code}.2" for code in plain), *(f"{code}.3" for code in plain)]


STEPS = st.lists(
    st.sampled_from(["send", "die", "kill", "later", "answer", "pause", "resume", "again", "paper", "mend"]),
    min_size=3, max_size=14,
)  # fmt: skip


@settings(max_examples=25)
@given(steps=STEPS, first=st.integers(1, 4))
def test_no_label_is_sent_twice_without_a_person_saying_so(
    shop: Shop, flour: list[Lot], steps: list[str], first: int
) -> None:
    """Whatever happens to printer and server: the same label goes out again only after an answer that allows it."""
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour[:first], reason="Label lost")
        allowed = 0
        for step in steps:
            allowed += _happens(shop, machine, printer.code, printer.id, one.id, step)
        labels = came_out(machine)
        assert len(labels) - len(set(labels)) <= allowed
        if job(shop, one).state is PrintState.DONE:
            assert len(set(labels)) >= first - allowed
    shop.do(lambda work: pause_printer(work, printer.code, paused=True))


def _happens(shop: Shop, machine: FakePrinter, code: str, printer_id: int, job_id: int, step: str) -> int:
    """One thing that happens; how many labels a person allowed to come out once more."""
    now = shop.now
    if step == "send":
        sender(shop).send_next(printer_id)
    elif step == "die":
        machine.die_after = len(machine.labels) + 1
        sender(shop).send_next(printer_id)
        machine.die_after = None
    elif step == "kill":
        claimed = shop.do(lambda work: queue.claim(work, printer_id, "killed"))
        if claimed is not None and claimed.sent < claimed.labels:
            shop.do(lambda work: queue.advance(work, claimed.id, "killed", claimed.sent + 1))
    elif step == "later":
        shop.now = now + timedelta(minutes=2)
    elif step in ("pause", "resume"):
        shop.do(lambda work: pause_printer(work, code, paused=step == "pause"))
    elif step in ("paper", "mend"):
        machine.paper_out = step == "paper"
    elif step in ("answer", "again"):
        with shop.read() as read:
            now_is = get_job(read, job_id).job
        if now_is.state is PrintState.UNSURE:
            last = now_is.sent - (step == "answer")
            shop.do(lambda work: queue.answer_job(work, job_id, last, again=step == "again" and last > 0))
            return int(step == "answer")
    return 0


def test_sheets_and_other_rolls_are_not_for_this_printer(shop: Shop, flour: list[Lot]) -> None:
    printer = add(shop, stock="60x40")
    with pytest.raises(PrinterTakesNoSheets, match="lot-a4-3x8"):
        send(shop, printer, flour, layout="lot-a4-3x8")
    with pytest.raises(OtherStockInPrinter, match="60x40"):
        send(shop, printer, flour, layout="lot-100x50")
    send(shop, printer, flour, layout="lot-100x50", confirmed=True)
    gone = shop.do(lambda work: change_printer(work, printer.code, active=False))
    with pytest.raises(PrinterNotUsed):
        send(shop, gone, flour, reason="Label lost")


@pytest.mark.parametrize(
    ("language", "begins"),
    [(PrinterLanguage.ZPL, b"^XA"), (PrinterLanguage.TSPL, b"SIZE"), (PrinterLanguage.PDF, b"%PDF")],
)
def test_a_folder_gets_one_whole_file_for_each_job(
    shop: Shop, flour: list[Lot], tmp_path: Path, language: PrinterLanguage, begins: bytes
) -> None:
    printer = add(shop, kind=PrinterKind.FOLDER, language=language, address=str(tmp_path))
    one = send(shop, printer, flour)
    assert sender(shop).send_next(printer.id)
    [file] = tmp_path.iterdir()
    assert file.suffix == f".{language}"
    assert file.read_bytes().startswith(begins)
    assert (job(shop, one).state, job(shop, one).sent) == (PrintState.DONE, 4)


def test_a_folder_that_is_gone_is_tried_again(shop: Shop, flour: list[Lot], tmp_path: Path) -> None:
    place = tmp_path / "labels"
    place.mkdir()
    printer = add(shop, kind=PrinterKind.FOLDER, language=PrinterLanguage.PDF, address=str(place))
    one = send(shop, printer, flour)
    place.rmdir()
    assert sender(shop).send_next(printer.id)
    waiting = job(shop, one)
    assert (waiting.state, waiting.sent, waiting.trouble) == (PrintState.WAITING, 0, "folder")
    place.mkdir()
    shop.later(minutes=1)
    assert sender(shop).send_next(printer.id)
    assert len(list(place.iterdir())) == 1


def lp(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program lp that does what the script says."""
    program = folder / "lp"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_queue_of_the_server_takes_a_job_as_one_file(
    shop: Shop, flour: list[Lot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = add(shop, kind=PrinterKind.CUPS, language=PrinterLanguage.ZPL, address="; rm -rf x")
    one = send(shop, printer, flour)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sender(shop).send_next(printer.id)
    assert (job(shop, one).state, job(shop, one).trouble) == (PrintState.WAITING, "no_lp")
    for script, state, trouble in (
        ("cat >/dev/null; echo 'no such queue' >&2; exit 1", PrintState.WAITING, "queue"),
        (f'printf "%s\\n" "$@" > {tmp_path}/words; cat > {tmp_path}/got', PrintState.DONE, None),
    ):
        lp(tmp_path, script, monkeypatch)
        shop.later(minutes=10)
        assert sender(shop).send_next(printer.id)
        assert (job(shop, one).state, job(shop, one).trouble) == (state, trouble)
    assert (tmp_path / "got").read_bytes().count(b"^XZ") == 4
    assert (tmp_path / "words").read_text("utf-8").splitlines()[:2] == ["-d", "; rm -rf x"]


def test_a_queue_that_does_not_answer_leaves_a_question(
    shop: Shop, flour: list[Lot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "ACCEPT", 0.2)
    lp(tmp_path, "exec sleep 5", monkeypatch)
    printer = add(shop, kind=PrinterKind.CUPS, language=PrinterLanguage.PDF, address="labels")
    one = send(shop, printer, flour)
    assert sender(shop).send_next(printer.id)
    assert (job(shop, one).state, job(shop, one).trouble) == (PrintState.UNSURE, "broken")


def test_a_file_for_the_browser_is_made_and_kept_for_a_day(shop: Shop, flour: list[Lot]) -> None:
    one = send(shop, None, flour, layout="lot-a4-3x8", used={0, 1}, copies=6)
    assert sender(shop).send_next(None)
    assert (job(shop, one).state, job(shop, one).sent) == (PrintState.DONE, 24)
    with shop.read() as read:
        file = kept_file(read, one.id)
        assert file is not None
        assert file.content.startswith(b"%PDF")
    throw_away(shop.database, shop.now)
    with shop.read() as read:
        assert kept_file(read, one.id) is not None
    throw_away(shop.database, shop.now + timedelta(hours=25))
    with shop.read() as read:
        assert kept_file(read, one.id) is None


@pytest.mark.parametrize("broken", [True, False])
def test_a_file_that_is_made_again_has_every_label(
    broken: bool, shop: Shop, flour: list[Lot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mes.printing.sending.AT_ONCE", 2)
    one = send(shop, None, flour)
    place = Placer.place

    def stumbles(placer: Placer, row: Row) -> Drawing:
        if row["code"] == flour[3].code:
            raise WordsDoNotFit(text="") if broken else RuntimeError
        return place(placer, row)

    with monkeypatch.context() as patch:
        patch.setattr(Placer, "place", stumbles)
        assert sender(shop).send_next(None)
    failed = job(shop, one)
    assert (failed.state, failed.trouble) == (PrintState.FAILED, "label" if broken else "server")
    shop.do(lambda work: queue.try_again(work, one.id))
    assert sender(shop).send_next(None)
    assert (job(shop, one).state, job(shop, one).sent) == (PrintState.DONE, 4)
    with shop.read() as read:
        file = kept_file(read, one.id)
        assert file is not None
        assert file.content.count(b"/Type /Page\n") == 4


def test_a_label_that_can_no_longer_be_made_fails_in_words(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, flour)
        broken = sender(shop)
        broken.folders = []
        assert broken.send_next(printer.id)
        failed = job(shop, one)
        assert (failed.state, failed.trouble) == (PrintState.FAILED, "label")
        assert "lot-60x40" in str(failed.detail)
        assert machine.labels == []


def test_the_thread_of_a_server_prints_by_itself_and_asks_idle_printers(shop: Shop, flour: list[Lot]) -> None:
    with fake() as machine:
        printer, silent = add(shop, machine), add(shop)
        thread = Printing(shop.database, FOLDERS, lambda: shop.now)
        thread.start()
        one = send(shop, printer, flour)
        for _look in range(100):
            if job(shop, one).state is PrintState.DONE:
                break
            socket.socket().close()
            thread._thread.join(0.05)
        thread.stop()
        assert came_out(machine) == codes(flour)
        thread.sender.stopping = False
        thread.ask_idle()
        with shop.read() as read:
            found = conditions(read)
            assert found[silent.id].condition == "unreachable"
            assert found[printer.id].condition == "ready"


@pytest.mark.parametrize("address", ["192.168..5", "printer." + "x" * 64, "프린터" * 30])
def test_an_address_that_no_machine_can_have_is_one_that_does_not_answer(
    shop: Shop, flour: list[Lot], address: str
) -> None:
    with fake() as machine:
        wrong, right = add(shop), add(shop, machine)
        shop.do(lambda work: change_printer(work, wrong.code, address=address))
        one = send(shop, wrong, flour[:1])
        assert sender(shop).send_next(wrong.id)
        assert (job(shop, one).state, job(shop, one).trouble) == (PrintState.WAITING, "unreachable")
        Printing(shop.database, FOLDERS, lambda: shop.now).ask_idle()
        with shop.read() as read:
            found = conditions(read)
            assert (found[wrong.id].condition, found[right.id].condition) == ("unreachable", "ready")
