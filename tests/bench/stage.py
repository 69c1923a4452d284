"""Django with a database of its own, for measurements in this process."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test.utils import get_runner, setup_test_environment, teardown_test_environment

from crm_client.standin import StandIn


@contextlib.contextmanager
def stage() -> Iterator[None]:
    """A fresh database, static files as in production, and the benchmark's two extra addresses."""
    setup_test_environment(debug=False)
    change: Any = settings
    change.ROOT_URLCONF = "tests.bench.urls"
    change.LIMITS = {name: (10**9, span_s) for name, (_, span_s) in settings.LIMITS.items()}
    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    call_command("collectstatic", interactive=False, verbosity=0)
    try:
        yield
    finally:
        runner.teardown_databases(old)
        teardown_test_environment()


def use(standin: StandIn) -> None:
    """Points the console's table of data centres at a stand-in."""
    table = Path(tempfile.mkdtemp(prefix="console-bench-")) / "data-centres.json"
    table.write_text(json.dumps(standin.table))
    change: Any = settings
    change.CRM_DC_TABLE = str(table)
    change.CRM_CREDENTIALS = {"": (standin.client_id, standin.client_secret)}
