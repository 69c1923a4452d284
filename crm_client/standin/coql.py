"""POST /coql: queries over records (bulk.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_client.standin import coql_grammar
from crm_client.standin.calls import Call
from crm_client.standin.comparing import AREA, BOOLEAN, DATE, DATETIME, MULTI, NUMBER, REFERENCE, wanted
from crm_client.standin.coql_columns import NOT_SELECTED, WRONG_COLUMN, Columns, Field, group_key, without_names
from crm_client.standin.coql_grammar import Column, Comparison, Query, Where
from crm_client.standin.criteria import matches
from crm_client.standin.errors import ApiError
from crm_client.standin.messages import Answer, json_answer
from crm_client.standin.organisation import JSON
from crm_client.standin.routing import Route
from crm_client.standin.scopes import item_of
from crm_client.standin.viewer import dicts

MOST_ROWS = 2_000  # unverified: one page says 200
REACHED = 100_000
# unverified: values in `in` (the limits page says 50, another one 100)
MOST = {"select": 50, "where": 25, "group by": 4, "order by": 10, "in": 50, "aggregates": 5}
PRICES = ((200, 1), (1_000, 2), (MOST_ROWS, 3))  # by LIMIT

_EMPTY = ("is null", "is not null")
_EQUAL = ("=", "!=", "in", "not in", *_EMPTY)
_TEXT = (*_EQUAL, "like", "not like")
_SIZES = (*_EQUAL, "<", "<=", ">", ">=", "between", "not between")
_OPERATORS = {BOOLEAN: ("=",), NUMBER: _SIZES, DATE: _SIZES, DATETIME: _SIZES, REFERENCE: _EQUAL, MULTI: _TEXT}

Test = Callable[[JSON], bool]


def _query(call: Call) -> Answer:
    """The rows of a query; 204 when there are none. Costs by its LIMIT."""
    body = call.json_object()
    wants_fields = _wants_fields(call, body)
    query = coql_grammar.read(_text_of(body))
    _check_limits(query)
    call.charge(next(price for most, price in PRICES if query.limit <= most) - 1)
    module = _module(call, query.module)
    columns = Columns(call, module)
    test = _test_of(query.where, columns)
    view = _view(call, module, query.cvid)
    # unverified: converted leads are found too
    records = [one for one in dicts(call.organisation.records.get(module)) if test(one) and matches(one, view)]
    if query.group_by or any(column.function for column in query.columns):
        rows = _grouped(query, columns, records)
    else:
        rows = _plain(query, columns, records)
    shown = rows[query.offset : query.offset + query.limit]
    if not shown:
        return Answer(204)
    more = len(rows) > query.offset + query.limit
    answer = {"data": shown, "info": {"count": len(shown), "more_records": more}}
    if wants_fields:
        answer["fields"] = {column.key: columns.field(column.name).meta for column in query.columns}
    return json_answer(answer)


def _wants_fields(call: Call, body: JSON) -> bool:
    """Whether `include_meta` asks for the fields' metadata, which needs a scope of its own.

    unverified: the shape of `fields` in the answer; here an object by the names of the columns.
    """
    asked = body.get("include_meta")
    if asked is None:
        return False
    if not isinstance(asked, list) or any(part != "fields" for part in asked):
        details = {"api_name": "include_meta", "json_path": "$.include_meta", "supported_values": ["fields"]}
        raise ApiError("INVALID_DATA", details)
    if asked:
        call.check_scope("ZohoCRM.settings.fields.READ")
    return bool(asked)


def _text_of(body: JSON) -> str:
    text = body.get("select_query")
    if text is None:
        raise ApiError("MANDATORY_NOT_FOUND", {"api_name": "select_query", "json_path": "$.select_query"})
    if not isinstance(text, str):
        details = {"api_name": "select_query", "json_path": "$.select_query", "expected_data_type": "string"}
        raise ApiError("INVALID_DATA", details)
    return text


def _check_limits(query: Query) -> None:
    listed = list(coql_grammar.comparisons(query.where))
    counts = {
        "select": len(query.columns),
        "where": len(listed),
        "group by": len(query.group_by),
        "order by": len(query.order_by),
        "in": max((len(one.values) for one in listed), default=0),
        "aggregates": sum(bool(column.function) for column in query.columns),
    }
    for clause, count in counts.items():
        if count > MOST[clause]:
            raise ApiError("LIMIT_EXCEEDED", {"clause": clause, "limit": MOST[clause]})
    if not 0 < query.limit <= MOST_ROWS:
        raise ApiError("LIMIT_EXCEEDED", {"clause": "limit", "limit": MOST_ROWS})
    if query.offset + query.limit > REACHED:
        raise ApiError("LIMIT_EXCEEDED", {"clause": "offset", "limit": REACHED})
    _check_repeats(query)


def _check_repeats(query: Query) -> None:
    aliases = [column.alias for column in query.columns if column.alias]
    if len(set(aliases)) < len(aliases):
        raise ApiError("DUPLICATE_ALIAS", {"alias": next(one for one in aliases if aliases.count(one) > 1)})
    aggregates = [column.key for column in query.columns if column.function and not column.alias]
    for names in (query.group_by, [name for name, _ in query.order_by], aggregates):
        if len(set(names)) < len(names):
            raise ApiError("DUPLICATE_DATA", {"column_name": next(one for one in names if names.count(one) > 1)})


def _module(call: Call, name: str) -> str:
    """The module that the query is from. Raises ApiError: unknown, no scope for it, not to be seen."""
    module = call.organisation.module(name)
    if module is None or module.get("api_name") != name or not call.viewer.sees_tab(module):
        # unverified: what a module that does not exist answers
        raise ApiError("INVALID_QUERY", {"module": name}, "module given seems to be invalid")
    call.check_scope(f"ZohoCRM.modules.{item_of(name)}.READ")
    call.check_view(module)
    return name


def _view(call: Call, module: str, cvid: str) -> Any:
    if not cvid:
        return None
    for view in dicts(call.organisation.custom_views.get(module)):
        if view.get("id") == cvid:
            return view.get("criteria")
    raise ApiError("INVALID_QUERY", {"module": module, "reason": "invalid custom view"})


# conditions


def _test_of(where: Where, columns: Columns) -> Test:
    if isinstance(where, Comparison):
        return _comparison(where, columns.field(where.name))
    left, right = _test_of(where.left, columns), _test_of(where.right, columns)
    if where.is_and:
        return lambda record: left(record) and right(record)
    return lambda record: left(record) or right(record)


def _comparison(asked: Comparison, field: Field) -> Test:
    """The test of one condition. Raises ApiError.

    unverified: text compares without regard to case; what is empty fulfils nothing but `is null`.
    """
    kind, operator, value = field.kind, asked.operator, field.value
    if kind is None or kind == AREA:
        details = {"column_name": asked.name, "data_type": field.data_type}
        raise ApiError("INVALID_QUERY", details, "data type not supported")
    if operator not in _OPERATORS.get(kind, _TEXT):
        details = {"column_name": asked.name, "operator": operator, "data_type": field.data_type}
        raise ApiError("INVALID_QUERY", details, "invalid query formed")
    if operator in _EMPTY:
        wants_empty = operator == "is null"
        return lambda record: (value(record) is None) is wants_empty
    if operator.endswith("like"):
        compare = _like(asked)
    else:
        compare = _COMPARE[operator.removeprefix("not ")](_values(asked, kind))
    negated = operator.startswith("not ")

    def test(record: JSON) -> bool:
        have = value(record)
        return have is not None and compare(have) is not negated

    return test


def _values(asked: Comparison, kind: str) -> list[Any]:
    try:
        return [wanted(kind, text) for text in asked.values]
    except ValueError:
        details = {"column_name": asked.name, "expected_data_type": kind}
        raise ApiError("INVALID_QUERY", details, "value given seems to be invalid for the column") from None


def _same(have: Any, want: Any) -> bool:
    return want in have if isinstance(have, list) else bool(have == want)


_COMPARE: dict[str, Callable[[list[Any]], Callable[[Any], bool]]] = {
    "=": lambda want: lambda have: _same(have, want[0]),
    "!=": lambda want: lambda have: not _same(have, want[0]),
    "<": lambda want: lambda have: bool(have < want[0]),
    "<=": lambda want: lambda have: bool(have <= want[0]),
    ">": lambda want: lambda have: bool(have > want[0]),
    ">=": lambda want: lambda have: bool(have >= want[0]),
    "in": lambda want: lambda have: any(_same(have, one) for one in want),
    "between": lambda want: lambda have: bool(want[0] <= have <= want[1]),
}


def _like(asked: Comparison) -> Callable[[Any], bool]:
    """unverified: a % inside of the text is refused, and one without any % is compared whole."""
    pattern = asked.values[0].casefold()
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    text = pattern.removeprefix("%").removesuffix("%")
    if "%" in text:
        raise ApiError("SYNTAX_ERROR", {"operator": "like"}, "invalid query formed")

    def fits(have: str) -> bool:
        if starts and ends:
            return have == text
        if starts:
            return have.startswith(text)
        return have.endswith(text) if ends else text in have

    return lambda have: any(map(fits, have)) if isinstance(have, list) else fits(have)


# rows


def _plain(query: Query, columns: Columns, records: list[JSON]) -> list[JSON]:
    """One row for each record, by id where the query orders nothing; the id is always there."""
    fields = [(column.key, _selected(columns, column)) for column in query.columns]
    names = {column.alias: column.name for column in query.columns if column.alias}
    order = [(columns.field(names.get(name, name)), down) for name, down in query.order_by]
    for field, down in reversed(order or [(columns.field("id"), False)]):
        records = sorted(records, key=_sorting(field), reverse=down)
    return [{key: field.shown(one) for key, field in fields} | {"id": str(one.get("id"))} for one in records]


def _selected(columns: Columns, column: Column) -> Field:
    field = columns.field(column.name)
    if field.data_type in NOT_SELECTED:
        raise ApiError("INVALID_QUERY", {"column_name": column.name, "data_type": field.data_type}, WRONG_COLUMN)
    return field


def _sorting(field: Field) -> Callable[[JSON], Any]:
    return lambda record: _order(field.value(record))


def _order(value: Any) -> tuple[bool, Any]:
    """Empty first; lists by their text."""
    return value is not None, str(value) if isinstance(value, list) else 0 if value is None else value


def _grouped(query: Query, columns: Columns, records: list[JSON]) -> list[JSON]:
    """One row for each group; one in all without GROUP BY.

    unverified: counting nothing without GROUP BY gives one row with 0.
    """
    for column in query.columns:
        if not column.function and column.name not in query.group_by:
            details = {"column_name": column.name, "clause": "group by", "reason": "not grouped"}
            raise ApiError("INVALID_QUERY", details, WRONG_COLUMN)
    by = [columns.field(name) for name in query.group_by]
    groups: dict[tuple[Any, ...], list[JSON]] = {}
    for record in records:
        groups.setdefault(tuple(group_key(field.kind, field.raw(record)) for field in by), []).append(record)
    if not by and not groups:
        groups[()] = []
    makers = [(column.key, _maker(column, _selected(columns, column))) for column in query.columns]
    rows = [{key: make(members) for key, make in makers} for members in groups.values()]
    keys = {column.key for column in query.columns}
    for name, down in reversed(query.order_by):
        if name not in keys:
            raise ApiError("INVALID_QUERY", {"column_name": name, "clause": "order by"}, WRONG_COLUMN)
        rows.sort(
            key=lambda row: _order(row[name] if not isinstance(row[name], dict) else row[name]["id"]), reverse=down
        )
    return rows


def _maker(column: Column, field: Field) -> Callable[[list[JSON]], Any]:
    """What a group shows in a column. Raises ApiError for a function that cannot be of this field."""
    if not column.function:
        return lambda members: without_names(field.kind, field.raw(members[0]))
    if column.function == "COUNT":
        return lambda members: sum(field.value(one) is not None for one in members)
    sums = column.function in ("SUM", "AVG")
    if field.kind != NUMBER and (sums or field.kind not in (DATE, DATETIME)):
        details = {"column_name": column.name, "data_type": field.data_type}
        raise ApiError("INVALID_QUERY", details, "data type not supported")

    def make(members: list[JSON]) -> Any:
        having = [(field.value(one), field.raw(one)) for one in members if field.value(one) is not None]
        if not having:
            return None
        if sums:
            total = float(sum(value for value, _ in having))
            return total if column.function == "SUM" else total / len(having)
        chosen = min if column.function == "MIN" else max
        return chosen(having, key=lambda both: both[0])[1]

    return make


ROUTES = [Route("POST", "/coql", ("ZohoCRM.coql.READ",), _query, 1, 3, is_heavy=True)]
