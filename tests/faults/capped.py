"""A file of 50 MB is imported while the program may use 256 MB: that import is refused, and nobody else notices.

The cap is the process's own limit of what it may take for data (RLIMIT_DATA), which needs no rights: what it takes
beyond is refused to it, as on a machine that has no more. The limit of addresses would be no measure, since most of
them are of files and never used. Tablets write and read meanwhile.
"""

import io
import json
import os
import re
import resource
import signal
import threading
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import func, select

from mes.core.db import Database
from mes.items.models import Item
from mes.web.check import check
from tests.faults import Finding, at_most, found
from tests.faults.plant import Plant, plant
from tests.faults.soak import signed_in

CAP, SIZE, SHORT_SIZE = 256 * 2**20, 49 * 2**20, 20 * 2**20
#: A remark in each row, so that the table is long before it has too many rows.
MEMO = "현장 메모: " + "입고 시 외관 확인 " * 8
SAID = re.compile(r">([^<>]*(?:memory|메모리)[^<>]*)<")
SEEN = re.compile(r'name="(csrf_token|once)"[^>]*value="([^"]+)"')


def run(short: bool) -> Iterator[Finding]:
    """A CSV and a workbook, each chosen on the import page of the served program."""
    with plant(1) as here:
        cookie = signed_in(here)
        here.start()
        began, size = time.monotonic(), SHORT_SIZE if short else SIZE
        files = {"items.csv": a_list(size), "items.xlsx": a_workbook(size)}
        _until_ready(here, began)
        before = here.pids()
        for pid in before:
            resource.prlimit(pid, resource.RLIMIT_DATA, (CAP, CAP))
        for name, content in files.items():
            others = Others(here)
            status, said = _import(here, cookie, name, content)
            told, slowest = others.end()
            yield Finding(f"{name}: its size", f"{len(content) / 2**20:.0f} MB", "", ok=True)
            yield found(f"{name}: refused", status, 422)
            yield Finding(f"{name}: the sentence", said[:160], "a sentence", len(said) > 20)
            yield found(
                f"{name}: answers to others that were no good ones", {k: n for k, n in told.items() if k >= 300}, {}
            )
            yield Finding(f"{name}: answers to others", f"{sum(told.values())}", "some", sum(told.values()) > 3)
            yield at_most(f"{name}: the slowest of them", slowest, 30)
        yield found("the same processes serve", here.pids() == before, wanted=True)
        yield found("a small file is imported then", _import(here, cookie, "items.csv", a_list(300))[0], 303)
        here.end()
        if not short:
            yield from _killed(here, cookie)


def _killed(here: Plant, cookie: str) -> Iterator[Finding]:
    """A control group does not refuse memory, it kills who takes it: whatever holds more than the cap dies at once."""
    here.start()
    pids, ended = here.pids(), list[int]()

    def watch() -> None:
        while not ended and not here.has_ended():
            for pid in pids:
                with suppress(OSError):
                    if int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * resource.getpagesize() > CAP:
                        os.kill(pid, signal.SIGKILL)
                        ended.append(pid)
            time.sleep(0.005)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        _import(here, cookie, "items.csv", a_list(SIZE))
        told = True
    except (OSError, HTTPException):
        told = False
    watching.join(60)
    end = time.monotonic() + 30
    while not here.has_ended() and time.monotonic() < end:
        time.sleep(0.05)
    yield found("killed by its cap: who imports has no answer", (told, len(ended)), (False, 1))
    # a service manager starts again what ended by a failure
    yield Finding("killed by its cap: the program's end", str(here.ended_with()), "a failure", bool(here.ended_with()))
    yield at_most("started again: answers after", here.start(), 5)
    here.end()
    database = Database(here.url)
    with database.read() as read:
        items = read.scalar(select(func.count()).select_from(Item).where(Item.code.like("CAP-%")))
    yield found("items of the file in the books", items, 0)
    yield found("rules of the books broken", [fault.sentence for fault in check(database).faults], [])
    database.close()


