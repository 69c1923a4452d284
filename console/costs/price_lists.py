"""The price list that is kept for a connection; prepared once per process and catalogue."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from uuid import UUID

from console.connections.models import Connection
from console.costs.prices import PriceList
from console.metadata.kept import kept_apis

_MOST = 16  # a list of all documented operations takes a few MB
_lists: OrderedDict[tuple[UUID, int, datetime], PriceList] = OrderedDict()
_lock = Lock()


def price_list(connection: Connection, version: int | None = None) -> PriceList:
    """Prices by the kept catalogue; an empty list, which leaves the published rules, when none is kept.

    Never asks the CRM. One query for the catalogue's age.
    """
    kept = kept_apis(connection, version or connection.api_version)
    if kept is None:
        return PriceList()
    key = (connection.pk, version or connection.api_version, kept.fetched_at)
    with _lock:
        found = _lists.get(key)
    if found is None:
        found = PriceList(kept.value)
        with _lock:
            _lists[key] = found
            while len(_lists) > _MOST:
                _lists.popitem(last=False)
    return found
