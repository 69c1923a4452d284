"""How the tests of starting and stopping watch other processes: by line, by exit, by file; never by waiting a while."""

import os
import select
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60.0

# What a developer's shell may hold and a started console must not get from the tests.
_OURS = ("CONSOLE_", "CRM_", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "DJANGO_", "PYTEST_", "COV_")


def bare_environment(**more: str) -> dict[str, str]:
    """The environment without anything that is about the console."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


class Started:
    """A process whose output, both streams in one, is read line by line."""

    def __init__(self, command: list[str], cwd: Path = ROOT, **environment: str) -> None:
        self.said = ""
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=bare_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def line_with(self, words: str) -> str:
        """The next line that holds the words; fails when the process ends or falls silent before it says them."""
        assert self.process.stdout is not None
        out = self.process.stdout
        while select.select([out], [], [], PATIENCE_S)[0]:
            line = out.readline().decode()
            self.said += line
            if words in line:
                return line
            if not line:
                break
        raise AssertionError(f"never said {words!r}, but:\n{self.said}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> tuple[int, str]:
        """Exit code and everything that was said, once it is over."""
        rest, _ = self.process.communicate(timeout=PATIENCE_S)
        self.said += rest.decode()
        return self.process.returncode, self.said

    def children(self) -> list[int]:
        found = []
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            found += [int(pid) for pid in (task / "children").read_text().split()]
        return found


@contextmanager
def started(command: list[str], cwd: Path = ROOT, **environment: str) -> Iterator[Started]:
    """A process that is gone at the end of the test, come what may."""
    running = Started(command, cwd, **environment)
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.process.communicate(timeout=PATIENCE_S)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Runs `manage.py` to its end: exit code and output."""
    with started(manage(*arguments), **environment) as process:
        return process.ended()


def gone(handle: int) -> bool:
    """Whether the process behind a pidfd ends within our patience."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    ended = bool(poll.poll(PATIENCE_S * 1000))
    os.close(handle)
    return ended


def until(holds: Callable[[], bool]) -> bool:
    """Whether something becomes true within our patience."""
    tick = threading.Event()
    for _ in range(int(PATIENCE_S / 0.05)):
        if holds():
            return True
        tick.wait(0.05)
    return False


def get(url: "str | urllib.request.Request") -> tuple[int, str]:
    """Status and text of a page."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.read().decode()
