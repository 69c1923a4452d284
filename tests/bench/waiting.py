"""A page that waits for the CRM, under many users: how much of what the threads allow is served."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection as database

from console import serving
from crm_client.standin import StandIn
from crm_client.standin.organisation import Organisation, fresh
from crm_client.standin.organisations import built_in
from tests.bench.free_port import free_port
from tests.bench.measure import Line
from tests.bench.stage import stage, use
from tests.cast import Person, connect

USERS, ORGANISATIONS = 64, 16
WAIT_MS = 300
SECONDS = 12


def waiting() -> Iterator[Line]:
    """64 users over 16 organisations, 2 processes of 32 threads, each page waiting 300 ms for the CRM."""
    with stage(), StandIn(organisations=_organisations()) as standin:
        use(standin)
        standin.fault("latency", {"ms": WAIT_MS}, match={"path": "/crm/v8/org"})
        everybody = [(who.at("/waits/"), _cookie(who)) for who in _people(standin)]
        with _served() as address:
            _load(address, everybody, seconds=2)  # connections opened, code read
            served, failed = _load(address, everybody, seconds=SECONDS)
        allowed = serving.workers * serving.threads * 1000 / WAIT_MS
        details = {
            "requests_per_s": round(served / SECONDS, 1),
            "threads_allow_per_s": round(allowed, 1),
            "users": USERS,
            "organisations": ORGANISATIONS,
            "database": database.vendor,
        }
        yield Line("waiting-page", served / SECONDS / allowed, 0.7, details, at_least=True)
        yield Line("waiting-page-errors", failed, 0, {})


def _organisations() -> list[Organisation]:
    """Sixteen companies of four people each."""
    demo = next(organisation for organisation in built_in() if organisation.key == "demo")
    made = []
    for number in range(ORGANISATIONS):
        twin = demo.copy()
        twin.key, twin.org["zgid"] = f"company-{number}", str(900_000_000 + number)
        fourth = fresh(twin.users[0])
        fourth["id"] = str(7_200_000_000_000_000_000 + number)
        fourth |= {"first_name": "Fourth", "email": "fourth@company.example"}
        twin.users.append(fourth)
        made.append(twin)
    return made


def _people(standin: StandIn) -> Iterator[Person]:
    for number in range(USERS):
        who = ("alice", "bob", "dora", "fourth")[number // ORGANISATIONS]
        connection = connect(standin, f"company-{number % ORGANISATIONS}", who)
        yield Person(connection.user, connection)


def _cookie(who: Person) -> str:
    return str(who.client.cookies[settings.SESSION_COOKIE_NAME].value)


@contextmanager
def _served() -> Iterator[str]:
    """gunicorn with the production settings on this run's database; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "-c", "python:console.serving"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    told = {
        "BENCH_DATABASE": str(database.settings_dict["NAME"]),
        "BENCH_DC_TABLE": settings.CRM_DC_TABLE,
    }
    server = subprocess.Popen(command, env=os.environ | told)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _wait_until_up(address: str) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            if requests.get(f"{address}/sign-in/", headers={"Host": "localhost"}, timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


def _load(address: str, everybody: list[tuple[str, str]], seconds: float) -> tuple[int, int]:
    """How many pages came and how many failed, each user asking for the next one when the last has come."""
    until = time.monotonic() + seconds
    good, bad = [0] * len(everybody), [0] * len(everybody)

    def use_it(number: int, path: str, cookie: str) -> None:
        # A connection of the standard library: requests would take more of the two cores than the page itself.
        browser = HTTPConnection(urlsplit(address).netloc, timeout=30)
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Host": "localhost"}
        while time.monotonic() < until:
            browser.request("GET", path, headers=headers)
            answer = browser.getresponse()
            answer.read()
            if answer.status == 200:
                good[number] += 1
            else:
                bad[number] += 1
        browser.close()

    threads = [threading.Thread(target=use_it, args=(n, *each)) for n, each in enumerate(everybody)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(good), sum(bad)
