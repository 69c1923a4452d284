"""The demo's CRM: the stand-in as a child process, watched, started again when it dies, ended with the console.

Standard library only: the child's table of data centres must stand before Django loads.
"""

import contextlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console.running.data import Refusal, write_private

ROOT = Path(__file__).resolve().parent.parent.parent
USUAL_PORT = 8899
PORTS = 6  # accounts, production and sandbox of two data centres (contract.md)
READY_S = 30.0
STOP_S = 2.0
MOST_DEATHS = 3  # within DEATHS_S; then something is wrong that starting again does not mend
DEATHS_S = 60.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class DemoCrm:
    """A running stand-in. `start` it, read `client_id` and `secret_file`, `watch` it, `stop` it."""

    directory: Path  # its files: table, client, state
    log_file: Path
    client_id: str = ""
    _port: int = 0
    _child: "subprocess.Popen[bytes] | None" = None
    _ending: threading.Event = field(default_factory=threading.Event)

    @property
    def table(self) -> Path:
        return self.directory / "data-centres.json"

    @property
    def secret_file(self) -> Path:
        return self.directory / "client_secret"

    def start(self) -> None:
        """Starts the child without waiting for it; `wait_ready` does that.

        The ports of the last start are taken again if they are free, so that open browser pages still lead somewhere.
        """
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self._port = _free_ports(self._last_port())
        self._child = self._spawn()

    def wait_ready(self) -> None:
        """Waits for the child's line of JSON and keeps what it says. Raises Refusal when it does not come."""
        line = self._first_line()
        for _ in range(MOST_DEATHS):
            if line or _are_free(self._port):
                break
            # Somebody else took the ports between our look and the child's start: two demos started at once.
            self._end()
            self._port = _free_ports(0)
            self._child = self._spawn()
            line = self._first_line()
        try:
            said = json.loads(line)
            self.client_id = str(said["client_id"])
            write_private(self.secret_file, f"{said['client_secret']}\n")
        except (ValueError, KeyError, TypeError) as exc:
            raise Refusal(f"The stand-in CRM did not start. Its log says why: {self.log_file}") from exc
        write_private(self.directory / "port", f"{self._port}\n")

    def watch(self, give_up: Callable[[], None]) -> None:
        """Starts the child again whenever it dies, in a thread; calls `give_up` when it dies over and over."""
        threading.Thread(target=self._watch, args=(give_up,), name="crm-watch", daemon=True).start()

    def stop(self) -> None:
        """Ends the child for good."""
        self._ending.set()
        self._end()

    def _end(self) -> None:
        """Ends the child, gently at first."""
        child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _close_pipes(child)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "console.running.child", "--port", str(self._port)]
        command += ["--dc-table", str(self.table), "--state", str(self.directory / "state.json")]
        with self.log_file.open("ab") as errors:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,  # never written to: its end tells the child that we are gone
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for us; we end the child ourselves
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def _first_line(self) -> bytes:
        if self._child is None or self._child.stdout is None:
            return b""
        out = self._child.stdout.fileno()
        until = time.monotonic() + READY_S
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([out], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(out, 65536) if ready else b""
            if not piece:
                break
            line += piece
        return line

    def _watch(self, give_up: Callable[[], None]) -> None:
        deaths: list[float] = []
        while child := self._child:
            code = child.wait()
            if self._ending.is_set():
                return
            _close_pipes(child)
            now = time.monotonic()
            deaths = [at for at in deaths if now - at < DEATHS_S] + [now]
            if len(deaths) > MOST_DEATHS:
                _say(f"The stand-in CRM ended again and again (exit code {code}); stopping. Its log: {self.log_file}")
                give_up()
                return
            _say(f"The stand-in CRM ended (exit code {code}); starting it again. Its log: {self.log_file}")
            self._child = self._spawn()
            with contextlib.suppress(Refusal):  # then it has died as well, and the next round counts that
                self.wait_ready()

    def _last_port(self) -> int:
        try:
            return int((self.directory / "port").read_text("utf-8"))
        except (OSError, ValueError):
            return 0


def _free_ports(wanted: int) -> int:
    """The first of six free ports in a row: those wanted, the usual ones, or some above them. Raises Refusal."""
    for first in (wanted, *range(USUAL_PORT, USUAL_PORT + 2000, 10)):
        if first and _are_free(first):
            return first
    raise Refusal(f"The stand-in CRM found no {PORTS} free ports in a row above {USUAL_PORT}.")


def _are_free(first: int) -> bool:
    """Whether the stand-in's ports, counted from `first`, can be listened on."""
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _close_pipes(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()


def _say(sentence: str) -> None:
    log.warning(sentence)
    print(sentence, file=sys.stderr, flush=True)
