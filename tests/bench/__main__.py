"""`python -m tests.bench [NAME…]`: measures, prints, and ends with 1 when a bar is missed."""

import sys
from collections.abc import Callable, Iterator

from tests.bench import (
    blueprints,
    catalogue,
    client,
    demo,
    diagrams,
    fieldforms,
    pages,
    records,
    submits,
    waiting,
    wizards,
    writes,
)
from tests.bench.measure import Line

MEASUREMENTS: dict[str, Callable[[], Iterator[Line]]] = {
    "client": client.typed_objects,
    "connections": client.connections,
    "imports": client.imports,
    "pages": pages.pages,
    "records": records.records,
    "catalogue": catalogue.catalogue,
    "diagrams": diagrams.diagrams,
    "fieldforms": fieldforms.fieldforms,
    "waiting": waiting.waiting,
    "wizards": wizards.findings,
    "blueprints": blueprints.blueprints,
    "submits": submits.submits,
    "writes": writes.writes,
    "demo": demo.demo,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.stderr.write(f"No measurement is called {unknown[0]!r}; there are {', '.join(MEASUREMENTS)}.\n")
        return 2
    missed = False
    for name in names or MEASUREMENTS:
        for line in MEASUREMENTS[name]():
            line.show()
            missed |= not line.is_met
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
