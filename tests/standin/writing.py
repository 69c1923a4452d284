"""What the tests of the writing calls share: somebody of the demo organisation who sends records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from crm_client.standin import Organisation
from tests.standin.conftest import Somebody


@dataclass
class Clerk(Somebody):
    """A user of the demo organisation who writes."""

    name: str = "alice"
    org: str = "demo"

    @property
    def organisation(self) -> Organisation:
        """The organisation, to read ids from and to change by hand."""
        return self.standin.organisation(self.org)

    def insert(self, module: str, *rows: Any, **beside: Any) -> requests.Response:
        return self.call("POST", f"/{module}", json={"data": list(rows), **beside})

    def update(
        self, module: str, *rows: Any, headers: dict[str, str] | None = None, **beside: Any
    ) -> requests.Response:
        return self.call("PUT", f"/{module}", json={"data": list(rows), **beside}, headers=headers or {})

    def upsert(self, module: str, *rows: Any, **beside: Any) -> requests.Response:
        return self.call("POST", f"/{module}/upsert", json={"data": list(rows), **beside})

    def delete(self, module: str, *ids: str) -> requests.Response:
        return self.call("DELETE", f"/{module}?ids={','.join(ids)}")

    def new(self, module: str, **values: Any) -> str:
        """The id of a record that was inserted."""
        answer = self.insert(module, values)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"][0]["details"]["id"])

    def read(self, module: str, id_: str) -> dict[str, Any]:
        """A record, whole."""
        record: dict[str, Any] = self.get(f"/{module}/{id_}").json()["data"][0]
        return record

    def why(self, module: str, values: dict[str, Any], **beside: Any) -> tuple[str, dict[str, Any]]:
        """Code and details with which a new record is refused."""
        answer = self.insert(module, values, **beside)
        assert answer.status_code in (400, 412), answer.text
        (item,) = answer.json()["data"]
        assert set(item) == {"code", "details", "message", "status"}
        return item["code"], item["details"]

    def first(self, module: str) -> dict[str, str]:
        """A reference to the module's first record."""
        return {"id": str(self.organisation.records[module][0]["id"])}

    def layout(self, module: str, name: str = "Standard") -> dict[str, str]:
        """A reference to a layout."""
        return {"id": next(one["id"] for one in self.organisation.layouts[module] if one["name"] == name)}


def codes(answer: requests.Response) -> list[str]:
    """The codes of the items of an answer."""
    return [item["code"] for item in answer.json()["data"]]
