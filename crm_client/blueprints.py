"""Blueprints: processes over one picklist field of a module, and a record's place in one.

    for short in crm.blueprints.all(module="Deals"):
        process = crm.blueprints.get(short.id)
        for arrow in process.arrows:
            print(arrow.source, arrow.transition, arrow.target)
    place = crm.blueprints.of_record("Deals", "4876876000000623001")

The settings level (`all`, `get`, `states`, `transitions`, the configurations) exists in v8 alone; a record's own level
(`of_record`, `run`) in v7 too. A "connection" of the CRM is a `ProcessArrow` here, because a connection is a sign-in.

source  GET /settings/blueprints…  zoho.com/crm/developer/docs/api/v8/ (Blueprint)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from crm_client.blueprint_limits import ProcessConfiguration, UsageConfiguration
from crm_client.blueprint_parts import Owner, State, Transition, one_or_more
from crm_client.errors import Refused
from crm_client.names import checked_id, checked_name
from crm_client.paging import numbered_pages
from crm_client.record_blueprints import RecordBlueprint, TransitionAnswer
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_flag,
    as_id,
    as_object,
    as_ref,
    as_text,
    as_text_or_none,
    as_whole,
)
from crm_client.wizard_notes import Notes
from crm_client.wizard_rules import Criteria

if TYPE_CHECKING:
    from crm_client.transport import Transport

NOT_IN_PROCESS = "RECORD_NOT_IN_PROCESS"
_MOST_IDS = 50  # transitions or states that one call names


@dataclass(slots=True)
class Place:
    """Where a state stands on the canvas of the CRM's editor."""

    state: str                           # the state's API name
    x: int
    y: int                               # pixels, growing downwards


@dataclass(slots=True)
class ProcessArrow:
    """A transition between two states, tied by API names: a "connection" of the CRM."""

    api_name: str
    source: str                          # API name of the state; "" when it names none
    target: str
    transition: str                      # API name of the transition
    transition_id: str                   # "" where the answer leaves it out
    name: str                            # of the transition

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> ProcessArrow:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        # what is written has from_state, to_state and transitions; what is read has source, target and transition
        source = _state_of(raw.get("source") or raw.get("from_state"))
        target = _state_of(raw.get("target") or raw.get("to_state"))
        several = raw.get("transitions")
        transition = as_object(raw.get("transition") or (several[0] if type(several) is list and several else several))
        if not source or not target:
            notes.add(place, "an arrow names no state at one of its ends")
        name, api_name = as_text(transition.get("name")), as_text(transition.get("api_name"))
        if not name and not api_name:
            notes.add(place, "an arrow names no transition")
        return cls(as_text(raw.get("api_name")), source, target, api_name or name, as_id(transition.get("id")), name)


@dataclass(slots=True)
class Blueprint:
    """One process. From `all()`: its head alone; from `get()`: with states, transitions and arrows."""

    id: str
    name: str
    api_name: str
    description: str
    status: str                          # active, draft, inactive
    module: Ref | None                   # .name is the API name
    layout: Ref | None                   # .name is the layout's name
    field: Ref | None                    # the state field; .name is its API name
    field_label: str
    is_continuous: bool | None
    pipeline: Ref | None                 # Deals: the one pipeline it is for
    owners: list[Owner]
    entry_criteria: Criteria | None      # which records enter; None: all
    states: list[State]
    transitions: list[Transition]
    arrows: list[ProcessArrow]
    places: list[Place]
    created_by: Ref | None
    created_time: str | None
    modified_by: Ref | None
    modified_time: str | None
    unread: list[str]                    # sentences: what of the answer could not be read
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.name or self.api_name or self.id or "(no name)"

    @property
    def module_name(self) -> str:
        return self.module.name if self.module else ""

    @property
    def field_name(self) -> str:
        """API name of the state field."""
        return self.field.name if self.field else ""

    def state_of(self, field_value: str) -> State | None:
        """The state of a record whose state field holds this value; None: the process does not know the value."""
        exact = next((state for state in self.states if field_value and state.actual_value == field_value), None)
        return exact or next((state for state in self.states if state.holds(field_value)), None)

    def transition_of(self, arrow: ProcessArrow) -> Transition | None:
        """The transition that an arrow names."""
        if arrow.transition_id:
            for one in self.transitions:
                if one.id == arrow.transition_id:
                    return one
        return next((one for one in self.transitions if arrow.transition in (one.api_name, one.name)), None)

    @classmethod
    def from_api(cls, raw: JSON) -> Blueprint:
        raw, notes = as_object(raw), Notes()
        get, place = raw.get, "the blueprint"
        layout, field, chart = as_object(get("layout")), as_object(get("field")), as_object(get("chart_data"))
        continuous = as_flag(get("continuous"))
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("api_name")),
            as_text(get("description")),
            as_text(get("status")),
            as_api_ref(get("module")),
            _layout(layout),
            as_api_ref(get("field")),
            as_text(field.get("field_label")) or as_text(field.get("display_label")),
            as_flag(get("is_continuous")) if continuous is None else continuous,
            _pipeline(get("pipeline")),
            [Owner.from_api(item, notes, place) for item in one_or_more(get("owners"), notes, place, "owners")],
            Criteria.from_api(get("entry_criteria"), notes, "the entry criteria"),
            [State.from_api(item, notes, place) for item in one_or_more(get("states"), notes, place, "states")],
            [
                Transition.from_api(item, notes, place)
                for item in one_or_more(get("transitions"), notes, place, "transitions")
            ],
            [
                ProcessArrow.from_api(item, notes, place)
                for item in one_or_more(get("connections"), notes, place, "arrows")
            ],
            _places(chart.get("nodes"), notes),
            as_ref(get("created_by")),
            as_text_or_none(get("created_time")),
            as_ref(get("modified_by")),
            as_text_or_none(get("modified_time")),
            notes.all,
            raw,
        )


