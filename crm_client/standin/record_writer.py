"""One record on its way into the store: read, checked against every rule, completed, committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_client.standin import activities, duplicates, guards, line_items, recurring, related_rows, write_rules
from crm_client.standin.calls import Call
from crm_client.standin.clock import zone_of
from crm_client.standin.conditions import moment
from crm_client.standin.items import ItemError, Place, done, record_place
from crm_client.standin.kept_values import Reading, empty
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts, reference_id
from crm_client.standin.write_fields import LayoutRules, ModuleRules, rules_of
from crm_client.standin.write_references import BAD_ID, me, user
from crm_client.standin.write_request import Order

TIMES = ("Modified_Time", "Modified_By", "Created_Time", "Created_By")


@dataclass(slots=True)
class RecordWriter:
    """Writes the records of one call. The store's lock is held all the time, so that what was checked stays true."""

    call: Call
    module: str
    order: Order

    @property
    def rules(self) -> ModuleRules:
        """The module's rules."""
        return rules_of(self.call, self.module)

    def insert(self, row: Any, number: int, **beside: Any) -> list[JSON]:
        """Adds a record; the items of its answer, several when it recurs. Raises ItemError."""
        place = record_place(number)
        if not isinstance(row, dict):
            raise place.invalid(expected_data_type="jsonobject")
        layout, named = self._layout(row, {}, place)
        reading = Reading(self.call, False, {}, row, layout)
        values = reading.values(self.rules, place, layout if named else None)
        values |= write_rules.wizard_values(self.call, self.module, row, layout.id if layout and named else "", place)
        record = self._new(values, row, layout)
        self._check(record, values, row, None, layout if named else None, place)
        duplicates.check(self.call, self.rules, values, "", place)
        items = []
        zone = zone_of(self.call.organisation.org)
        for change in recurring.occurrences(self.module, record, row, zone, place):
            one = record | change | {"id": self.call.store.new_id(self.module)}
            self._number(one)
            self._complete(one, values, row, place)
            self._commit(one, {}, reading, "insert", row)
            shown = self._details(one) | {"$approval_state": one["$approval_state"]}
            items.append(done(shown, "record added", **beside))
        return items

    def update(self, row: Any, number: int, id_: str | None = None, **beside: Any) -> JSON:
        """Changes a record; the item of its answer. Raises ItemError."""
        place = record_place(number)
        if not isinstance(row, dict):
            raise place.invalid(expected_data_type="jsonobject")
        before = self._named(row, id_, place)
        self._may_change(before, place)
        layout, named = self._layout(row, before, place)
        reading = Reading(self.call, True, before, row, layout)
        values = reading.values(self.rules, place, layout if named else None)
        if layout is not None and named:
            values["Layout"] = {"name": layout.name, "id": layout.id}
        guards.check_update(self.call, self.module, before, values, place)
        record = before | values
        self._check(record, values, row, values, layout if named else None, place)
        duplicates.check(self.call, self.rules, values, str(before["id"]), place)
        record |= {"Modified_Time": self.call.now(), "Modified_By": me(self.call)}
        self._complete(record, values, row, place)
        self._commit(record, before, reading, "update", row)
        return done(self._details(record), "record updated", **beside)

    def upsert(self, row: Any, number: int) -> list[JSON]:
        """Adds a record or changes the one that it duplicates. Raises ItemError."""
        if isinstance(row, dict):
            found = duplicates.existing(self.call, self.rules, row, self.order.check_fields)
            if found is not None:
                record, name = found
                rest = {key: value for key, value in row.items() if key != "id"}
                return [self.update(rest, number, str(record["id"]), duplicate_field=name, action="update")]
        return self.insert(row, number, duplicate_field=None, action="insert")

    def clone(self, id_: str) -> JSON:
        """Adds a copy of a record, without its wizard and its unique values. Raises ItemError."""
        before = self._named({"id": id_}, None, record_place(0))
        left = {"Wizard", "$wizard_connection_path", *self.rules.unique}
        record = {key: None if key in left else value for key, value in before.items()}
        record |= self._stamps() | {"id": self.call.store.new_id(self.module)}
        for name, one in self.rules.fields.items():
            if one.get("data_type") in ("subform", "multiselectlookup", "multiuserlookup", "fileupload", "imageupload"):
                record[name] = [row | {"id": self.call.store.new_id()} for row in dicts(before.get(name))]
        self._number(record)
        self._commit(record, {}, Reading(self.call, False, {}, record, None), "insert", record)
        return done(self._details(record) | {"$approval_state": record.get("$approval_state")}, "record added")

    # checks

    def _layout(self, row: JSON, before: JSON, place: Place) -> tuple[LayoutRules | None, bool]:
        """The record's layout, and whether the record names it."""
        named = row.get("Layout")
        layouts = self.rules.layouts
        if named is None:
            return layouts.get(reference_id(before.get("Layout"))) or self.rules.first_layout(), False
        here = place.inside("Layout", "Layout")
        if not isinstance(named, dict):
            raise here.invalid(expected_data_type="jsonobject")
        found = layouts.get(str(named.get("id")))
        if found is None:
            raise here.inside("id").invalid(BAD_ID)
        return found, True

    def _named(self, row: JSON, id_: str | None, place: Place) -> JSON:
        """The record that is to be changed."""
        here = place.inside("id", "id")
        wanted = id_ if id_ is not None else row.get("id")
        if wanted is None:
            raise here.missing()
        record = self.call.store.record(self.module, wanted) if isinstance(wanted, str) else None
        if record is None:
            raise here.invalid(BAD_ID)
        return record

    def _may_change(self, record: JSON, place: Place) -> None:
        """Raises ItemError: locked, not approved, in review, or changed meanwhile."""
        id_ = str(record["id"])
        if self.call.is_locked(self.module, id_):
            details = place.inside("id", "id").details(action="record_locking")
            raise ItemError("RECORD_LOCKED", details)
        if record.get("$approval_state", "approved") not in ("approved", None):
            raise ItemError("NOT_APPROVED", place.inside("id", "id").details())
        if record.get("$review"):
            raise ItemError("NOT_REVIEWED", place.inside("id", "id").details())
        changed = moment(record.get("Modified_Time"))
        since = self.order.unmodified_since
        if since is not None and changed is not None and changed > since:
            raise ItemError("ALREADY_MODIFIED", self._details(record))

    def _check(
        self, record: JSON, values: JSON, row: JSON, sent: JSON | None, layout: LayoutRules | None, place: Place
    ) -> None:
        """The rules between fields; `sent` is None for a new record."""
        write_rules.check_mandatory(self.rules, layout, record, sent, place)
        write_rules.check_deal(self.call, self.module, record, values, place)
        activities.check(self.call, self.module, record, row, place)
        if "global_map_dependency" in self.order.applied:
            write_rules.check_dependencies(self.call, self.module, record, values, place)
        if "layout_rules" in self.order.applied:
            write_rules.check_layout_rules(self.call, self.module, record, place)
        if "range_validation" in self.order.applied:
            write_rules.check_ranges(self.rules, values, place)

    # completing

    def _new(self, values: JSON, row: JSON, layout: LayoutRules | None) -> JSON:
        """The record with everything that the CRM adds, but for its id and numbers.

        unverified: default values of a layout are for its form; the API does not fill them in.
        """
        call = self.call
        currency = call.organisation.org.get("currency_symbol")
        waits = row.get("$approved") is False and "approval" in call.triggers
        return {
            **empty(self.rules),
            "Owner": user(call, {"id": call.viewer.id}, record_place(0)),
            **self._stamps(),
            "Layout": {"name": layout.name, "id": layout.id} if layout is not None else None,
            "Tag": [],
            # unverified: how the state of a record that waits for approval is spelt
            "$approval_state": "approval_process_pending" if waits else "approved",
            "$editable": True,
            "$process_flow": False,
            "$currency_symbol": currency,
            **({"Record_Status__s": "Available"} if "Record_Status__s" in self.rules.fields else {}),
            **values,
        }

    def _stamps(self) -> JSON:
        now, who = self.call.now(), me(self.call)
        return {"Created_Time": now, "Created_By": who, "Modified_Time": now, "Modified_By": who}

    def _number(self, record: JSON) -> None:
        """Gives the record the next number of its auto-number fields."""
        for name, one in self.rules.fields.items():
            if one.get("data_type") == "autonumber":
                told = one.get("auto_number")
                told = told if isinstance(told, dict) else {}
                prefix, width = str(told.get("prefix") or ""), told.get("starting_number_length")
                number = self.call.store.next_number(self.module, name, lambda name=name: self._first(name))  # type: ignore[misc]
                record[name] = f"{prefix}{number:0{width if isinstance(width, int) else 1}d}{told.get('suffix') or ''}"

    def _first(self, name: str) -> int:
        """One more than the highest number so far."""
        found = [str(row.get(name)) for row in dicts(self.call.store.all(self.module)) if row.get(name)]
        return 1 + max((int("".join(filter(str.isdecimal, text)) or 0) for text in found), default=0)

    def _complete(self, record: JSON, values: JSON, row: JSON, place: Place) -> None:
        """What follows from the values."""
        if self.rules.title == "Full_Name" and {"First_Name", "Last_Name"} & set(record):
            names = (record.get("First_Name"), record.get("Last_Name"))
            record["Full_Name"] = " ".join(str(name) for name in names if name)
        activities.finish(self.module, record, values)
        write_rules.finish_deal(self.call, self.module, record, values)
        line_items.add_up(self.call, record, row, place)

    # committing

    def _commit(self, record: JSON, before: JSON, reading: Reading, op: str, row: JSON) -> None:
        call = self.call
        for module, name, value in dict.fromkeys(reading.new_values):
            added = {"id": call.store.new_id(), "display_value": value, "actual_value": value, "reference_value": value}
            call.store.add_value(module, name, added | {"colour_code": None, "type": "used"})
            call.world.forget_bytes(call.organisation.key)
        reading.new_values.clear()
        related_rows.put(call, self.rules, record, before)
        call.store.put(self.module, record)
        if reading.ignored:
            told = [call.entry.ignored, *reading.ignored]
            call.entry.ignored = " ".join(dict.fromkeys(name for name in told if name))
        call.commit(self.module, str(record["id"]), op, row)
        guards.committed(call, self.module, record, op)

    def _details(self, record: JSON) -> JSON:
        people = {name: record.get(name) for name in TIMES}
        for name in ("Modified_By", "Created_By"):
            told = people[name]
            if isinstance(told, dict):
                people[name] = {"name": told.get("name"), "id": told.get("id")}
        return {**people, "id": record["id"]}
