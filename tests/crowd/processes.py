"""The real thing: gunicorn with two processes, two worker processes, the sweeper and beat; each with its own log."""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from celery import current_app
from django.conf import settings

from crm_client.standin import StandIn
from tests.bench.free_port import free_port
from tests.submissions.storm import address_of_the_database

HAS_BROKER = not settings.CELERY_BROKER_URL.startswith("memory:")
_GUNICORN = [sys.executable, "-m", "gunicorn", "console.wsgi", "-c", "python:console.serving"]
_CELERY = [sys.executable, "-m", "celery", "-A", "console.celery"]
_BUSY = (502, 503, 504)  # the CRM, Zoho's sign-in or the database is: Django logs such an answer as an error
_DIED = re.compile(r"WorkerLostError|exited with 'signal 9|signal 9 \(SIGKILL\)|was terminated by signal")


class Processes:
    """What a console in production consists of, on this process's own database and stand-in.

    Without a broker (SQLite and `memory://`) the two workers look for their work in the database instead of hearing of
    it (tests.crowd.unrung), and there is no beat.
    """

    def __init__(self, standin: StandIn, directory: Path) -> None:
        self.url = f"http://localhost:{free_port()}"
        self._directory = directory
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "DATABASE_URL": address_of_the_database(),
            "CONSOLE_URL": self.url,
            "CONSOLE_TRUSTED_PROXIES": "127.0.0.1",
            "CRM_DC_TABLE": settings.CRM_DC_TABLE,
            "CRM_CLIENT_ID": standin.client_id,
            "CRM_CLIENT_SECRET": standin.client_secret,
            "PYTHONUNBUFFERED": "1",
        }
        port = self.url.rpartition(":")[2]
        # The name is said, because tests of other things may stand beside this on one broker.
        at = f"crowd-{port}"
        self._commands: dict[str, list[str]] = {
            "web": [*_GUNICORN, "--bind", f"127.0.0.1:{port}"],
        }
        if HAS_BROKER:
            self._commands["jobs"] = [*_CELERY, "worker", "-Q", "jobs", "-c", "2", "-n", f"jobs@{at}"]
            self._commands["sweep"] = [*_CELERY, "worker", "-Q", "sweep", "-c", "1", "-n", f"sweep@{at}"]
            self._commands["beat"] = [*_CELERY, "beat"]
        else:
            unrung = [sys.executable, "-m", "tests.crowd.unrung"]
            self._commands |= {"worker 1": unrung, "worker 2": unrung}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed = 0
        self.samples: list[tuple[float, dict[tuple[str, int], float]]] = []

    @contextmanager
    def running(self) -> Iterator["Processes"]:
        """All of them, until the end, come what may."""
        try:
            for name in self._commands:
                self._start(name)
            self._wait_until_up()
            yield self
        finally:
            for process in self._running.values():
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
            for process in self._running.values():
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    pass
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=20)

    def _start(self, name: str) -> None:
        with (self._directory / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def _wait_until_up(self) -> None:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/sign-in/", timeout=5) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError("gunicorn did not start:\n" + (self._directory / "web.log").read_text()[-3000:])

    # what happens to them

    def kill_a_worker_process(self) -> None:
        """SIGKILL for one of the two that work; Celery makes another one."""
        give_up = time.monotonic() + 30
        while not (workers := self._of("jobs")[1:] or self._of("worker 1")):  # Celery is starting still
            if time.monotonic() > give_up:
                raise RuntimeError("the worker has not started:\n" + (self._directory / "jobs.log").read_text()[-3000:])
            time.sleep(0.1)
        os.kill(workers[0], signal.SIGKILL)
        self.killed += 1
        if not HAS_BROKER:
            self._running["worker 1"].wait(timeout=20)
            self._start("worker 1")

    def kill_the_worker(self) -> None:
        """SIGKILL for all of one worker, which is then started again, as a supervisor would."""
        name = "jobs" if HAS_BROKER else "worker 2"
        os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait(timeout=20)
        self.killed += 1
        self._start(name)

    def empty_the_broker(self) -> None:
        """Everything that it holds is gone; it is one of these tests' own, by its number."""
        if settings.CELERY_BROKER_URL.startswith("redis:"):
            with current_app.connection_for_write() as connection:
                connection.default_channel.client.flushdb()

    # what is seen of them

    def take_memory(self) -> None:
        """Notes the resident memory of each process, MB."""
        now = {(name, pid): _memory_mb(pid, "VmRSS") for name in self._commands for pid in self._of(name)}
        self.samples.append((time.monotonic(), {who: mb for who, mb in now.items() if mb}))

    def forget_peaks(self) -> None:
        """From now on `peak_mb` counts anew."""
        for name in self._commands:
            for pid in self._of(name):
                Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak_mb(self, pid: int) -> float:
        """The most that a process held at any time."""
        return _memory_mb(pid, "VmHWM")

    def memory(self, warm_up: float = 0.2) -> dict[str, tuple[float, float]]:
        """{process: (MB after the warm-up, MB at the end)} of all that lived from then on; medians of a tenth each."""
        if len(self.samples) < 10:
            return {}
        warm, tenth = int(len(self.samples) * warm_up), max(1, len(self.samples) // 10)
        early, late = self.samples[warm : warm + tenth], self.samples[-tenth:]
        found = {}
        for who in self.samples[-1][1]:
            if all(who in sample for _, sample in [*early, *late]):
                first, last = (statistics.median(sample[who] for _, sample in part) for part in (early, late))
                found[f"{who[0]} {who[1]}"] = (first, last)
        return found

    def course(self) -> dict[str, list[int]]:
        """{process: MB at each tenth of the time}, of all that were there at the end."""
        tenths = self.samples[:: max(1, len(self.samples) // 10)]
        return {
            f"{who[0]} {who[1]}": [round(sample[who]) for _, sample in tenths if who in sample]
            for who in (self.samples[-1][1] if self.samples else {})
        }

    def complaints(self) -> list[str]:
        """What the logs say that nobody should have to read: tracebacks and errors; not that a killed one has died."""
        found = []
        for path in sorted(self._directory.glob("*.log")):
            for line in path.read_text(errors="replace").splitlines():
                if (wrong := _wrong(line)) and not (self.killed and _DIED.search(line)):
                    found.append(f"{path.stem}: {wrong[:600]}")
        return found

    def _of(self, name: str) -> list[int]:
        """A process and its children, the oldest first."""
        if name not in self._running:
            return []
        first = self._running[name].pid
        with suppress(OSError):
            return [first, *(int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split())]
        return [first]


def _memory_mb(pid: int, what: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _wrong(line: str) -> str:
    if not line.startswith("{"):
        return line if re.match(r"Traceback|\w*(Error|Exception|Warning):", line) else ""
    try:
        said: Mapping[str, object] = json.loads(line)
    except ValueError:
        return line
    if said.get("level") not in ("error", "critical") and "error" not in said:
        return ""
    is_busy = said.get("logger") == "django.request" and said.get("status_code") in _BUSY and "error" not in said
    return "" if is_busy else line
