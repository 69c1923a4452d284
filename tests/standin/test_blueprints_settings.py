"""Processes in the settings over HTTP: filters, includes, ids, limits, and to whom all this is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crm_client import CrmClient
from crm_client.errors import InvalidRequest, NotAllowed, ScopeMissing
from crm_client.standin import StandIn

Json = dict[str, Any]
SCOPES = "ZohoCRM.settings.ALL,ZohoCRM.settings.blueprint.ALL"
ROOT = "/settings/blueprints"


@pytest.fixture(scope="module")
def whole() -> Iterator[StandIn]:
    with StandIn(seed=1) as running:
        running.allowance("demo").credits = None
        yield running


class Caller:
    def __init__(self, standin: StandIn, user: str = "alice", org: str = "demo", scopes: str = SCOPES) -> None:
        self.standin, self.environment = standin, "sandbox" if org.endswith("sandbox") else "production"
        self.headers = {"Authorization": f"Zoho-oauthtoken {standin.token(org, user, scopes)['access_token']}"}

    def get(self, path: str, version: int = 8, **query: str) -> requests.Response:
        address = f"{self.standin.api(environment=self.environment)}/crm/v{version}{path}"
        return requests.get(address, query, headers=self.headers, timeout=20)

    def names(self, **query: str) -> list[str]:
        return [one["name"] for one in self.get(ROOT, **query).json()["blueprints"]]

    def refused(self, path: str, version: int = 8, **query: str) -> tuple[int, str]:
        answer = self.get(path, version, **query)
        return answer.status_code, answer.json()["code"]


@pytest.fixture
def alice(whole: StandIn) -> Caller:
    return Caller(whole)


def test_the_list_is_filtered_sorted_and_paged(alice: Caller) -> None:
    everything = alice.names()
    assert len(everything) == 6
    assert alice.names(sort_order="asc") == everything[::-1]
    assert alice.names(module="Leads") == ["Lead nurturing 2023", "Lead nurturing"]
    assert alice.names(module="Leads", status="active") == ["Lead nurturing"]
    layout = alice.get(ROOT, module="Loans").json()["blueprints"][0]["layout"]["id"]
    assert alice.names(layout_id=layout) == ["Loan processing"]
    page = alice.get(ROOT, per_page="4", page="2").json()
    assert ([one["name"] for one in page["blueprints"]], page["info"]["more_records"]) == (everything[4:], False)
    assert "states" not in page["blueprints"][0]
    assert alice.get(ROOT, module="Vehicles").status_code == 204


def test_what_the_list_does_not_take(alice: Caller) -> None:
    for query in ({"status": "gone"}, {"sort_by": "name"}, {"sort_order": "up"}, {"per_page": "201"}):
        assert alice.refused(ROOT, **query) == (400, "INVALID_DATA")
    assert alice.refused(ROOT, module="Nowhere") == (400, "INVALID_MODULE")


def test_the_graph_is_whole_only_where_it_is_asked_for(alice: Caller) -> None:
    short = alice.get(ROOT, module="Loans").json()["blueprints"][0]
    bare = alice.get(f"{ROOT}/{short['id']}").json()["blueprints"][0]
    assert set(bare["states"][0]) == set(bare["transitions"][0]) == {"id", "name", "api_name"}
    half = alice.get(f"{ROOT}/{short['id']}", include="state").json()["blueprints"][0]
    assert half["states"][0]["pick_list_value"]["actual_value"] == "Application received"
    assert set(half["transitions"][0]) == {"id", "name", "api_name"}
    full = alice.get(f"{ROOT}/{short['id']}", include="state,transition").json()["blueprints"][0]
    kinds = {wanted["type"] for one in full["transitions"] for wanted in one["during_inputs"]}
    assert kinds == {"field", "info", "checklist", "notes", "attachment", "widget"}
    assert {one["transition_type"] for one in full["transitions"]} == {
        "standalone_transition", "parallel_transition", "child_transition",
    }  # fmt: skip
    assert alice.refused(f"{ROOT}/{short['id']}", include="everything") == (400, "INVALID_DATA")
    assert alice.refused(f"{ROOT}/4711") == (400, "INVALID_DATA")


def test_states_and_transitions_by_their_ids(alice: Caller) -> None:
    short = alice.get(ROOT, module="Cases").json()["blueprints"][0]
    full = alice.get(f"{ROOT}/{short['id']}", include="state,transition").json()["blueprints"][0]
    states, transitions = full["states"], full["transitions"]
    place = f"{ROOT}/{short['id']}/states"
    assert alice.get(place).json() == {"states": states}
    assert alice.get(place, ids=f"{states[2]['id']},{states[0]['id']}").json() == {"states": [states[2], states[0]]}
    assert alice.get(f"{place}/{states[1]['id']}").json() == {"states": [states[1]]}
    wanted = transitions[1]["id"]
    assert alice.get(f"{ROOT}/transitions", ids=wanted).json() == {"transitions": [transitions[1]]}
    assert alice.get(f"{ROOT}/transitions/{wanted}").json() == {"transitions": [transitions[1]]}
    assert alice.refused(f"{ROOT}/transitions") == (400, "REQUIRED_PARAM_MISSING")
    assert alice.refused(f"{ROOT}/transitions", ids=",".join([wanted] * 51)) == (400, "LIMIT_EXCEEDED")
    for wrong in (f"{place}/1", f"{ROOT}/transitions/1", f"{ROOT}/1/states"):
        assert alice.refused(wrong) == (400, "INVALID_DATA")
    assert alice.refused(place, ids="1") == (400, "INVALID_DATA")


def test_the_client_reads_limits_states_and_transitions(whole: StandIn) -> None:
    with CrmClient.with_token(whole.api(), whole.token("demo", "alice", SCOPES)["access_token"]) as crm:
        limits = crm.blueprints.process_configurations()
        assert (limits.total_blueprint_configured, limits.active_blueprint_configured) == (6, 4)
        usage = crm.blueprints.usage_configurations("Deals")
        assert (usage.name_max_length, usage.minimum_minutes, usage.process_types) == (
            50, 15, ["normal", "continuous"],
        )  # fmt: skip
        process = crm.blueprints.get(crm.blueprints.all("Loans")[0].id)
        assert process is not None
        assert crm.blueprints.states(process.id) == process.states
        ids = [one.id for one in process.transitions]
        assert crm.blueprints.transitions([*ids, *ids]) == process.transitions * 2
        whole.advance(0)
        assert [one["query"].count("%2C") for one in whole.ledger()[-2:]] == [49, 9]


def test_who_is_refused(whole: StandIn, alice: Caller) -> None:
    assert alice.refused(ROOT, 7) == (400, "API_NOT_SUPPORTED")
    assert Caller(whole, scopes="ZohoCRM.settings.ALL").refused(ROOT) == (401, "OAUTH_SCOPE_MISMATCH")
    assert Caller(whole, "bob").refused(ROOT) == (403, "NO_PERMISSION")

    def client(user: str, scopes: str, version: int = 8) -> CrmClient:
        return CrmClient.with_token(whole.api(), whole.token("demo", user, scopes)["access_token"], version=version)

    with pytest.raises(InvalidRequest) as older:
        client("alice", SCOPES, 7).blueprints.all()
    assert older.value.code == "API_NOT_SUPPORTED"
    with pytest.raises(ScopeMissing) as missing:
        client("alice", "ZohoCRM.settings.ALL").blueprints.all()
    assert missing.value.scope == "ZohoCRM.settings.blueprint.READ"
    with pytest.raises(NotAllowed):
        client("bob", SCOPES).blueprints.get("1")


def test_europe_has_no_processes(whole: StandIn) -> None:
    token = whole.token("europe", "charlie", SCOPES)["access_token"]
    with CrmClient.with_token(whole.api("standin-eu"), token) as crm:
        assert crm.blueprints.all() == []


def test_the_sandbox_has_drifted(whole: StandIn, alice: Caller) -> None:
    sandbox = Caller(whole, org="demo-sandbox")

    def graphs(caller: Caller) -> dict[str, Json]:
        found = {}
        for short in caller.get(ROOT, status="active").json()["blueprints"]:
            whole_graph = caller.get(f"{ROOT}/{short['id']}", include="state,transition").json()["blueprints"][0]
            found[short["name"]] = whole_graph
        return found

    here, there = graphs(alice), graphs(sandbox)
    assert set(here) == set(there)

    def difference(process: str, key: str) -> tuple[set[str], set[str]]:
        one, other = ({part["api_name"] for part in graph[process][key]} for graph in (here, there))
        return one - other, other - one

    assert difference("Lead nurturing", "states") == ({"Contact_in_Future", "Junk_Lead"}, {"Nurturing"})
    assert difference("Deal closing", "states") == (set(), {"Legal_Review"})
    assert difference("Loan processing", "transitions") == ({"Reject_at_once", "Check_the_sanctions_list"}, set())

    def part(graph: Json, name: str, key: str = "transitions") -> Json:
        return next(one for one in graph[key] if one["name"] == name)

    for name, key in (("Qualify", "criteria"), ("Qualify", "during_inputs"), ("Lose", "owners")):
        sides = [_plain(part(graph["Lead nurturing"], name)[key]) for graph in (here, there)]
        assert sides[0] != sides[1], (name, key)
    waits = [part(graph["Loan processing"], "Cooling-off over")["timebox"]["value"] for graph in (here, there)]
    assert waits == [14, 7]
    late = [part(graph["Case handling"], "Escalated", "states")["state_escalation"]["value"] for graph in (here, there)]
    assert late == [1, 2]


def _plain(value: Any) -> Any:
    """A value without ids, which are always others in a sandbox."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key != "id"}
    return [_plain(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def made() -> Iterator[StandIn]:
    """A demo of one's own, to change its processes."""
    with StandIn(seed=1) as running:
        yield running


class Publisher(Caller):
    """Somebody who publishes and stops the processes of leads."""

    def ids(self) -> tuple[str, str]:
        """The process that is in force, and the other one."""
        listed = self.get(ROOT, module="Leads").json()["blueprints"]
        return tuple(one["id"] for one in sorted(listed, key=lambda one: one["status"] != "active"))  # type: ignore[return-value]

    def post(self, id_: str, act: str, body: Any) -> requests.Response:
        address = f"{self.standin.api()}/crm/v8{ROOT}/{id_}/actions/{act}"
        return requests.post(address, json=body, headers=self.headers, timeout=20)

    def places(self) -> dict[str, Json]:
        return dict(self.standin.organisation("demo").process_places["Leads"])

    def state_of(self, id_: str) -> tuple[int, str]:
        answer = self.get(f"/Leads/{id_}/actions/blueprint")
        info = answer.json().get("blueprint", {}).get("process_info", {})
        return answer.status_code, info.get("id", answer.json().get("code"))


def test_a_process_is_published_and_takes_its_records_over(made: StandIn) -> None:
    alice = Publisher(made, scopes=f"{SCOPES},ZohoCRM.modules.READ")
    active, other = alice.ids()
    before = alice.places()
    assert before
    known = {
        state["pick_list_value"]["actual_value"]
        for state in made.organisation("demo").blueprint_settings[other]["states"]
    }
    lost = sorted({place["state"] for place in before.values()} - known)
    if lost:
        refused = alice.post(other, "activate", {"move_records": True})
        assert (refused.status_code, refused.json()["code"]) == (400, "MANDATORY_NOT_FOUND")
        assert alice.places() == before
    old_states = made.organisation("demo").blueprint_settings[active]["states"]
    new_state = made.organisation("demo").blueprint_settings[other]["states"][0]
    mapped = [
        {"existing_state": {"id": state["id"]}, "replacing_state": {"id": new_state["id"]}}
        for state in old_states
        if state["pick_list_value"]["actual_value"] in lost
    ]
    done = alice.post(other, "activate", {"blueprints": [{"move_records": True, "map_states": mapped}]})
    (item,) = done.json()["blueprints"]
    assert (done.status_code, item["message"], item["details"]) == (
        200, "Blueprint successfully published", {"id": other},
    )  # fmt: skip
    assert alice.ids() == (other, active)
    assert {place["process"] for place in alice.places().values()} == {other}
    some = next(id_ for id_, place in before.items() if place["state"] in known)
    assert alice.state_of(some) == (200, other)
    stopped = alice.post(other, "deactivate", {"blueprints": [{"exit_records": True}]}).json()["blueprints"][0]
    assert stopped["message"] == "Blueprint successfully deactivated"
    assert alice.places() == {}
    assert alice.state_of(some) == (400, "RECORD_NOT_IN_PROCESS")


def test_what_publishing_and_stopping_need(made: StandIn) -> None:
    alice = Publisher(made, scopes="ZohoCRM.settings.ALL,ZohoCRM.settings.blueprint.READ,ZohoCRM.modules.READ")
    active, other = alice.ids()
    for act, body in (("activate", {}), ("deactivate", {"blueprints": [{}]})):
        missing = alice.post(active, act, body)
        assert (missing.status_code, missing.json()["code"]) == (400, "MANDATORY_NOT_FOUND")
    assert alice.post(active, "deactivate", {"exit_records": "yes"}).json()["code"] == "INVALID_DATA"
    unknown = alice.post("1", "deactivate", {"exit_records": True}).json()
    assert (unknown["code"], unknown["message"]) == ("INVALID_DATA", "The blueprint ID given seems to be invalid.")
    some = next(iter(alice.places()))
    assert alice.post(other, "activate", {"move_records": False}).status_code == 200  # settings.ALL is enough for this
    assert alice.state_of(some) == (400, "RECORD_NOT_IN_PROCESS")
    reader = Publisher(made, scopes="ZohoCRM.settings.blueprint.READ")
    assert reader.post(active, "activate", {"move_records": True}).json()["code"] == "OAUTH_SCOPE_MISMATCH"
    bob = Publisher(made, "bob")
    assert bob.post(active, "activate", {"move_records": True}).status_code == 403
