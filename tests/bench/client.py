"""What the client costs beside requests alone."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import requests

from crm_client import CrmClient, StaticToken
from crm_client.standin import StandIn
from crm_client.transport import Http
from tests.bench.apart import standin_apart
from tests.bench.big import FIELDS, MODULES
from tests.bench.measure import Line, medians

THREADS = 8
CALLS = 20


def typed_objects() -> Iterator[Line]:
    """400 modules and 300 fields to objects with all attributes, against requests.Session with r.json(): no objects."""
    with standin_apart() as (api, token):
        crm = CrmClient(api, StaticToken(token))
        session = requests.Session()
        session.headers["Authorization"] = f"Zoho-oauthtoken {token}"
        for name, path, ask, size in (
            ("client-modules", "settings/modules", lambda: crm.modules.all(), MODULES),
            ("client-fields", "settings/fields?module=Leads", lambda: crm.fields.all("Leads"), FIELDS),
        ):

            def plain(url: str = f"{api}/crm/v8/{path}", size: int = size) -> None:
                found = next(iter(session.get(url, timeout=15).json().values()))
                assert len(found) == size

            def typed(ask=ask, size: int = size) -> None:  # type: ignore[no-untyped-def]
                assert len(ask()) == size  # every attribute is set by then

            theirs, ours = medians(plain, typed, rounds=60)
            details = {"requests_ms": round(theirs, 2), "ours_ms": round(ours, 2), "of": size}
            yield Line(name, ours / theirs, 0.9, details)


def connections() -> Iterator[Line]:
    """New connections in 20 warm calls from each of 8 threads."""
    with StandIn() as standin:
        http = Http()
        crm = CrmClient(standin.api(), StaticToken(standin.token()["access_token"]), http=http)
        together = threading.Barrier(THREADS)

        def calls() -> None:
            together.wait()
            for _ in range(CALLS):
                crm.org.get()

        _in_threads(calls)
        opened: list[object] = []
        sys.addaudithook(lambda event, args: opened.append(args) if event == "socket.connect" else None)
        _in_threads(calls)
        yield Line("client-new-connections", len(opened), 0, {"threads": THREADS, "warm_calls_each": CALLS})


def _in_threads(work) -> None:  # type: ignore[no-untyped-def]
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def imports() -> Iterator[Line]:
    """Importing crm_client against importing requests and Authlib's client together, each in a fresh interpreter."""
    theirs = "import requests; from authlib.integrations.requests_client import OAuth2Session"
    theirs_ms, ours_ms, nothing_ms = medians(
        lambda: _run(theirs), lambda: _run("import crm_client"), lambda: _run("pass"), rounds=11
    )
    details = {"crm_client_ms": round(ours_ms - nothing_ms), "requests_and_authlib_ms": round(theirs_ms - nothing_ms)}
    yield Line("client-import", (ours_ms - nothing_ms) / (theirs_ms - nothing_ms), 1.3, {**details, "median_of": 11})


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
