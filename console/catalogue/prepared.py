"""The kept list of APIs, prepared once per process and copy."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from console.catalogue.lines import Lines, compared, lines_of
from console.connections.models import Connection
from console.http import CrmRequest
from console.metadata.kept import Kept
from crm_client.apis import Api

VERSIONS = (7, 8)
BOTH = "both"
_MOST = 12
_prepared: OrderedDict[tuple[object, ...], Lines] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The lines of what the page shows, and the copies that they come from."""

    version: str  # "7", "8" or BOTH
    lines: Lines
    kept: Kept[list[Api]]  # the oldest copy, whose age is the page's


def version_of(text: str, connection: Connection) -> str:
    """The version asked for in an address; the connection's own when it is none of them."""
    return text if text in ("7", "8", BOTH) else str(connection.api_version)


def numbers_of(version: str) -> tuple[int, ...]:
    return VERSIONS if version == BOTH else (int(version),)


def catalogue_of(request: CrmRequest, version: str) -> Catalogue:
    """From the kept copies; asks the CRM for one that is not there (1 credit each). Raises CrmError then."""
    copies = {number: request.kept.apis(number) for number in numbers_of(version)}
    kept = min(copies.values(), key=lambda copy: copy.fetched_at)
    key = (request.connection.pk, version, *(copy.fetched_at for copy in copies.values()))
    with _lock:
        lines = _prepared.get(key)
    if lines is None:
        made = [lines_of(copy.value, number) for number, copy in copies.items()]
        lines = made[0] if len(made) == 1 else compared(made[0], made[1])
        with _lock:
            _prepared[key] = lines
            while len(_prepared) > _MOST:
                _prepared.popitem(last=False)
    return Catalogue(version, lines, kept)
