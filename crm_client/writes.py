"""Writing records: insert, update, upsert, delete. A write is sent once; what is not certain comes back as None.

source  POST, PUT, DELETE /{module} and POST /{module}/upsert
        zoho.com/crm/developer/docs/api/v8/insert-records.html, and update-, upsert-, delete-records.html beside it
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import orjson

from crm_client.errors import InvalidName
from crm_client.names import checked_id, checked_name
from crm_client.values import JSON, JsonObject, as_object, as_text, as_text_or_none, as_texts
from crm_client.write_answers import RowAnswer, by_row, of_one_recurring

if TYPE_CHECKING:
    from crm_client.transport import Transport

__all__ = ["MOST_ROWS", "RowAnswer", "WriteOptions", "WritesRecords", "is_recurring"]

MOST_ROWS = 100  # records in one call


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What stands beside the records of a call.

    trigger                  automations that run: workflow, approval, blueprint, pathfinder, orchestration; None leaves
                             the key out, and all run; an empty list runs none
    lar_id                   id of an assignment rule
    apply_feature_execution  names such as "layout_rules"
    skip_feature_execution   names such as "cadences"
    duplicate_check_fields   upsert only: API names, in the order in which they are tried
    if_unmodified_since      update of one record only: its Modified_Time as it was read; the CRM refuses with
                             ALREADY_MODIFIED when somebody changed the record after it
    """

    trigger: list[str] | None = None
    lar_id: str | None = None
    apply_feature_execution: list[str] = field(default_factory=list)
    skip_feature_execution: list[str] = field(default_factory=list)
    duplicate_check_fields: list[str] = field(default_factory=list)
    if_unmodified_since: str | None = None

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: JSON) -> WriteOptions:
        """What `to_json` gave."""
        raw = as_object(raw)
        trigger = raw.get("trigger")
        return cls(
            None if trigger is None else as_texts(trigger),
            as_text_or_none(raw.get("lar_id")),
            as_texts(raw.get("apply_feature_execution")),
            as_texts(raw.get("skip_feature_execution")),
            as_texts(raw.get("duplicate_check_fields")),
            as_text_or_none(raw.get("if_unmodified_since")),
        )


def is_recurring(row: JsonObject) -> bool:
    """Whether a record becomes several, so that it has to be sent alone."""
    return bool(row.get("Recurring_Activity"))


class WritesRecords:
    """The writing half of `CrmClient.records`.

    Each method gives one answer per row sent, by position; None: the answer says nothing certain about that row.
    raises   NotSent: nothing was sent. Refused: the CRM refused the whole call and did nothing (`.code`, `.details`).
             NoAnswer and its kinds: it was sent, and what it did is unknown; never send it again blindly.
             SignInError: no token, nothing was sent. InvalidName: nothing was sent.
    """

    _transport: Transport

    def create(
        self, module: str, rows: Sequence[JsonObject], options: WriteOptions | None = None
    ) -> list[RowAnswer | None]:
        """New records, 1 to 100; one with Recurring_Activity alone.

        rows   values by API name
        source POST /{module}
        """
        path, body = f"/{checked_name(module, 'the module')}", _body(rows, options or WriteOptions())
        if any(is_recurring(row) for row in rows):
            if len(rows) > 1:
                raise InvalidName("a recurring activity is sent alone", what=f"several records of {module}")
            what = f"a new record of {module}"
            return of_one_recurring(self._transport.write("POST", path, what=what, body=body))
        items = self._transport.write(
            "POST", path, what=_what("new record", rows, module), body=body, records=len(rows)
        )
        return by_row(items, len(rows))

    def update(
        self, module: str, rows: Sequence[JsonObject], options: WriteOptions | None = None
    ) -> list[RowAnswer | None]:
        """Changes records, 1 to 100; only the keys sent change, null empties.

        rows   values by API name, each with the record's "id"
        source PUT /{module}
        """
        options = options or WriteOptions()
        ids = [checked_id(as_text(row.get("id")), "the record") for row in rows]
        headers = {}
        if options.if_unmodified_since is not None:
            if len(rows) > 1:
                raise InvalidName("a time to compare with belongs to one record", what=f"several records of {module}")
            headers["If-Unmodified-Since"] = _checked_time(options.if_unmodified_since)
        items = self._transport.write(
            "PUT",
            f"/{checked_name(module, 'the module')}",
            what=_what("change of a record", rows, module),
            body=_body(rows, options),
            records=len(rows),
            headers=headers,
        )
        return by_row(items, len(rows), ids=ids)

    def upsert(
        self, module: str, rows: Sequence[JsonObject], options: WriteOptions | None = None
    ) -> list[RowAnswer | None]:
        """Changes the records that are found by `duplicate_check_fields`, and makes the others; 1 to 100.

        source POST /{module}/upsert
        """
        options = options or WriteOptions()
        path = f"/{checked_name(module, 'the module')}/upsert"
        items = self._transport.write(
            "POST", path, what=_what("record", rows, module), body=_body(rows, options, True), records=len(rows)
        )
        return by_row(items, len(rows), is_upsert=True)

    def delete(self, module: str, ids: Sequence[str], options: WriteOptions | None = None) -> list[RowAnswer | None]:
        """Deletes records, 1 to 100; an empty `trigger` runs no workflow.

        source DELETE /{module}?ids=
        """
        _checked_count(len(ids))
        checked = [checked_id(id_, "the record") for id_ in ids]
        runs_workflows = options is None or options.trigger is None or "workflow" in options.trigger
        params = {"ids": ",".join(checked), "wf_trigger": None if runs_workflows else "false"}
        path = f"/{checked_name(module, 'the module')}"
        items = self._transport.write("DELETE", path, params, what=_what("record", ids, module), records=len(ids))
        return by_row(items, len(ids), ids=checked)


def _what(one: str, rows: Sequence[object], module: str) -> str:
    """What is asked for, in words: "a new record of Leads", "100 records of Leads"."""
    return f"a {one} of {module}" if len(rows) == 1 else f"{len(rows)} records of {module}"


def _checked_count(count: int) -> None:
    if not 1 <= count <= MOST_ROWS:
        raise InvalidName(f"one call takes 1 to {MOST_ROWS} records, not {count}", what="records")


def _checked_time(text: str) -> str:
    """A moment as a header may carry it."""
    if not text.isascii() or not text.isprintable() or not 10 <= len(text) <= 40:
        raise InvalidName("it is no moment", what="the time to compare with")
    return text


def _body(rows: Sequence[JsonObject], options: WriteOptions, is_upsert: bool = False) -> bytes:
    _checked_count(len(rows))
    body: JsonObject = {"data": list(rows)}
    if options.trigger is not None:
        body["trigger"] = options.trigger
    if options.lar_id is not None:
        body["lar_id"] = checked_id(options.lar_id, "the assignment rule")
    if options.apply_feature_execution:
        body["apply_feature_execution"] = [{"name": name} for name in options.apply_feature_execution]
    if options.skip_feature_execution:
        # an upsert is told for each half of it
        actions: list[JsonObject] = [{"action": "insert"}, {"action": "update"}] if is_upsert else [{}]
        body["skip_feature_execution"] = [
            {"name": name, **action} for name in options.skip_feature_execution for action in actions
        ]
    if is_upsert and options.duplicate_check_fields:
        body["duplicate_check_fields"] = [checked_name(name, "the field") for name in options.duplicate_check_fields]
    try:
        return orjson.dumps(body)
    except TypeError:  # an integer beyond 64 bits, which the standard library writes
        return json.dumps(body, allow_nan=False).encode()