def _until_ready(here: Plant, began: float) -> None:
    """Its threads are there, of which the last comes after 5 s: what they take belongs to the program, not to the
    import."""
    time.sleep(max(0.0, began + 6 - time.monotonic()))
    assert here.answers("/readyz")


class Others:
    """A tablet that reads and writes until the import has ended."""

    def __init__(self, here: Plant) -> None:
        self.here = here
        self.told: Counter[int] = Counter()
        self.slowest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> tuple[Counter[int], float]:
        """What it was told, and the longest it waited."""
        time.sleep(0.5)
        self._stop.set()
        self._thread.join()
        return self.told, self.slowest

    def _run(self) -> None:
        job, lot = self.here.jobs[0], self.here.lots[0]
        headers = {"Authorization": f"Bearer {self.here.token}", "Content-Type": "application/json"}
        while not self._stop.wait(0.05):
            for path, body in (
                (f"/api/v1/jobs/{job}", None),
                (f"/api/v1/jobs/{job}/consume", {"lot": lot, "quantity": "1"}),
            ):
                began = time.monotonic()
                connection = HTTPConnection("127.0.0.1", self.here.port, timeout=120)
                given = headers | ({"Idempotency-Key": uuid.uuid4().hex} if body else {})
                connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, given)
                answer = connection.getresponse()
                answer.read()
                connection.close()
                self.told[answer.status] += 1
                self.slowest = max(self.slowest, time.monotonic() - began)


def _import(here: Plant, cookie: str, name: str, content: bytes) -> tuple[int, str]:
    """Choose a file on the import page, as a browser sends it; the status, and what the page says."""
    connection = HTTPConnection("127.0.0.1", here.port, timeout=300)
    cookies = {"session": cookie}
    connection.request("GET", "/import", headers={"Cookie": f"session={cookie}"})
    answer = connection.getresponse()
    page = answer.read().decode()
    cookies |= dict(map(_cookie, answer.headers.get_all("Set-Cookie", [])))
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    fields = dict(SEEN.findall(page)) | {"kind": "items", "once": uuid.uuid4().hex}
    edge = uuid.uuid4().hex
    body = io.BytesIO()
    for field, value in fields.items():
        body.write(f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode())
    body.write(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode())
    body.write(content)
    body.write(f"\r\n--{edge}--\r\n".encode())
    connection.request(
        "POST", "/import", body.getvalue(), headers | {"Content-Type": f"multipart/form-data; boundary={edge}"}
    )
    answer = connection.getresponse()
    told = answer.read().decode()
    connection.close()
    return answer.status, " ".join(SAID.findall(told))


def _cookie(line: str) -> tuple[str, str]:
    name, _, value = line.partition(";")[0].partition("=")
    return name, value


def _lines(size: int) -> Iterator[tuple[str, str]]:
    """Codes and names, so many bytes of them as CSV."""
    number = total = 0
    while total < size:
        number += 1
        row = f"CAP-{number:07}", f"부품 {number} 알루미늄 브라켓 좌측 조립용"
        total += len(f"{row[0]},{row[1]},raw,EA,{MEMO}\n".encode())
        yield row


def a_list(size: int) -> bytes:
    rows = "".join(f"{code},{name},raw,EA,{MEMO}\n" for code, name in _lines(size))
    return f"code,name,kind,unit,memo\n{rows}".encode()


def a_workbook(size: int) -> bytes:
    """A workbook whose sheet is not packed, with each text in its cell."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    head = "".join(map(cell, ("code", "name", "kind", "unit", "memo")))
    rows = "".join(
        f"<row>{cell(code)}{cell(name)}{cell('raw')}{cell('EA')}{cell(MEMO)}</row>" for code, name in _lines(size // 2)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{rel}"><sheets>'
        '<sheet name="Items" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData><row>{head}</row>{rows}'
        "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()
