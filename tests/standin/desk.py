"""Somebody at work on records that stand in a process."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import requests

from crm_client.standin import StandIn

Json = dict[str, Any]
SCOPES = "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.settings.blueprint.ALL,ZohoCRM.coql.READ"
SAMPLE = Path(__file__).parents[2] / "crm_client/standin/organisations/samples/data/blueprint-lead.json"
DONE, PARTLY = "transition updated successfully", "transition saved partially"
DAY = 86_400


class Desk:
    """Somebody of the demo at work on one record, which the tests put into any state they like."""

    def __init__(self, standin: StandIn, user: str = "alice", scopes: str = SCOPES, version: int = 8) -> None:
        self.standin, self.user, self.scopes, self.version = standin, user, scopes, version
        self.demo = standin.organisation("demo")

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        token = self.standin.token("demo", self.user, self.scopes)["access_token"]  # a fresh one: clocks are moved
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        url = f"{self.standin.api()}/crm/v{self.version}{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)

    def at(self, module: str, state: str, days: float = 1, **values: Any) -> str:
        """A running record of the module, put into a state some days ago; its id."""
        places = self.demo.process_places[module]
        record = next(
            one for one in self.demo.records[module] if one["id"] in places and one.get("Locked__s") is not True
        )
        process = next(
            one for one in self.demo.blueprint_settings.values()
            if one["status"] == "active" and one["module"]["api_name"] == module
        )  # fmt: skip
        record.update({process["field"]["api_name"]: state, **values})
        since = time.time() - days * DAY
        places[record["id"]] = {"process": process["id"], "state": state, "since": since, "done": [], "partial": {},
                                "values": {}}  # fmt: skip
        return f"/{module}/{record['id']}"

    def place(self, path: str) -> Json:
        answer = self.call("GET", f"{path}/actions/blueprint")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()["blueprint"]
        return found

    def offered(self, path: str) -> dict[str, Json]:
        return {one["name"]: one for one in self.place(path)["transitions"]}

    def run(self, path: str, name: str, data: Json | None = None) -> Json:
        """The answer to a transition, run by the name that it is offered under."""
        item = {"transition_id": self.offered(path)[name]["id"], "data": data or {}}
        return self.send(path, {"blueprint": [item]}).json()

    def send(self, path: str, body: Any) -> requests.Response:
        return self.call("PUT", f"{path}/actions/blueprint", json=body)

    def record(self, path: str) -> Json:
        found: Json = self.call("GET", path).json()["data"][0]
        return found
