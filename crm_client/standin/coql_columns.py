"""Names of COQL queries: which field they mean, over which look-ups, and the values that records have for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.comparing import MULTI, NUMBER, REFERENCE, kind_of, stored
from crm_client.standin.errors import ApiError
from crm_client.standin.organisation import JSON
from crm_client.standin.settings_fields import shown as shown_field
from crm_client.standin.viewer import dicts, reference_id

MOST_STEPS = 2  # look-ups that one name may follow
NOT_SELECTED = ("subform", "multiselectlookup", "multiuserlookup", "imageupload", "profileimage")
USERS = "users"
USER_KEYS = {"id", "first_name", "last_name", "full_name", "email", "status", "zuid", "role", "profile"}
WRONG_COLUMN = "column given seems to be invalid"


@dataclass(frozen=True, slots=True)
class Field:
    """A name that was found: how its values compare, and how a record's value is read."""

    name: str
    data_type: str
    kind: str | None  # None: no condition can be about it
    raw: Callable[[JSON], Any]
    meta: JSON  # as the settings show the field

    def value(self, record: JSON) -> Any:
        """The record's value in a form that can be compared."""
        return stored(self.kind, self.raw(record)) if self.kind else self.raw(record)

    def shown(self, record: JSON) -> Any:
        """The value as an answer has it. unverified: of a look-up there is the id alone, its name is not told."""
        return without_names(self.kind, self.raw(record))


def without_names(kind: str | None, value: Any) -> Any:
    """A value of an answer: look-ups by id alone."""
    return {"id": reference_id(value)} if kind == REFERENCE and isinstance(value, dict) else value


class Columns:
    """Finds the fields of one module for whoever asks."""

    def __init__(self, call: Call, module: str) -> None:
        self._call = call
        self._module = module
        self._by_id: dict[str, dict[str, JSON]] = {}
        self._found: dict[str, Field] = {}

    def field(self, name: str) -> Field:
        """The field that a name means: "Last_Name", "Account_Name.Phone", "What_Id->Accounts.Account_Name".

        Raises ApiError: unknown, hidden from the profile, or over more look-ups than a query may follow.
        """
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Field:
        *steps, last = name.split(".")
        if len(steps) > MOST_STEPS:
            raise self._unknown(name)
        module = self._module
        follow: Callable[[JSON], JSON] = _same
        for step in steps:
            api_name, _, target = step.partition("->")
            meta = self._meta(module, api_name)
            into = target or _target(meta)
            if meta is None or not into:
                raise self._unknown(name)
            follow = self._over(follow, api_name, into)
            module = into
        meta = self._meta(module, last)
        if meta is None:
            raise self._unknown(name)
        data_type = str(meta.get("data_type") or "text")
        kind = NUMBER if last == "id" else kind_of(meta)
        shown = shown_field(meta, self._call.viewer, self._call.version) if "api_name" in meta else meta
        return Field(name, data_type, kind, _reading(follow, last), {"api_name": last, **shown})

    def _unknown(self, name: str) -> ApiError:
        return ApiError("INVALID_QUERY", {"column_name": name, "module": self._module}, WRONG_COLUMN)

    def _meta(self, module: str, api_name: str) -> JSON | None:
        """The field's metadata where the profile may see it."""
        if module == USERS:
            return {"data_type": "text"} if api_name in USER_KEYS else None
        seen = self._call.organisation.module(module)
        if seen is None or not self._call.viewer.sees_tab(seen):
            return None
        for field in dicts(self._call.organisation.fields.get(module)):
            if field.get("api_name") == api_name:
                return None if self._call.viewer.field_permission(field) == "hidden" else field
        return {"data_type": "bigint"} if api_name == "id" else None

    def _over(self, follow: Callable[[JSON], JSON], api_name: str, into: str) -> Callable[[JSON], JSON]:
        def next_record(record: JSON) -> JSON:
            return self._records(into).get(reference_id(follow(record).get(api_name)), {})

        return next_record

    def _records(self, module: str) -> dict[str, JSON]:
        if module not in self._by_id:
            organisation = self._call.organisation
            records = organisation.users if module == USERS else organisation.records.get(module)
            self._by_id[module] = {str(record.get("id")): record for record in dicts(records)}
        return self._by_id[module]


def _same(record: JSON) -> JSON:
    return record


def _reading(follow: Callable[[JSON], JSON], name: str) -> Callable[[JSON], Any]:
    return (lambda record: record.get(name)) if follow is _same else (lambda record: follow(record).get(name))


def _target(meta: JSON | None) -> str:
    """The module that a look-up leads to; "" when it is none."""
    if meta is None:
        return ""
    if meta.get("data_type") in ("ownerlookup", "userlookup"):
        return USERS
    lookup = meta.get("lookup")
    target = lookup.get("module") if isinstance(lookup, dict) else None
    return str(target.get("api_name") or "") if isinstance(target, dict) else ""


def group_key(kind: str | None, value: Any) -> Any:
    """The value in a form that rows can be grouped by."""
    made = stored(kind, value) if kind else value
    return tuple(made) if kind == MULTI and isinstance(made, list) else str(made) if isinstance(made, list) else made
