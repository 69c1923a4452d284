"""`python -m tests.crowd [--minutes 10] [--users 25] [--sessions 50] [--companies 5]`: figures, then findings (exit 1).

Runs on the database and broker of the environment, on tables of its own. The logs of the processes are kept where the
first line says.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import django

import tests.environment  # noqa: F401  fills the environment before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
django.setup()

from django.db import connection as database  # noqa: E402  settings are there only now

from crm_client.standin import StandIn  # noqa: E402
from tests.bench.stage import stage, use  # noqa: E402
from tests.crowd.companies import companies  # noqa: E402
from tests.crowd.crowd import crowd  # noqa: E402
from tests.crowd.processes import HAS_BROKER  # noqa: E402

SHOWN = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crowd", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--users", type=int, default=25)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--companies", type=int, default=5)
    chosen = parser.parse_args()
    logs = Path(tempfile.mkdtemp(prefix="console-crowd-"))
    say = sys.stdout.write
    broker = "with a broker" if HAS_BROKER else "without a broker: workers look for their work, and there is no beat"
    say(f"on {database.vendor}, {broker}; logs in {logs}\n")
    sys.stdout.flush()
    served, people = companies(chosen.companies, chosen.users)
    with stage(), StandIn(organisations=served) as standin:
        use(standin)
        report = crowd(standin, people, chosen.sessions, chosen.minutes * 60, logs)
    for name, figure in report.figures.items():
        say(f"{name}: {json.dumps(figure, default=str) if not isinstance(figure, dict) else figure}\n")
    for who, (first, last) in report.memory.items():
        say(f"memory of {who}: {first:.0f} MB after the warm-up, {last:.0f} MB at the end\n")
    for what, found in report.findings.items():
        say(f"{what}: {len(found)}\n")
        for one in found[:SHOWN]:
            say(f"    {one}\n")
    return 1 if any(report.findings.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
