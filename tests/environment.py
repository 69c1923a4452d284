"""Fills the environment before Django reads it (loaded by pytest with `-p`); database and broker stay the caller's.

Without DATABASE_URL the tests run on SQLite in a directory of their own, which is removed at the end.
"""

import base64
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

_DATA = Path(tempfile.mkdtemp(prefix="console-tests-"))
_TABLE = _DATA / "data-centres.json"
# Nobody listens there: each test's stand-in brings a table of its own.
_TABLE.write_text('{"standin-us": {"accounts": "http://127.0.0.1:9", "api": {"production": "http://127.0.0.1:9"}}}')
(_DATA / "static").mkdir()  # empty: nothing is collected here, so files keep their plain names

os.environ.update(
    {
        "CONSOLE_DATA": str(_DATA),
        "CONSOLE_URL": "http://localhost:8000",
        "CONSOLE_SECRET_KEY": "a key that only the tests use, and long enough for the check",
        "CONSOLE_TOKEN_KEYS": base64.urlsafe_b64encode(b"only the tests use this key 4711").decode(),
        "CRM_CLIENT_ID": "1000.TESTS",
        "CRM_CLIENT_SECRET": "replaced-by-the-stand-in",
        "CRM_DC_TABLE": str(_TABLE),
        "CRM_ALLOW_LOOPBACK": "1",
        "CRM_HOME_DC": "standin-us",
    }
)
# Workers side by side (`-n 2`) each have a broker of their own, as pytest-django gives each a database of its own.
_worker, _broker = os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get("CELERY_BROKER_URL", "")
if _worker and _broker.startswith("redis://"):
    _server, _, _number = _broker.rpartition("/")
    os.environ["CELERY_BROKER_URL"] = f"{_server}/{int(_number) + 1 + int(_worker.removeprefix('gw'))}"
# One stand-in, one console and one browser share this machine's threads.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed may hold half a character, which does not travel from a worker to the one that reports."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
