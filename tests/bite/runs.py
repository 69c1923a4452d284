"""Runs of pytest without a protection, in processes of their own and on SQLite."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SWITCH = "TESTS_WITHOUT"  # read by tests/conftest.py alone
_ROOT = Path(__file__).resolve().parent.parent.parent
_PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
_PARTS = "from tests.bite.protections import PROTECTIONS; import json; "

Outcome = tuple[str, list[str], int]  # the protection, the tests that turned red, how many stayed green


def named_tests() -> dict[str, list[str]]:
    """Every protection with the tests that are named for it."""
    return _told("{name: protection.bites for name, protection in PROTECTIONS.items()}")


def quick(named: Mapping[str, Sequence[str]], *, control: bool = True) -> Iterator[Outcome]:
    """Only those tests, all in one process.

    control  run each of them as it is, too: red counts only where it is green then
    """
    tests = sorted({test for bites in named.values() for test in bites})
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory, "report.json")
        command = [*_PYTEST, "-p", "tests.bite.plugin", *tests]
        environment = _environment(BITE_REPORT=str(report), BITE_CONTROL="1" if control else "")
        ended = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True)
        if not report.exists():
            raise RuntimeError(ended.stdout.decode() + ended.stderr.decode())
        became = json.loads(report.read_text())
        missed = [name for name in named if name not in became]
        if missed:
            raise RuntimeError(f"not tried: {', '.join(missed)}\n{ended.stdout.decode()[-3000:]}")
    for name in named:
        tried = became.get(name, {})
        red = [test for test, end in tried.items() if end == "red"]
        yield name, red, len(tried) - len(red)


def full(only: str | None = None) -> Iterator[Outcome]:
    """Every protection with its whole part of the suite, one after the other: some minutes."""
    parts = _told("{name: protection.part for name, protection in PROTECTIONS.items()}")
    for name, part in parts.items():
        if only in (None, name):
            ended = subprocess.run(
                [*_PYTEST, "-rfE", *part], cwd=_ROOT, env=_environment(**{SWITCH: name}), capture_output=True
            )
            yield name, re.findall(r"^(?:FAILED|ERROR) (\S+)", ended.stdout.decode(), re.MULTILINE), 0


def _told(what: str) -> dict[str, list[str]]:
    """Something of the protections, which only a process that has loaded Django can import."""
    script = f"import tests.environment, django; django.setup(); {_PARTS}print(json.dumps({what}))"
    environment = _environment(DJANGO_SETTINGS_MODULE="console.settings")
    ended = subprocess.run([sys.executable, "-c", script], cwd=_ROOT, env=environment, capture_output=True, check=True)
    found: dict[str, list[str]] = json.loads(ended.stdout)
    return found


def _environment(**more: str) -> dict[str, str]:
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("CONSOLE_")}
    return {**kept, **more}
