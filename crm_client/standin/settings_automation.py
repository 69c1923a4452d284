"""Assignment rules: the list whose ids an insert may name as `lar_id` (records.md)."""

from __future__ import annotations

from crm_client.standin.calls import Call, some
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.viewer import dicts


def _rules(call: Call) -> Answer:
    """GET /settings/automation/assignment_rules: of all modules, or of `module`; 204 without any."""
    module = call.param("module")
    if module:
        call.module_param()
    rules = [rule for rule in dicts(call.organisation.assignment_rules) if not module or _module(rule) == module]
    return call.cached(("assignment_rules", module), lambda: some("assignment_rules", rules))


def _rule(call: Call) -> Answer:
    """GET /settings/automation/assignment_rules/{id}?module=: one rule, in a list; 204 for an unknown id."""
    if not call.parts["id"].isdigit():
        raise ApiError("INVALID_DATA", {"resource_path_index": 3}, "the id given seems to be invalid")
    module = str(call.module_param()["api_name"])
    found = [
        rule
        for rule in dicts(call.organisation.assignment_rules)
        if str(rule.get("id")) == call.parts["id"] and _module(rule) == module
    ]
    return call.cached(("assignment_rule", module, call.parts["id"]), lambda: some("assignment_rules", found))


def _module(rule: JSON) -> str:
    module = rule.get("module")
    return str(module.get("api_name")) if isinstance(module, dict) else ""


_READ = ("ZohoCRM.settings.assignment_rules.READ",)
ROUTES = [
    Route("GET", "/settings/automation/assignment_rules", _READ, _rules),
    Route("GET", "/settings/automation/assignment_rules/{id}", _READ, _rule),
]
