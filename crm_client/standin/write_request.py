"""What a writing call asks for as a whole: its records, and the keys that stand beside `data` (records.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_client.standin.calls import TRIGGERS, Call
from crm_client.standin.conditions import moment
from crm_client.standin.errors import ApiError, no_permission
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

MAX_ROWS = 100
RECORDS_PER_CREDIT = 10
SKIPPED = ("cadences",)
# unverified: whether v7 knows more than the first
APPLIED = (
    "layout_rules", "range_validation", "assignment_rules", "function_validation_rule", "criteria_validation_rule",
    "global_map_dependency", "territory_subordinates",
)  # fmt: skip
UPSERT_TRIGGERS_V7 = frozenset(("workflow", "approval", "blueprint"))
NO_UPSERT = ("Tasks", "Events", "Calls")
OWN_CALLS = ("Attachments",)  # written by calls of their own only
SAID = {"Create": "add", "Edit": "update", "Delete": "delete"}


@dataclass(frozen=True, slots=True)
class Order:
    """A writing call, read and found in order."""

    rows: list[Any]
    applied: frozenset[str]  # names in apply_feature_execution
    check_fields: tuple[str, ...] | None  # duplicate_check_fields of an upsert; None: not sent
    unmodified_since: Any  # datetime of If-Unmodified-Since; None without the header


def writable_module(call: Call, verb: str) -> str:
    """The module whose records the path wants to Create, Edit or Delete. Raises ApiError."""
    name = call.parts["module"]
    module = call.organisation.module(name)
    path = {"resource_path_index": 0}
    if module is None or module.get("api_name") != name or not call.viewer.sees_tab(module):
        raise ApiError("INVALID_MODULE", path, "The module name given seems to be invalid")
    able = {"Create": "creatable", "Edit": "editable", "Delete": "deletable"}[verb]
    if module.get("api_supported") is False or module.get(able) is False or name in OWN_CALLS:
        raise ApiError("INVALID_MODULE", path, "The given module is not supported in API")
    check_verb(call, verb, name)
    return name


def check_verb(call: Call, verb: str, module: str) -> None:
    """Raises ApiError (403) when the profile may not Create, Edit or Delete records of the module."""
    if not call.viewer.may_do(verb, module):
        sentence = f"Permission denied to {SAID[verb]} records"
        raise no_permission(f"Crm_Implied_{verb}_{module}", sentence)


def read(call: Call, *, upsert: bool = False) -> Order:
    """The order in the body; books the credits that many records cost beyond the first ten.

    Raises ApiError (the body is no order at all), ItemError (something in it is wrong, for all records alike).
    """
    body = call.json_object("body")
    place = Place("data", "$.data")
    rows = body.get("data")
    if rows is None:
        raise place.missing()
    if not isinstance(rows, list):
        raise place.invalid(expected_data_type="jsonarray")
    if not rows:
        raise place.invalid(minimum_length=1)
    if len(rows) > MAX_ROWS:
        sentence = "count of records in your request exceeds the limit"
        raise ItemError("LIMIT_EXCEEDED", {"maximum_length": MAX_ROWS, **place.details()}, sentence)
    call.charge((len(rows) - 1) // RECORDS_PER_CREDIT)
    _check_triggers(call, body, upsert)
    _check_skipped(body, upsert)
    lar_id = body.get("lar_id")
    if lar_id is not None:
        _check_assignment_rule(call, lar_id)
    return Order(rows, _applied(body), _check_fields(body) if upsert else None, _unmodified_since(call))


def _check_triggers(call: Call, body: JSON, upsert: bool) -> None:
    asked = body.get("trigger")
    # unverified: v7's upsert page names three; the other two are refused there, and taken in v8
    known = UPSERT_TRIGGERS_V7 if upsert and call.version < 8 else TRIGGERS
    if asked is None:
        return
    place = Place("trigger", "$.trigger")
    if not isinstance(asked, list):
        raise place.invalid(expected_data_type="jsonarray")
    for number, name in enumerate(asked):
        if not isinstance(name, str) or name not in known:
            raise place.inside(number).invalid(supported_values=sorted(known))
    call.triggers = frozenset(asked)


def _features(body: JSON, key: str, names: tuple[str, ...]) -> list[JSON]:
    asked = body.get(key)
    if asked is None:
        return []
    place = Place(key, f"$.{key}")
    if not isinstance(asked, list):
        raise place.invalid(expected_data_type="jsonarray")
    for number, one in enumerate(asked):
        here = place.inside(number)
        if not isinstance(one, dict):
            raise here.invalid(expected_data_type="jsonobject")
        inner = here.inside("name", "name")
        if "name" not in one:
            raise inner.missing()
        if one["name"] not in names:
            raise inner.invalid(supported_values=list(names))
    return asked


def _check_skipped(body: JSON, upsert: bool) -> None:
    for number, one in enumerate(_features(body, "skip_feature_execution", SKIPPED)):
        if upsert:
            inner = Place("action", f"$.skip_feature_execution[{number}].action")
            if "action" not in one:
                raise inner.missing()
            if one["action"] not in ("insert", "update"):
                raise inner.invalid(supported_values=["insert", "update"])


def _applied(body: JSON) -> frozenset[str]:
    return frozenset(str(one["name"]) for one in _features(body, "apply_feature_execution", APPLIED))


def _check_assignment_rule(call: Call, lar_id: Any) -> None:
    place = Place("lar_id", "$.lar_id")
    if not isinstance(lar_id, str) or not lar_id.isdigit():
        raise place.invalid(expected_data_type="bigint")
    rules = dicts(call.organisation.assignment_rules)
    if not any(str(rule.get("id")) == lar_id for rule in rules):
        raise place.invalid("the id given seems to be invalid")


def _check_fields(body: JSON) -> tuple[str, ...] | None:
    asked = body.get("duplicate_check_fields")
    if asked is None:
        return None
    place = Place("duplicate_check_fields", "$.duplicate_check_fields")
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise place.invalid(expected_data_type="jsonarray")
    return tuple(asked)


def _unmodified_since(call: Call) -> Any:
    header = call.request.headers.get("if-unmodified-since")
    if header is None:
        return None
    since = moment(header)
    if since is None:
        raise ApiError("INVALID_DATA", {"header": "If-Unmodified-Since", "expected_data_type": "datetime"})
    return since
