"""Rows of a Bulk Write: from the texts of a file to values of records, and into the store (bulk.md, section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.errors import ApiError
from crm_client.standin.items import ItemError
from crm_client.standin.organisation import JSON
from crm_client.standin.record_writer import RecordWriter
from crm_client.standin.write_fields import EMPTY_LISTS, KEPT_BY_THE_CRM, NEVER_SENT, LayoutRules, rules_of
from crm_client.standin.write_request import Order

DATE, DATE_TIME = "MM/dd/yyyy", "MM/dd/yyyy HH:mm:ss"  # where a mapping tells no format
LOOKUPS = ("lookup", "ownerlookup", "userlookup")
_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
# codes that a result tells; any other is CANNOT_PROCESS
_TOLD = frozenset(
    (
        "MANDATORY_NOT_FOUND", "INVALID_DATA", "DUPLICATE_DATA", "NOT_APPROVED", "BLOCKED_RECORD", "LIMIT_EXCEEDED",
        "RESOURCE_NOT_FOUND",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column, or which text for all rows, is the value of a field."""

    name: str
    field: JSON
    index: int | None  # None: `default` stands in every row
    default: str = ""
    format: str = ""
    find_by: str = ""

    def cell(self, row: list[str]) -> str:
        """The text of a row."""
        if self.index is None:
            return self.default
        return row[self.index] if self.index < len(row) else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row."""

    status: str  # added, updated or skipped
    id: str = ""
    errors: str = ""  # CODE-Column[,Column], several joined by colons


def mappings_of(call: Call, module: str, told: Any, header: list[str], operation: str) -> list[Mapping]:
    """The mappings of an order; without any, the header's own names. Raises ApiError."""
    rules = rules_of(call, module)
    asked = told if isinstance(told, list) and told else [{"api_name": n, "index": i} for i, n in enumerate(header)]
    made: list[Mapping] = []
    for one in asked:
        one = one if isinstance(one, dict) else {}
        name = str(one.get("api_name") or "")
        field = {"data_type": "bigint"} if name == "id" else rules.fields.get(name)
        if field is None or _is_not_written(name, field):
            raise ApiError("INVALID_FIELD", {"api_name": name}, f"invalid mapping. invalid api_name {name}.")
        made.append(_mapping(name, field, one, header))
    missing = [name for name in rules.mandatory if name not in {mapping.name for mapping in made}]
    if missing and operation != "update":
        raise ApiError("MANDATORY_FIELDS_NOT_MAPPED", {"fields": missing})
    return made


def _is_not_written(name: str, field: JSON) -> bool:
    kind = str(field.get("data_type"))
    no_text = kind in NEVER_SENT or kind in EMPTY_LISTS - {"multiselectpicklist"}
    return no_text or (name in KEPT_BY_THE_CRM and name != "id")


def _mapping(name: str, field: JSON, one: JSON, header: list[str]) -> Mapping:
    index, default = one.get("index"), one.get("default_value")
    value = default.get("value") if isinstance(default, dict) else None
    if index is None and value is None:
        sentence = f"required key index for field {name} is not found in request body."
        raise ApiError("MISSING_REQUIRED_KEY", {"api_name": name}, sentence)
    if index is not None and (not isinstance(index, int) or not 0 <= index < len(header)):
        raise ApiError("COLUMN_INDEX_NOT_FOUND", {"api_name": name, "index": index})
    find_by = str(one.get("find_by") or "")
    # unverified: a look-up that the header names alone is found by its id
    return Mapping(name, field, index, "" if value is None else str(value), str(one.get("format") or ""), find_by)


class _Writer(RecordWriter):
    """As for single records, but what a custom layout alone demands is not asked for."""

    def _check(
        self, record: JSON, values: JSON, row: JSON, sent: JSON | None, layout: LayoutRules | None, place: Any
    ) -> None:
        RecordWriter._check(self, record, values, row, sent, None, place)


