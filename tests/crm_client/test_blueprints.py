"""Blueprints as the client gives them: the documentation's own answer, and what a hostile one becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_client.blueprints import Blueprint, Blueprints
from crm_client.errors import InvalidName, InvalidRequest, NoAnswer, NotAllowed, NotFound, RecordLocked, ServerFault
from crm_client.record_blueprints import RecordBlueprint
from crm_client.transport import Transport
from tests.crm_client.wire import answers, error, reply

Json = dict[str, Any]
SAMPLE = Path(__file__).parents[2] / "crm_client/standin/organisations/samples/data/blueprint-lead.json"

HEAD: Json = {
    "id": "1", "name": "Lead nurturing", "api_name": "Lead_nurturing", "status": "active", "continuous": False,
    "module": {"api_name": "Leads", "id": "2"}, "layout": {"api_name": "Standard", "name": "Standard", "id": "3"},
    "field": {"api_name": "Lead_Status", "field_label": "Lead Status", "id": "4"},
}  # fmt: skip


def test_the_documented_record_has_two_transitions_with_their_fields() -> None:
    place = RecordBlueprint.from_api(json.loads(SAMPLE.read_text())["blueprint"])
    assert (place.process_name, place.field_name, place.field_value) == (
        "Lead nurturing process", "Lead_Status", "Not Contacted",
    )  # fmt: skip
    contact, silence = place.transitions
    assert (contact.name, contact.type, contact.next_field_value) == ("Establish contact", "manual", "Contacted")
    assert [(one.kind, one.key, one.is_mandatory) for one in contact.fields] == [
        ("field", "Multi_User_Lookup", False), ("field", "Multi_Select_Lookup_Contacts", False),
    ]  # fmt: skip
    lookup = contact.fields[0].field
    assert lookup is not None
    assert lookup.link_key == "Multi_User_Lookup"
    (widget,) = silence.fields
    assert (widget.kind, widget.id, widget.key, widget.is_mandatory) == ("widget", "0", "widget", True)
    assert silence.data["widget"] == {"name": "Name1", "id": "1065415000003439878"}
    assert silence.missing() == []
    assert place.unread == []


def test_a_process_is_read_with_its_graph() -> None:
    process = Blueprint.from_api({**HEAD,
        "states": [{"id": "5", "name": "Reached", "api_name": "s1",
                    "pick_list_value": {"actual_value": "Contacted", "id": "6"},
                    "state_escalation": {"period": "hours", "value": 4, "trigger_details": [
                        {"execute_type": "after", "period": "days", "value": 1, "actions": [{"type": "sla"}]}]}}],
        "transitions": [{"id": "7", "name": "Call", "api_name": "t1", "trigger_type": "automatic",
                         "transition_type": "child_transition", "timebox": {"period": "b_days", "value": 2},
                         "parent_transition": {"api_name": "t0", "id": "8"}, "color_code": "#ABC",
                         "owners": [{"type": "users", "resources": [{"id": "9"}]}],
                         "criteria": {"comparator": "equal", "field": {"api_name": "City"}, "type": "value",
                                      "value": "Rome"},
                         "during_inputs": [{"id": "11", "type": "checklist", "sequence": 2, "items": ["one", "two"]},
                                           {"id": "10", "type": "field", "optional": False, "sequence": 1,
                                            "field": {"api_name": "Phone", "id": "12"}}]}],
        "connections": [{"api_name": "c1", "source": {"state": {"api_name": "s0"}}, "target": {"state":
                        {"api_name": "s1"}}, "transition": {"api_name": "t1", "name": "Call"}},
                        {"api_name": "c2", "from_state": {"api_name": "s1"}, "to_state": {"api_name": "s0"},
                         "transitions": {"api_name": "t1"}}],
        "chart_data": {"nodes": [{"x": 120, "y": 80.4, "state": {"api_name": "s1"}}]},
        "owners": [{"type": "record_owner", "resources": None}],
        "pipeline": {"id": "13", "api_name": "p", "display_value": "Secured"},
    })  # fmt: skip
    state, transition = process.states[0], process.transitions[0]
    assert process.unread == []
    assert process.state_of("Contacted") is process.state_of("Reached") is state
    assert process.state_of("") is None
    assert state.escalation is not None
    assert state.escalation.span is not None
    assert (state.escalation.span.seconds, state.escalation.triggers[0].actions) == (14_400, ["sla"])
    assert transition.after is not None
    assert (transition.after.seconds, transition.is_automatic, transition.is_child) == (172_800, True, True)
    assert [(one.name, one.is_mandatory, one.items) for one in transition.during_inputs] == [
        ("Phone", True, []), ("checklist", False, ["one", "two"]),
    ]  # fmt: skip
    assert [(arrow.source, arrow.target, process.transition_of(arrow)) for arrow in process.arrows] == [
        ("s0", "s1", transition), ("s1", "s0", transition),
    ]  # fmt: skip
    assert (process.places[0].x, process.places[0].y) == (120, 80)
    assert (transition.colour, transition.owners[0].resources[0].id) == ("#aabbcc", "9")
    assert process.pipeline is not None
    assert process.pipeline.name == "Secured"


def test_an_object_where_a_list_was_is_read_and_said() -> None:
    process = Blueprint.from_api({**HEAD, "states": {"name": "Only", "api_name": "o", "pick_list_value": "Only"},
                                  "transitions": {"name": "Go", "owners": {"type": "record_owner"}},
                                  "connections": "none", "chart_data": []})  # fmt: skip
    assert [state.actual_value for state in process.states] == ["Only"]
    assert [owner.type for owner in process.transitions[0].owners] == ["record_owner"]
    assert process.arrows == []
    assert [line for line in process.unread if "one object instead of a list" in line]
    assert [line for line in process.unread if line.startswith("the blueprint: the arrows are a text")]


@pytest.mark.parametrize(
    "strange", [None, 7, "text", [], [None, 3, "x"], {"x": 1}, [{"id": "0"}], [{"id": 1.5, "name": {}, "fields": 3}]]
)
def test_nothing_that_the_crm_sends_breaks_the_reading(strange: Any) -> None:
    keys = ("states", "transitions", "connections", "chart_data", "owners", "entry_criteria", "field", "pipeline")
    for key in (*keys, "module", "layout", "continuous"):
        Blueprint.from_api({**HEAD, key: strange})
    for key in ("during_inputs", "owners", "actions", "criteria", "timebox", "color_code", "parent_transition"):
        Blueprint.from_api({**HEAD, "transitions": [{"name": "Go", key: strange}]})
    for key in ("pick_list_value", "state_escalation"):
        Blueprint.from_api({**HEAD, "states": [{"name": "On", key: strange}]})
    for key in ("fields", "data", "next_transitions", "percent_partial_save", "execution_time", "color_code"):
        place = RecordBlueprint.from_api({"process_info": strange, "transitions": [{"id": "1", key: strange}]})
        place.transitions[0].missing()
    for key in ("_type", "mandatory", "content", "layouts", "data_type", "api_name", "id"):
        field = {"_type": "fields", "api_name": "Phone", "mandatory": True, key: strange}
        place = RecordBlueprint.from_api({"transitions": [{"id": "1", "fields": [field], "data": strange}]})
        place.transitions[0].missing()


def test_hostile_colours_and_labels_are_kept_out_and_kept_whole() -> None:
    place = RecordBlueprint.from_api({
        "process_info": {"field_value": "<b>x</b>", "current_picklist": {"colour_code": "red;}</style>"}},
        "transitions": [{"id": "1", "name": "<script>", "color_code": "url(x)", "text_color_code": "#FFF"}],
    })  # fmt: skip
    transition = place.transitions[0]
    assert (place.colour, transition.colour, transition.text_colour) == (None, None, "#ffffff")
    assert (place.field_value, transition.label) == ("<b>x</b>", "<script>")


def test_what_must_be_filled_in_is_told() -> None:
    fields = [
        {"_type": "fields", "api_name": "Phone", "mandatory": True},
        {"_type": "fields", "api_name": "Fax"},
        {"_type": "fields", "api_name": "Callback", "data_type": "boolean", "mandatory": True},
        {"_type": "checklist", "data_type": "checklist", "mandatory": True},
        {"_type": "notes", "data_type": "notes", "mandatory": True},
        {"_type": "info", "content": "Read me", "mandatory": True},
    ]
    data = {"Phone": "", "Callback": False, "CheckLists": [{"one": True}, {"two": False}], "Notes": "done"}
    place = RecordBlueprint.from_api({"transitions": [{"id": "1", "fields": fields, "data": data}]})
    assert [one.key for one in place.transitions[0].missing()] == ["Phone", "CheckLists"]


@pytest.mark.parametrize("sent", [error("RECORD_NOT_IN_PROCESS", "400 Bad Request"), reply(b"", "204 No Content")])
def test_a_record_in_no_process_is_none(sent: bytes, transport_to: Callable[..., Transport]) -> None:
    with answers(sent) as server:
        assert Blueprints(transport_to(server.url)).of_record("Leads", "1") is None


@pytest.mark.parametrize(
    ("sent", "kind", "words"),
    [
        (error("RECORD_LOCKED", "400 Bad Request"), RecordLocked, "the record is locked"),
        (error("INVALID_MODULE", "400 Bad Request"), NotFound, "no such module"),
        (error("INVALID_DATA", "400 Bad Request"), InvalidRequest, "one of the values"),
        (error("INVALID_REQUEST_METHOD", "400 Bad Request"), InvalidRequest, "does not take such a call"),
        (error("AUTHORIZATION_FAILED", "400 Bad Request"), NotAllowed, "lacks the privilege"),
        (error("NO_PERMISSION", "403 Forbidden"), NotAllowed, "lacks the permission"),
        (error("INVALID_URL_PATTERN", "404 Not Found"), NotFound, "no such address"),
        (error("INTERNAL_ERROR", "500 Internal Server Error"), ServerFault, "failed"),
    ],
)
def test_every_documented_error_has_its_sentence(
    sent: bytes, kind: type[Exception], words: str, transport_to: Callable[..., Transport]
) -> None:
    with answers(sent) as server, pytest.raises(kind) as refused:
        Blueprints(transport_to(server.url)).of_record("Leads", "1")
    assert words in str(refused.value)


def test_a_transition_is_sent_as_an_array_of_one_and_never_twice(transport_to: Callable[..., Transport]) -> None:
    done: Json = {"code": "SUCCESS", "details": {}, "status": "success"}
    with answers(
        reply({**done, "message": "transition updated successfully"}),
        reply({**done, "message": "transition saved partially"}),
        error("INTERNAL_ERROR", "500 Internal Server Error"),
    ) as server:
        blueprints = Blueprints(transport_to(server.url))
        assert not blueprints.run("Leads", "1", "2", {"Phone": "3"}).is_partial
        assert blueprints.run("Leads", "1", "2", {}).is_partial
        with pytest.raises(NoAnswer):
            blueprints.run("Leads", "1", "2", {})
        assert len(server.requests) == 3
        head, _, body = server.requests[0].partition("\r\n\r\n")
        assert head.startswith("PUT /crm/v8/Leads/1/actions/blueprint ")
        assert json.loads(body) == {"blueprint": [{"transition_id": "2", "data": {"Phone": "3"}}]}


def test_a_record_that_has_moved_on_is_told_from_a_wrong_value(transport_to: Callable[..., Transport]) -> None:
    moved = {"code": "INVALID_DATA", "details": {}, "message": "invalid transition", "status": "error"}
    with answers(reply(moved, "400 Bad Request")) as server, pytest.raises(InvalidRequest) as refused:
        Blueprints(transport_to(server.url)).run("Leads", "1", "2", {})
    assert refused.value.message == "invalid transition"


def test_names_and_ids_cannot_bend_the_address(transport_to: Callable[..., Transport]) -> None:
    with answers(reply()) as server:
        blueprints = Blueprints(transport_to(server.url))
        for module, id_ in (("../org", "1"), ("Leads", "1/../2"), ("Leads", "")):
            with pytest.raises(InvalidName):
                blueprints.of_record(module, id_)
        with pytest.raises(InvalidName):
            blueprints.run("Leads", "1", "x", {})
        with pytest.raises(InvalidName):
            blueprints.transitions(["1,2"])
        assert server.requests == []
