"""A tablet's hands, as a process: it writes as fast as it is answered, and notes what it sent and what it was told.

``python -m tests.faults.tablet PORT TOKEN JOB LOTS SEED FOLDER REST``: ends when the file ``stop`` is in the folder and
nothing it sent is without an answer.
"""

import json
import random
import sys
import time
import uuid
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

#: Answers after which the same act is sent again: nobody has decided it yet.
UNDECIDED = (429, 500, 502, 503)
PATIENCE = 10


class Tablet:
    """One job, three lots to take from, and its own results that may be taken back."""

    def __init__(self, port: int, token: str, job: str, lots: list[str], seed: str, folder: Path, rest: float) -> None:
        self.port, self.token, self.job, self.lots = port, token, job, lots
        self.dice, self.rest = random.Random(seed), rest
        self.stop = folder / "stop"
        self.notes = (folder / f"tablet-{seed}.jsonl").open("a", encoding="utf-8")
        self.connection = self._connected()
        self.results: list[int] = []
        self.runs = True

    def work(self) -> None:
        """Act after act, until told to stop."""
        while not self.stop.exists():
            time.sleep(self.dice.random() * self.rest)
            act, path, body = self._next()
            answer = self._sent(act, path, body)
            if answer is None:
                continue
            if act == "report":
                self.results.append(answer["id"])
            if act in ("start", "pause"):
                self.runs = act == "start"

    def _next(self) -> tuple[str, str, dict[str, Any]]:
        at = f"/jobs/{self.job}"
        if not self.runs:
            return "start", f"{at}/start", {}
        act = self.dice.choices(["report", "consume", "undo", "pause"], [60, 25, 12, 3])[0]
        if act == "undo" and self.results:
            return act, f"/reports/{self.results.pop(self.dice.randrange(len(self.results)))}/undo", {"reason": "잘못"}
        if act == "pause":
            return act, f"{at}/pause", {}
        if act == "consume":
            return act, f"{at}/consume", {"lot": self.dice.choice(self.lots), "quantity": "1"}
        body: dict[str, Any] = {"good": str(self.dice.randint(1, 9))}
        body["consumed"] = [{"lot": lot, "quantity": "10"} for lot in self.lots]
        if self.dice.random() < 0.5:
            body["defects"] = [{"code": "D1", "quantity": "1"}]
        return "report", f"{at}/reports", body

    def _sent(self, act: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Send it until it is answered, always with the same key; the answer, or None where it was refused."""
        key = uuid.uuid4().hex
        self._note(key=key, act=act, path=path, body=body)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        tries = 0
        while True:
            tries += 1
            try:
                self.connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
                answer = self.connection.getresponse()
                told = answer.read()
            except (OSError, HTTPException):
                self.connection.close()
                self.connection = self._connected()
                time.sleep(0.05)
                continue
            if answer.status in UNDECIDED:
                self._note(key=key, undecided=answer.status)
                time.sleep(0.05)
                continue
            said = json.loads(told)
            self._note(key=key, status=answer.status, answer=said, tries=tries)
            return said if answer.status < 300 else None

    def _connected(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _note(self, **what: Any) -> None:
        self.notes.write(json.dumps(what, ensure_ascii=False) + "\n")
        self.notes.flush()


if __name__ == "__main__":
    port, token, job, lots, seed, folder, rest = sys.argv[1:]
    Tablet(int(port), token, job, lots.split(","), seed, Path(folder), float(rest)).work()
