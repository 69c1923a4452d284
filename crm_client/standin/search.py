"""Search of a module's records, and counting by the same conditions (records.md, the sections on search and count)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_client.standin import comparing, search_criteria, system_keys
from crm_client.standin.calls import MAX_PER_PAGE, Call
from crm_client.standin.comparing import kind_of, stored, wanted
from crm_client.standin.criteria import matches
from crm_client.standin.errors import ApiError, bad_param
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.records import (
    MAX_FIELDS,
    module_of,
    picked_values,
    sort_key,
    view_of,
    visible_fields,
)
from crm_client.standin.routing import Route
from crm_client.standin.search_criteria import BadCriteriaError, Condition
from crm_client.standin.viewer import dicts

REACHED = 2_000  # results of one search, over all its pages
SHORTEST_WORD = 2
SEARCHES = ("criteria", "email", "phone", "word")  # the first of them that is given wins
EMPTY = "${EMPTY}"
MALFORMED = "Invalid query formed"

_SAME = ("equals", "not_equal")
_SIZES = (*_SAME, "greater_equal", "greater_than", "less_equal", "less_than", "between", "in")
OPERATORS = {
    comparing.TEXT: (*_SAME, "starts_with", "in"),
    comparing.AREA: (*_SAME, "starts_with"),
    comparing.PICKLIST: (*_SAME, "in"),
    comparing.MULTI: (*_SAME, "in", "starts_with"),
    comparing.BOOLEAN: _SAME,
    comparing.NUMBER: _SIZES,
    comparing.DATE: _SIZES,
    comparing.DATETIME: _SIZES,
    comparing.REFERENCE: (*_SAME, "in"),
}

Test = Callable[[JSON], bool]


def _search(call: Call) -> Answer:
    """GET /{module}/search, newest record first; 204 when nothing is found.

    unverified: without `fields` a record comes with all fields that lists have; rich text is cut as in lists.
    """
    module = module_of(call)
    name = str(module["api_name"])
    page, per_page = call.number("page", 1), call.number("per_page", MAX_PER_PAGE, MAX_PER_PAGE)
    test = searched(call, name)
    start = (page - 1) * per_page
    if start + per_page > REACHED:
        raise ApiError("LIMIT_REACHED", {"limit": str(REACHED)}, "maximum response iteration limit reached")
    names = [part for part in call.param("fields").split(",") if part]
    if len(names) > MAX_FIELDS:
        raise ApiError("LIMIT_EXCEEDED", {"param_name": "fields", "limit": MAX_FIELDS})
    found = [one for one in dicts(call.organisation.records.get(name)) if test(one) and _is_asked_for(call, one)]
    found.sort(key=sort_key("id"), reverse=True)
    shown = found[start : start + per_page]
    if not shown:
        return Answer(204)
    keep = visible_fields(call, name, lists=True)
    info = {
        "per_page": per_page,
        "count": len(shown),
        "sort_by": "id",
        "page": page,
        "sort_order": "desc",
        "more_records": len(found) > start + per_page,
    }
    data = [picked_values(call, one, names or _all_names(call, module, one, keep), keep) for one in shown]
    return json_answer({"data": data, "info": info})


def _all_names(call: Call, module: JSON, record: JSON, keep: dict[str, bool] | None) -> list[str]:
    seen = [name for name in record if not name.startswith("$") and (keep is None or name in keep)]
    return [*seen, *system_keys.of_record(call, module, record, ())]


def _is_asked_for(call: Call, record: JSON) -> bool:
    """Whether `converted` (false) and `approved` (true) let the record through."""
    converted = call.param("converted") or "false"
    if converted not in ("true", "false", "both"):
        raise bad_param("converted", supported_values=["true", "false", "both"])
    approved = call.param("approved") or "true"
    if approved not in ("true", "false", "both"):
        raise bad_param("approved", supported_values=["true", "false", "both"])
    if converted != "both" and (record.get("Converted__s") is True) != (converted == "true"):
        return False
    is_approved = record.get("$approval_state") in (None, "approved")
    return approved == "both" or is_approved == (approved == "true")


def _count(call: Call) -> Answer:
    """GET /{module}/actions/count: of a module, of a custom view, or of what a search would find.

    unverified: converted and unapproved records are not counted, as neither list nor search shows them.
    """
    name = str(module_of(call)["api_name"])
    asked = [key for key in SEARCHES if call.param(key)]
    if asked and call.param("cvid"):
        both = [{"param_name": "cvid"}, {"param_name": asked[0]}]
        sentence = "Please use either Cvid or Search Params. Combination of both the params is not allowed"
        raise ApiError("AMBIGUITY_DURING_PROCESSING", {"ambiguity_due_to": both}, sentence)
    records = dicts(call.organisation.records.get(name))
    if asked:
        test = searched(call, name)
        return json_answer({"count": sum(test(one) and _is_asked_for(call, one) for one in records)})
    view = view_of(call, name)
    criteria = view.get("criteria") if view is not None else None
    return json_answer(
        {"count": sum(one.get("Converted__s") is not True and matches(one, criteria) for one in records)}
    )


def searched(call: Call, module: str) -> Test:
    """The test that the search parameters make. Raises ApiError."""
    fields = {
        str(field.get("api_name")): field
        for field in dicts(call.organisation.fields.get(module))
        if call.viewer.field_permission(field) != "hidden"
    }
    key = next((one for one in SEARCHES if call.param(one)), None)
    if key is None:
        raise ApiError("EXPECTED_PARAM_MISSING", {"param_names": list(SEARCHES)})
    text = call.param(key)
    if key == "criteria":
        test = _by_criteria(text, fields)
    elif key == "email":
        test = _by_type(fields, ("email",), lambda value: value.casefold() == text.strip().casefold())
    elif key == "phone":
        test = _by_phone(fields, text)
    else:
        test = _by_word(fields, text)
    indexing, org = call.world.indexing, call.organisation.key
    return lambda record: test(record) and not indexing.lags(org, str(record.get("id")))


def _by_type(fields: dict[str, JSON], types: tuple[str, ...], fits: Callable[[str], bool]) -> Test:
    names = [
        name
        for name, field in fields.items()
        if field.get("data_type") in types and field.get("searchable") is not False
    ]

    def test(record: JSON) -> bool:
        return any(isinstance(value, str) and fits(value) for value in map(record.get, names))

    return test


def _by_phone(fields: dict[str, JSON], text: str) -> Test:
    """By a phone number, whatever stands between its digits. unverified: a part of the number is enough."""
    digits = _digits(text)
    if not digits:
        raise bad_param("phone")
    return _by_type(fields, ("phone",), lambda value: digits in _digits(value))


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _by_word(fields: dict[str, JSON], text: str) -> Test:
    """By a word anywhere in a text field. unverified: a word of special characters only is refused, one among others
    is not; the whole text is looked for as it stands."""
    if sum(letter.isalnum() for letter in text) < SHORTEST_WORD:
        raise bad_param("word", minimum_length=SHORTEST_WORD)
    folded = text.casefold()
    types = ("text", "email", "phone", "website", "picklist", "textarea", "autonumber")
    return _by_type(fields, types, lambda value: folded in value.casefold())


def _by_criteria(text: str, fields: dict[str, JSON]) -> Test:
    try:
        tree = search_criteria.read(text)
    except BadCriteriaError:
        raise ApiError("INVALID_QUERY", {"param_name": "criteria"}, MALFORMED) from None
    listed = list(search_criteria.conditions(tree))
    if len(listed) > search_criteria.MOST_CONDITIONS:
        most = search_criteria.MOST_CONDITIONS
        raise ApiError("CRITERIA_LIMIT_EXCEEDED", {}, f"no of criterium that can be given exceed the limit {most}")
    tests = {condition: _test_of(condition, fields) for condition in listed}
    return lambda record: search_criteria.holds(tree, lambda condition: tests[condition](record))


def _test_of(condition: Condition, fields: dict[str, JSON]) -> Test:
    """The test of one condition. Raises ApiError: unknown field, wrong operator, wrong value."""
    name, operator = condition.api_name, condition.operator
    field = fields.get(name) or ({"data_type": "bigint"} if name == "id" else None)
    if field is None:
        raise ApiError("INVALID_QUERY", {"reason": "invalid api name", "api_name": name}, MALFORMED)
    kind = kind_of(field)
    if kind is None or field.get("searchable") is False:
        raise ApiError("INVALID_QUERY", {"reason": "the field is not searchable", "api_name": name}, MALFORMED)
    encrypted = isinstance(field.get("crypt"), dict)
    if operator not in (("equals",) if encrypted else OPERATORS[kind]):
        details = {"reason": "invalid operator", "api_name": name, "operator": operator}
        raise ApiError("INVALID_QUERY", details, MALFORMED)
    if len(condition.values) > search_criteria.MOST_VALUES:
        raise ApiError("INVALID_QUERY", {"api_name": name}, 'Only 100 values are allowed in "IN" criteria')
    values = [_value(kind, name, text) for text in condition.values]
    compare = _comparison(kind, operator, exact=encrypted)
    return lambda record: compare(stored(kind, record.get(name)), values)


def _value(kind: str, name: str, text: str) -> Any:
    """unverified: ${EMPTY} stands for an empty field; nothing at all does not."""
    if text == EMPTY:
        return None
    try:
        if not text:
            raise ValueError
        return wanted(kind, text)
    except ValueError:
        details = {"reason": "invalid value", "api_name": name, "value": text, "expected_data_type": kind}
        raise ApiError("INVALID_QUERY", details, MALFORMED) from None


def _comparison(kind: str, operator: str, *, exact: bool) -> Callable[[Any, list[Any]], bool]:
    """How a record's value compares with those of a condition: `equals` on text means that it contains the value.

    unverified: not_equal, in and picklists. Here not_equal is the opposite of equals, `in` is equals with any of the
    values, and picklists compare whole.
    """
    contains = kind in (comparing.TEXT, comparing.AREA) and not exact

    def same(have: Any, want: Any) -> bool:
        if want is None or have is None:
            return have is want
        if isinstance(have, list):
            return want in have
        return want in have if contains else bool(have == want)

    if operator == "not_equal":
        return lambda have, want: not same(have, want[0])
    if operator in ("equals", "in"):
        return lambda have, want: any(same(have, one) for one in want)
    if operator == "starts_with":
        return lambda have, want: (
            want[0] is not None
            and any(one.startswith(want[0]) for one in (have if isinstance(have, list) else [have]) if one is not None)
        )
    if operator == "between":
        return lambda have, want: None not in (have, *want) and bool(want[0] <= have <= want[1])
    ordered = comparing.ORDERED[operator]
    return lambda have, want: have is not None and want[0] is not None and ordered(have, want[0])


_SEARCH = ("ZohoCRM.modules.{item}.READ", "ZohoSearch.securesearch.READ")
ROUTES = [
    Route("GET", "/{module}/search", _SEARCH, _search, is_heavy=True),
    Route("GET", "/{module}/actions/count", (*_SEARCH, "ZohoCRM.settings.layouts.READ"), _count, 50, 50),
]
