"""python -m crm_client.standin --port P [--org DIR]… [--seed N] [--dc-table FILE] [--catalogue full] [--state FILE]"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from crm_client.standin import organisations
from crm_client.standin.harness import PORTS, StandIn


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT; 0 after a clean end, 2 with one sentence when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m crm_client.standin", description="A local CRM to try things on.")
    parser.add_argument("--port", type=int, required=True, help=f"first of {PORTS} ports on 127.0.0.1; 0 picks them")
    parser.add_argument(
        "--org", type=Path, action="append", default=[], metavar="DIR", help="a saved organisation, too"
    )
    parser.add_argument("--seed", type=int, default=1, help="makes the built-in organisations (default 1)")
    parser.add_argument("--dc-table", type=Path, metavar="FILE", help="write the table of data centres there")
    parser.add_argument(
        "--catalogue", choices=["served", "full"], default="served", help="full: list the unserved part of the API too"
    )
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep tokens, clock and written records there over a restart"
    )
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        extra = [organisations.load_directory(path) for path in options.org]
        standin = StandIn(
            options.seed, extra=extra, port=options.port, state=options.state, catalogue=options.catalogue
        )
    except (OSError, ValueError, OverflowError) as exc:
        print(f"The stand-in CRM cannot start: {exc}", file=sys.stderr)
        return 2
    with standin:
        if options.dc_table is not None:
            standin.write_table(options.dc_table)
        print(standin.ready_line(), flush=True)
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
