"""For pytest (`-p tests.bite.plugin`): runs each test that is named for a protection without it, and notes its end.

The ends are written as JSON into the file BITE_REPORT: {protection: {test: "red" or "green"}}; "broken" is a test that
is red with the protection in its place, too, which BITE_CONTROL=1 looks for. The run itself passes.
"""

import json
import os
import signal
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest
from _pytest.runner import runtestprotocol

LONGEST_S = 20  # a test that only the protection keeps from waiting for ever

_became: defaultdict[str, dict[str, str]] = defaultdict(dict)


def _too_long(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeoutError("without its protection this test does not end")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Function, nextitem: pytest.Item | None) -> bool:
    from tests.bite.protections import PROTECTIONS, without  # only when Django is ready

    signal.signal(signal.SIGALRM, _too_long)
    is_broken = bool(os.environ.get("BITE_CONTROL")) and _is_red(item, nextitem)
    for name, protection in PROTECTIONS.items():
        if not any(item.nodeid == test or item.nodeid.startswith(f"{test}[") for test in protection.bites):
            continue
        with without(name):
            end = "red" if _is_red(item, nextitem) else "green"
        _became[name][item.nodeid] = "broken" if is_broken else end
    return True


def _is_red(item: pytest.Function, nextitem: pytest.Item | None) -> bool:
    item._initrequest()
    signal.alarm(LONGEST_S)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    signal.alarm(0)
    return any(report.failed for report in reports)


def pytest_sessionfinish() -> None:
    Path(os.environ["BITE_REPORT"]).write_text(json.dumps(_became))