class Blueprints:
    """`CrmClient.blueprints`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(
        self,
        module: str | None = None,
        *,
        status: str | None = None,
        layout_id: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
    ) -> list[Blueprint]:
        """Every process of the organisation, or of a module or layout, in short form.

        status     active, draft or inactive
        sort_by    modified_time; sort_order asc or desc
        returns    [Blueprint] without states; empty when the CRM answers 204
        raises     InvalidRequest (API_NOT_SUPPORTED) in v7, NotAllowed if the profile may not see blueprints,
                   ScopeMissing without ZohoCRM.settings.blueprint.READ (settings.ALL does not cover it),
                   NotFound for an unknown module, TooManyRequests (see .retry_after_s), any NoAnswer
        source     GET /settings/blueprints
        """
        wanted = {
            "module": module and checked_name(module, "the blueprints of"),
            "status": status,
            "layout_id": layout_id and checked_id(layout_id, "the blueprints of a layout"),
            "sort_by": sort_by,
            "sort_order": sort_order,
        }
        params = {name: value for name, value in wanted.items() if value}
        pages = numbered_pages(
            self._transport, "/settings/blueprints", "blueprints", params, what="the blueprints"
        )
        return [Blueprint.from_api(raw) for page in pages for raw in page]

    def get(self, id: str) -> Blueprint | None:
        """One process in full: states, transitions, arrows, places; None when the CRM answers 204.

        raises   InvalidRequest (INVALID_DATA) for an unknown id, else as `all`
        source   GET /settings/blueprints/{id}?include=state,transition
        """
        path = f"/settings/blueprints/{checked_id(id, 'the blueprint')}"
        body = self._transport.get(path, {"include": "state,transition"}, what="a blueprint")
        found = one_or_more(body.get("blueprints"), Notes(), "", "")
        return Blueprint.from_api(found[0]) if found else None

    def states(self, id: str, ids: Iterable[str] | None = None) -> list[State]:
        """The states of a process, all or those named; empty when the CRM answers 204.

        ids      at most 50
        raises   as `get`; ScopeMissing without ZohoCRM.settings.blueprint.states.READ
        source   GET /settings/blueprints/{id}/states
        """
        path = f"/settings/blueprints/{checked_id(id, 'the blueprint')}/states"
        params = None if ids is None else {"ids": ",".join(checked_id(one, "the state") for one in ids)}
        body = self._transport.get(path, params, what="the states of a blueprint")
        return [State.from_api(raw) for raw in one_or_more(body.get("states"), Notes(), "", "")]

    def transitions(self, ids: Iterable[str]) -> list[Transition]:
        """Transitions by their ids, 50 in a call; there is no call that lists them all, so take them from `get`.

        raises   as `get`; ScopeMissing without ZohoCRM.settings.transitions.READ
        source   GET /settings/blueprints/transitions?ids=
        """
        wanted = [checked_id(one, "the transition") for one in ids]
        found: list[Transition] = []
        for start in range(0, len(wanted), _MOST_IDS):
            params = {"ids": ",".join(wanted[start : start + _MOST_IDS])}
            body = self._transport.get("/settings/blueprints/transitions", params, what="transitions of a blueprint")
            found += [Transition.from_api(raw) for raw in one_or_more(body.get("transitions"), Notes(), "", "")]
        return found

    def process_configurations(self) -> ProcessConfiguration:
        """How many processes the organisation may have, and has.

        raises   as `all`
        source   GET /settings/blueprints/process_configurations
        """
        path = "/settings/blueprints/process_configurations"
        body = self._transport.get(path, what="the limits of blueprints")
        return ProcessConfiguration.from_api(_first(body))

    def usage_configurations(self, module: str, layout_id: str | None = None) -> UsageConfiguration:
        """What a process of one module (and layout) may hold.

        raises   as `all`
        source   GET /settings/blueprints/usage_configurations?module=&layout_id=
        """
        params = {"module": checked_name(module, "the limits of blueprints of")}
        if layout_id:
            params["layout_id"] = checked_id(layout_id, "the limits of blueprints of a layout")
        path = "/settings/blueprints/usage_configurations"
        body = self._transport.get(path, params, what=f"the limits of blueprints of {module}")
        return UsageConfiguration.from_api(_first(body))

    def of_record(self, module: str, id: str) -> RecordBlueprint | None:
        """Where a record stands, and which transitions are open to this user now; None: it is in no process.

        module   api_name such as "Leads"
        raises   RecordLocked, NotFound (INVALID_MODULE: unknown, not supported, or no tab), NotAllowed,
                 InvalidRequest (INVALID_DATA) for an id that no record has, ScopeMissing without
                 ZohoCRM.modules.READ, TooManyRequests (see .retry_after_s), any NoAnswer
        source   GET /{module}/{record_id}/actions/blueprint
        """
        try:
            body = self._transport.get(_path(module, id), what=f"the blueprint of a record of {module}")
        except Refused as refused:
            if refused.code == NOT_IN_PROCESS:
                return None
            raise
        found = one_or_more(body.get("blueprint"), Notes(), "", "")
        return RecordBlueprint.from_api(found[0]) if found else None

    def run(self, module: str, id: str, transition_id: str, data: JsonObject) -> TransitionAnswer:
        """Runs one transition on one record. Never tried again here: after NoAnswer its outcome is unknown.

        data     inputs by `TransitionField.key`; {} when there are none. The state field itself is not sent
        returns  TransitionAnswer; `is_partial`: fewer inputs than required were sent, so the record stays in its state
        raises   NotSent: nothing was sent. Refused: nothing was done; `.code` INVALID_DATA with `.message`
                 "invalid transition" when the record has moved on, RECORD_NOT_IN_PROCESS, MANDATORY_NOT_FOUND,
                 RecordLocked, NotAllowed, … NoAnswer and its kinds: the outcome is unknown
        source   PUT /{module}/{record_id}/actions/blueprint
        """
        item = {"transition_id": checked_id(transition_id, "the transition"), "data": data}
        body = self._transport.request(
            "PUT", _path(module, id), what=f"a transition in {module}", body=orjson.dumps({"blueprint": [item]})
        )
        return TransitionAnswer.from_api(body)


def _path(module: str, id: str) -> str:
    return f"/{checked_name(module, 'a record of')}/{checked_id(id, 'the record')}/actions/blueprint"


def _first(body: JsonObject) -> JsonObject:
    found = one_or_more(body.get("blueprints"), Notes(), "", "")
    return found[0] if found else {}


def _state_of(value: JSON) -> str:
    """The API name of the state at one end of an arrow."""
    told = as_object(value)
    ref = as_api_ref(told.get("state") if "state" in told else value)
    return ref.name if ref else ""


def _layout(layout: JsonObject) -> Ref | None:
    id_, name = as_id(layout.get("id")), as_text(layout.get("name")) or as_text(layout.get("api_name"))
    return Ref(id_, name) if id_ or name else None


def _pipeline(value: JSON) -> Ref | None:
    told = as_object(value)
    ref = as_ref(told)
    name = as_text(told.get("display_value")) or (ref.name if ref else "")
    id_ = as_id(told.get("id"))
    return Ref(id_, name) if id_ or name else None


def _places(value: JSON, notes: Notes) -> list[Place]:
    places = []
    for node in one_or_more(value, notes, "the chart", "nodes"):
        x, y = _pixels(node.get("x", node.get("pos_x"))), _pixels(node.get("y", node.get("pos_y")))
        state = _state_of(node)
        if state and x is not None and y is not None:
            places.append(Place(state, x, y))
        else:
            notes.add("the chart", "a node names no state or no place")
    return places


def _pixels(value: JSON) -> int | None:
    """A place on the canvas; None for what is none, and for what no screen could show."""
    number = round(value) if type(value) is float and abs(value) < 1e6 else as_whole(value)
    return number if number is not None and abs(number) <= 1_000_000 else None
