"""The values of a record as the CRM will keep them: by field, by layout, by what the caller may write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm_client.standin import activities, line_items
from crm_client.standin.calls import Call
from crm_client.standin.clock import zone_of
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import (
    EMPTY_LISTS,
    ON_EVERY_LAYOUT,
    LayoutRules,
    ModuleRules,
    rules_of,
    takes,
)
from crm_client.standin.write_references import any_module_lookup, files, linked, lookup, tags, user
from crm_client.standin.write_values import KEEPERS, moment_of

MAX_SUBFORM_ROWS = 100
BAD_ID = "the id given seems to be invalid"


@dataclass(slots=True)
class Reading:
    """What reading one record brought, beside its values."""

    call: Call
    update: bool
    before: JSON  # the record as it is; {} for a new one
    row: JSON  # the record as it was sent
    layout: LayoutRules | None  # the layout that the record names, or has
    ignored: list[str] = field(default_factory=list)  # names left out without a word
    new_values: list[tuple[str, str, str]] = field(default_factory=list)  # (module, picklist, value it did not have)

    def values(self, rules: ModuleRules, place: Place, layout: LayoutRules | None) -> JSON:
        """The values that were sent, checked. With `layout`, only of fields that stand on it. Raises ItemError.

        unverified: a name that no field has is left out without a word (one newer example refuses it).
        """
        append = self.row.get("$append_values")
        kept: JSON = {}
        for name, value in self.row.items():
            if name.startswith("$") or name in ("id", "Layout", "Wizard"):
                continue
            one = rules.fields.get(name)
            if one is None:
                if rules.fields:
                    self.ignored.append(name)
                else:
                    kept[name] = value  # a saved organisation without this module's fields
                continue
            everywhere = name in ON_EVERY_LAYOUT or name in rules.mandatory
            off_layout = layout is not None and name not in layout.on_it and not everywhere
            if off_layout or not takes(self.call, one, update=self.update):
                self.ignored.append(name)
                continue
            made = self.keep(rules.name, one, value, place.inside(name, name), self.before)
            appends = self.update and isinstance(append, dict) and append.get(name) is True
            if appends and one.get("data_type") == "multiselectpicklist":
                made = list(dict.fromkeys([*(self.before.get(name) or []), *made]))
            kept[name] = made
        return kept

    def keep(self, module: str, one: JSON, value: Any, place: Place, before: JSON) -> Any:
        """One value as it is kept. Raises ItemError."""
        kind, name = str(one.get("data_type")), str(one.get("api_name"))
        if value is None:
            return [] if kind in EMPTY_LISTS or one.get("json_type") == "jsonarray" else None
        if kind == "text" and one.get("json_type") == "jsonarray":
            return tags(self.call, value, place)
        if kind in KEEPERS:
            made = KEEPERS[kind](value, one, place)
            if kind in ("picklist", "multiselectpicklist"):
                self._notice_values(module, one, made)
            return made
        return self._keep_other(kind, name, one, value, place, before)

    def _keep_other(self, kind: str, name: str, one: JSON, value: Any, place: Place, before: JSON) -> Any:
        call = self.call
        if kind == "datetime":
            return moment_of(value, place).astimezone(zone_of(call.organisation.org)).isoformat(timespec="seconds")
        if kind == "lookup":
            return lookup(call, value, one, place)
        if kind == "multi_module_lookup":
            named = self.row.get("$se_module") if name == "What_Id" else ""
            return any_module_lookup(call, value, one, place, str(named or ""))
        if kind in ("ownerlookup", "userlookup"):
            return user(call, value, place)
        if kind in ("multiselectlookup", "multiuserlookup"):
            return linked(call, value, one, before, place)
        if kind in ("fileupload", "imageupload"):
            return files(call, value, one, dicts(before.get(name)), place)
        if kind == "subform":
            return self._subform(one, value, dicts(before.get(name)), place)
        if kind == "participants":
            return activities.participants(call, value, place)
        if kind == "linetax":
            return line_items.taxes(value, place)
        if kind == "multireminder":
            return activities.reminder(value, place)
        return value

    def _subform(self, one: JSON, value: Any, before: list[JSON], place: Place) -> list[JSON]:
        """Rows without id are added, rows with id changed, `_delete` removes one, an empty list all; the rest stays."""
        if not isinstance(value, list):
            raise place.invalid(expected_data_type="jsonarray")
        told = one.get("associated_module")
        rules = rules_of(self.call, str(told.get("module")) if isinstance(told, dict) else "")
        kept = {str(row.get("id")): row for row in before} if value else {}
        for number, row in enumerate(value):
            here = place.inside(number)
            if not isinstance(row, dict):
                raise here.invalid(expected_data_type="jsonobject")
            id_ = row.get("id")
            if id_ is not None and str(id_) not in kept:
                raise here.inside("id").invalid(BAD_ID)
            if "_delete" in row:
                if id_ is None:
                    raise here.inside("id").missing()
                del kept[str(id_)]
                continue
            made = self._row(rules, row, kept.get(str(id_), {}), here)
            kept[str(made["id"])] = made
        most = self.layout.rows.get(place.api_name, MAX_SUBFORM_ROWS) if self.layout else MAX_SUBFORM_ROWS
        if len(kept) > most:
            raise ItemError("LIMIT_EXCEEDED", place.details(maximum_length=most), "The limit is exceeded")
        return list(kept.values())

    def _row(self, rules: ModuleRules, row: JSON, before: JSON, place: Place) -> JSON:
        made: JSON = dict(before) or {**empty(rules), "id": self.call.store.new_id()}
        for name, value in row.items():
            one = rules.fields.get(name)
            if name == "id" or name.startswith("$") or name == "Parent_Id":
                continue
            if one is None:
                if rules.fields:
                    self.ignored.append(f"{place.api_name}.{name}")
                else:
                    made[name] = value
            elif takes(self.call, one, update=self.update):
                made[name] = self.keep(rules.name, one, value, place.inside(name, name), before)
        for name in rules.mandatory:
            if made.get(name) in (None, "", []):
                raise place.inside(name, name).missing()
        return made

    def _notice_values(self, module: str, one: JSON, made: Any) -> None:
        known = {value.get("actual_value") for value in dicts(one.get("pick_list_values"))}
        for value in made if isinstance(made, list) else [made]:
            if value is not None and value not in known:
                self.new_values.append((module, str(one.get("api_name")), value))


def empty(rules: ModuleRules) -> JSON:
    """Every field of a module without a value."""
    made: JSON = {}
    for name, one in rules.fields.items():
        kind = one.get("data_type")
        if kind == "boolean":
            made[name] = False
        else:
            made[name] = [] if kind in EMPTY_LISTS or one.get("json_type") == "jsonarray" else None
    return made
