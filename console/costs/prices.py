"""What a call will cost: the catalogue's price bounds it, the published rules give the number within. Pure.

source  GET /__apis (min_credits, max_credits); zoho.com/crm/developer/docs/api/v8/api-limits.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_client.apis import Api, Operation
from crm_client.credits import price as price_by_rules
from crm_client.values import JSON

MOST = 100_000  # credits that one call can cost at most; a list that says more is not believed


@dataclass(frozen=True, slots=True)
class Price:
    """Credits of one call.

    lowest, highest  what the CRM's own list says; the number itself where the list does not have the call
    is_estimated     the number comes from the published rules: the list gives a range, or does not have the call
    """

    credits: int
    lowest: int
    highest: int
    is_estimated: bool

    @property
    def words(self) -> str:
        """ "1 credit", "about 3 credits (1 to 10)"."""
        noun = "credit" if self.credits == 1 else "credits"
        if not self.is_estimated:
            return f"{self.credits} {noun}"
        bounds = f" ({self.lowest} to {self.highest})" if self.lowest != self.highest else ""
        return f"about {self.credits} {noun}{bounds}, estimated"

    def times(self, calls: int) -> Price:
        """The price of that many such calls."""
        return Price(self.credits * calls, self.lowest * calls, self.highest * calls, self.is_estimated)


class PriceList:
    """The prices of one API version of one organisation."""

    def __init__(self, apis: Iterable[Api] = ()) -> None:
        self._by_length: dict[tuple[str, int], list[tuple[list[str], Operation]]] = defaultdict(list)
        for api in apis:
            parts = api.short_path.strip("/").split("/")
            for operation in api.operation_types:
                self._by_length[operation.method, len(parts)].append((parts, operation))

    @property
    def is_known(self) -> bool:
        """Whether there is a list at all."""
        return bool(self._by_length)

    def operation(self, method: str, path: str) -> Operation | None:
        """What the list has for a call; the entry that names most parts wins, so Leads' own beats {{module}}'s."""
        asked = path.strip("/").split("/")
        best: tuple[int, Operation] | None = None
        for parts, operation in self._by_length.get((method, len(asked)), []):
            placeholders = 0
            for part, has in zip(parts, asked, strict=True):
                if part.startswith("{{"):
                    placeholders += 1
                elif part != has:
                    break
            else:
                if best is None or placeholders < best[0]:
                    best = placeholders, operation
        return best[1] if best else None

    def price(self, method: str, path: str, params: Mapping[str, JSON] | None = None, records: int = 1) -> Price:
        """The price of one call.

        path     after the version, such as "/Leads/upsert"
        records  how many records the body carries, or the LIMIT of a query
        """
        return self.bounded(method, path, price_by_rules(method, path, params, records))

    def bounded(self, method: str, path: str, by_rules: int) -> Price:
        """The number that the rules give, within what the list says."""
        found = self.operation(method, path)
        if found is None or found.min_credits is None or found.max_credits is None:
            return Price(by_rules, by_rules, by_rules, is_estimated=True)
        lowest = min(max(found.min_credits, 0), MOST)
        highest = min(max(found.max_credits, lowest), MOST)
        return Price(min(max(by_rules, lowest), highest), lowest, highest, is_estimated=lowest != highest)
