"""`python -m tests.crowd.oversized [--count 1000]`: memory of the real web and worker processes while the CRM answers
with bombs and with more than anybody can use (AC-48); exit 1 when it grows.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

import tests.environment  # noqa: F401  fills the environment before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
django.setup()

from console.jobs.models import Job  # noqa: E402  models are there only now
from crm_client.standin import StandIn  # noqa: E402
from tests.bench.stage import stage, use  # noqa: E402
from tests.crowd.browser import Browser  # noqa: E402
from tests.crowd.companies import companies  # noqa: E402
from tests.crowd.processes import Processes  # noqa: E402
from tests.running.processes import until  # noqa: E402

AT_ONCE = 2
MOST_MB, MOST_GROWTH_MB = 64, 10
FAULTS = [("gzip_bomb", {"mb": 128}), ("oversize", {"mb": 11}), ("deep", {}), ("bigint", {})]
PAGES = ["/modules/refresh-list/", "/wizards/refresh/", "/catalogue/refresh/", "/modules/Leads/refresh/fields/"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crowd.oversized", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    served, people = companies(1, AT_ONCE)
    with stage(), StandIn(organisations=served) as standin:
        use(standin)
        standin.world.limits.of(standin.world.organisations["company-00"]).credits = None
        processes = Processes(standin, Path(tempfile.mkdtemp(prefix="console-oversized-")))
        with processes.running():
            browsers = [Browser(processes.url, each) for each in people]
            for browser in browsers:
                browser.sign_in(standin)
                assert browser.who.slug
            _ask(browsers, 60)  # code read, connections opened: what every process needs
            for name, args in FAULTS:
                standin.fault(name, args, match={"method": "GET"}, probability=0.4)
            _ask(browsers, max(100, count // 4))
            calls = len(standin.ledger())
            processes.forget_peaks()
            processes.take_memory()
            statuses = _ask(browsers, count)
            processes.take_memory()
            lines = list(_lines(processes))
            struck = sum(call["fault"] is not None for call in standin.ledger(calls))
        jobs = Job.objects.filter(kind="fetch_everything").count()
    sys.stdout.write(f"{count} buttons pressed, {struck} answers too big; statuses {statuses}; {jobs} jobs beside\n")
    sys.stdout.writelines(json.dumps(line) + "\n" for line in lines)
    return int(not all(line["ok"] for line in lines))


def _ask(browsers: list[Browser], count: int) -> dict[int, int]:
    """Presses refreshing buttons in turn, one browser for each at once; now and then work for the workers, too."""
    statuses: dict[int, int] = {}

    def ask(browser: Browser) -> None:
        token = browser.page_token(f"/c/{browser.who.slug}/modules/field-workbook/")
        for number in range(count // len(browsers)):
            page = PAGES[number % len(PAGES)] if number % 100 else "/modules/fetch-everything/"
            answer = browser.post(f"/c/{browser.who.slug}{page}", {"csrfmiddlewaretoken": token})
            if answer.status_code == 302:
                answer = browser.get(answer.leads_to)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1

    with ThreadPoolExecutor(len(browsers)) as pool:
        for asking in [pool.submit(ask, browser) for browser in browsers]:
            asking.result()
    under_way = Job.objects.filter(kind="fetch_everything", state=Job.State.RUNNING)
    until(lambda: not under_way.exists())  # what the workers hold counts when they are done with it
    return statuses


def _lines(processes: Processes) -> Iterator[dict[str, object]]:
    (_, before), (_, after) = processes.samples[0], processes.samples[-1]
    for (name, pid), mb in before.items():
        if (name, pid) in after:
            peak, grown = processes.peak_mb(pid) - mb, after[name, pid] - mb
            is_met = peak <= MOST_MB and grown <= MOST_GROWTH_MB
            told = {"process": f"{name} {pid}", "mb": round(mb), "peak_mb": round(peak), "grown_mb": round(grown, 1)}
            yield {**told, "ok": is_met}


if __name__ == "__main__":
    sys.exit(main())
