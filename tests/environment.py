"""Fills the environment before Django reads it (loaded by pytest with `-p`); database and broker stay the caller's.

Without DATABASE_URL the tests run on SQLite in a directory of their own, which is removed at the end.
"""

import base64
import os
import shutil
import tempfile
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
# One stand-in, one console and one browser share this machine's threads.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(_DATA, ignore_errors=True)
