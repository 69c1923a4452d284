"""The big organisation's CRM in a process of its own, so that its work is not counted as the client's."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from crm_client.standin import StandIn
from tests.bench.big import big_demo


@contextmanager
def standin_apart() -> Iterator[tuple[str, str]]:
    """Address of the API host, and an access token."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join(timeout=10)


def _serve(pipe: Connection) -> None:
    with StandIn(organisations=[big_demo()]) as standin:
        pipe.send((standin.api(), standin.token()["access_token"]))
        pipe.recv()