class RowWriter:
    """Writes the rows of one job, with the rights of whoever ordered it. The store's lock is held meanwhile."""

    def __init__(
        self, call: Call, module: str, operation: str, find_by: str, mappings: list[Mapping], *, ignore_empty: bool
    ) -> None:
        self.mappings = mappings
        self._call, self._module, self._operation, self._find_by = call, module, operation, find_by
        self._ignores_empty = ignore_empty
        self._writer = _Writer(call, module, Order([], frozenset(), None, None))

    def write(self, row: list[str]) -> Outcome:
        """Adds or changes one record, or says why not."""
        values: JSON = {}
        wrong: list[str] = []
        for mapping in self.mappings:
            text = mapping.cell(row).strip()
            if not text and (self._ignores_empty or mapping.name == "id"):
                continue
            try:
                values[mapping.name] = _value(self._call, mapping, text) if text else None
            except ValueError:
                wrong.append(mapping.name)
        if wrong:
            return Outcome("skipped", errors=f"INVALID_DATA-{','.join(wrong)}")
        found = self._found(values)
        if self._operation == "insert" and found:
            return Outcome("skipped", found, f"DUPLICATE_DATA-{self._find_by}")
        if self._operation == "update" and not found:
            return Outcome("skipped", errors=f"RESOURCE_NOT_FOUND-{self._find_by}")
        values.pop("id", None)
        try:
            if found:
                return Outcome("updated", str(self._writer.update(values, 0, found)["details"]["id"]))
            return Outcome("added", str(self._writer.insert(values, 0)[0]["details"]["id"]))
        except ItemError as error:
            return Outcome("skipped", errors=_said(error))

    def _found(self, values: JSON) -> str:
        """The id of the record that the row means; "" for none. unverified: of several the oldest."""
        value = values.get(self._find_by) if self._find_by else None
        if value is None:
            return ""
        if self._find_by == "id":
            return str(value) if self._call.store.record(self._module, str(value)) is not None else ""
        return next(iter(self._call.store.ids_with(self._module, self._find_by, str(value))), "")


def _said(error: ItemError) -> str:
    """The errors of a row as the result tells them."""
    if error.code == "MULTIPLE_OR_MULTI_ERRORS":
        inner = [ItemError(one["code"], one["details"]) for one in error.details["errors"]]
        return ":".join(map(_said, inner))
    code = "BLOCKED_RECORD" if error.code == "RECORD_LOCKED" else error.code
    return f"{code if code in _TOLD else 'CANNOT_PROCESS'}-{error.details.get('api_name', '')}"


def _value(call: Call, mapping: Mapping, text: str) -> Any:
    """The value of a text. Raises ValueError: it is none that the field's type has.

    unverified: several values of a picklist are joined by semicolons, and a number may have commas between thousands.
    """
    kind = str(mapping.field.get("data_type"))
    if mapping.name == "Layout":
        return {"id": text}
    if kind in LOOKUPS:
        return {"id": _looked_up(call, mapping, text)}
    maker = _MAKERS.get(kind)
    if maker is not None:
        return maker(text)
    if kind == "date":
        return _moment(text, mapping.format or DATE).date().isoformat()
    if kind == "datetime":
        return _moment(text, mapping.format or DATE_TIME).isoformat(timespec="seconds")
    return text


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_MAKERS: dict[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "integer": lambda text: int(text.replace(",", "")),
    **dict.fromkeys(("double", "currency", "percent"), lambda text: float(text.replace(",", ""))),
    "multiselectpicklist": lambda text: [one.strip() for one in text.split(";") if one.strip()],
}


def _moment(text: str, pattern: str) -> datetime:
    """A date in the format of a mapping, such as yyyy-MM-dd. unverified: without a zone it is UTC."""
    letters = re.sub(r"yyyy|MM|dd|HH|mm|ss|[XZ]+", lambda part: _LETTERS.get(part[0], "%z"), pattern)
    found = datetime.strptime(text, letters)  # noqa: DTZ007  the zone follows, where the pattern has none
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _looked_up(call: Call, mapping: Mapping, text: str) -> str:
    """The id of the record, or user, that has this text in the field that the mapping is found by."""
    by = mapping.find_by or "id"
    if by == "id":
        return text
    if mapping.field.get("data_type") != "lookup":
        users = [str(one.get("id")) for one in call.organisation.users if str(one.get(by)).lower() == text.lower()]
        found = users[:1]
    else:
        told = mapping.field.get("lookup")
        module = told.get("module") if isinstance(told, dict) else None
        name = str(module.get("api_name") or "") if isinstance(module, dict) else ""
        found = call.store.ids_with(name, by, text)[:1] if name else []
    if not found:
        raise ValueError(text)
    return found[0]
