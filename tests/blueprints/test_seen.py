"""Where the settings are refused: processes put together from what records show, labelled as such."""

import re

import pytest

from console.blueprints.assembled import Sighting, process_of
from console.blueprints.tasks import LOOK_AT_RECORDS
from console.connections.scopes import READ_SCOPES
from console.jobs import services
from console.jobs.models import Job
from crm_client.record_blueprints import RecordBlueprint
from crm_client.standin import StandIn
from tests.cast import Person, person


@pytest.fixture
def eve(standin: StandIn, db: None) -> Person:
    """Alice without the scope of the blueprints' settings."""
    return person(standin, "demo", "alice", [scope for scope in READ_SCOPES if "blueprint" not in scope])


def _look(eve: Person, module: str, per_state: int = 3) -> Job:
    eve.post("/blueprints/look/", module=module, per_state=str(per_state))
    job = Job.objects.get(kind=LOOK_AT_RECORDS, state=Job.State.WAITING)
    services.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error_text
    return job


def test_a_look_at_records_finds_every_state_that_transitions_name(eve: Person, standin: StandIn) -> None:
    job = _look(eve, "Loans")
    listed = eve.get("/blueprints/").text
    assert "Loan processing" in listed
    assert "seen, not configured" in listed
    link = re.findall(r'href="([^"]*/blueprints/\d+/)"', listed)[0].replace(eve.at(""), "")
    text = eve.get(link).text
    assert "Seen, not configured." in text
    assert f"put together from {len(job.result['asked']) - _skipped(job)} records" in text
    raw = next(one for one in standin.organisation("demo").blueprint_settings.values() if one["id"] in link)
    real = {state["name"] for state in raw["states"]}
    shown = set(re.findall(r'<p class="outline-name"><a href="[^"]*"><bdi>([^<]*)</bdi>', text))
    assert shown <= real
    assert len(shown) >= 13
    assert "Check the identity" in text
    for rest in ("findings/", "numbers/", "map.svg", "map.json", "document.md", "states/state-1/"):
        assert eve.get(link + rest).status == 200, rest
    assert "it was not examined" in eve.get(link + "findings/").text
    record = next(one for one in standin.organisation("demo").records["Loans"] if one["Processing_Step"] == "Scoring")
    page = eve.get(f"/blueprints/record/Loans/{record['id']}/").text
    assert page.count("data-node=") == len(shown)


def _skipped(job: Job) -> int:
    """Records that were asked for and are in no process, or locked."""
    return len(job.result["asked"]) - sum(sum(one["states"].values()) for one in job.result["processes"])


def test_a_module_without_processes_says_so(eve: Person) -> None:
    job = _look(eve, "Contacts")
    assert job.result["processes"] == []
    assert 0 < len(job.result["asked"]) <= 40
    text = eve.get("/blueprints/").text
    assert "none was in a process" in text
    assert eve.post("/blueprints/look/", module="Nothing").status == 404


def test_what_a_second_record_shows_is_added() -> None:
    def place(state: str, *moves: tuple[str, str, str]) -> RecordBlueprint:
        transitions = [{"id": id_, "name": name, "type": "manual", "next_field_value": to} for id_, name, to in moves]
        info = {"id": "9", "name": "P", "api_name": "Stage", "field_label": "Stage", "field_value": state}
        return RecordBlueprint.from_api({"process_info": info, "transitions": transitions})

    sighting = Sighting.of("Deals", place("A", ("1", "Go", "B")))
    sighting.add(place("B", ("1", "Go", "C"), ("2", "Back", "A")))
    sighting = Sighting.of_json(sighting.as_json())
    seen = process_of(sighting)
    assert (seen.looked_at, seen.unseen) == (2, ["C"])
    assert {(arrow.source, arrow.target, arrow.name) for arrow in seen.process.arrows} == {
        ("A", "B", "Go"), ("B", "C", "Go"), ("B", "A", "Back"),
    }  # fmt: skip
