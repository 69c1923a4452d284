"""The demo as one types it: how soon the first page comes, and what it costs when nobody uses it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from tests.bench.free_port import free_port
from tests.bench.measure import Line

ROOT = Path(__file__).resolve().parent.parent.parent
SETTLE_S, IDLE_S = 5, 20
MB = 1024 * 1024


def demo() -> Iterator[Line]:
    """From an installed environment to the first page; then CPU and memory of all its processes while idle."""
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        port = free_port()
        command = [sys.executable, "manage.py", "demo", "--port", str(port), "--data", folder]
        ours = ("CONSOLE_", "CRM_", "DATABASE_", "CELERY_", "CACHE_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        begin = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=clean, stdout=subprocess.DEVNULL)
        try:
            _first_page(f"http://localhost:{port}/sign-in/")
            yield Line("demo-first-page-s", time.monotonic() - begin, 5, {})
            time.sleep(SETTLE_S)
            before = _cpu_s(process.pid)
            time.sleep(IDLE_S)
            used = (_cpu_s(process.pid) - before) / IDLE_S
            yield Line("demo-idle-core-percent", used * 100, 2, {"processes": len(_family(process.pid))})
            held = sum(map(_own_memory, _family(process.pid))) / MB
            yield Line("demo-idle-memory-mb", held, 200, {"measured": "PSS"})
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _first_page(address: str) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            if requests.get(address, timeout=10).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.02)
    raise RuntimeError("the demo did not start")


def _family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _cpu_s(pid: int) -> float:
    """Processor seconds that the family has used so far."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _own_memory(pid: int) -> int:
    """Bytes of a process, shared pages counted by their share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
