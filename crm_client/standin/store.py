"""The records of one organisation: found by id and by value without looking through them, and changed only here.

Lists of records are read by many threads at once, so a record is never changed in place: `put` replaces it whole, and
`remove` leaves the old list to those who are still reading it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crm_client.standin.organisation import JSON, Organisation
from crm_client.standin.viewer import dicts

FIRST_NUMBER = 900_000_000_000  # the last twelve digits of the first new id; the made organisations stay far below
STRANGE_PREFIX = "4999999"  # of new ids where the organisation's own are no ids of the CRM

Change = Callable[[JSON], None]


@dataclass(slots=True)
class _Index:
    """Where the records of one list are. Good as long as nobody else has made the list longer, shorter or another."""

    rows: list[JSON]
    length: int
    places: dict[str, int]
    values: dict[str, dict[str, set[str]]] = field(default_factory=dict)  # field → value without case → ids


class RecordStore:
    """Finds and changes the records of one organisation.

    Whoever checks something and then writes holds `lock` from the check to the `put`. Tests may change
    `organisation.records` by hand; a value changed inside a record is noticed once `StandIn.organisation()` was called.
    """

    def __init__(self, organisation: Organisation) -> None:
        self.lock = threading.RLock()
        self.kept: dict[tuple[str, ...], Any] = {}  # what others have compiled from the settings
        self.deleted: dict[str, list[JSON]] = {}  # the recycle bin, by module
        self.changed: Change = lambda _line: None  # replaced where a state file is kept
        self._organisation = organisation
        self._indexes: dict[str, _Index] = {}
        self._last_number = FIRST_NUMBER
        self._counters: dict[tuple[str, str], int] = {}
        self._tags: dict[str, str] = {}

    def forget(self) -> None:
        """Drops every index: somebody outside is going to change the organisation by hand."""
        with self.lock:
            self._indexes.clear()
            self.kept.clear()

    # reading

    def all(self, module: str) -> list[JSON]:
        """The records of a module as they stand there; not to be changed by the caller."""
        rows = self._organisation.records.get(module)
        return rows if isinstance(rows, list) else []

    def record(self, module: str, id_: str) -> JSON | None:
        """The record with this id."""
        with self.lock:
            for _ in range(2):
                index = self._index(module)
                place = index.places.get(id_)
                if place is None:
                    return None
                row = index.rows[place]
                if isinstance(row, dict) and str(row.get("id")) == id_:
                    return row
                del self._indexes[module]  # somebody has put another record there by hand
            return None

    def ids_with(self, module: str, name: str, value: str) -> list[str]:
        """Ids of the records whose field has this text, without regard to case, lowest first."""
        with self.lock:
            index = self._index(module)
            if name not in index.values:
                index.values[name] = {}
                for row in dicts(index.rows):
                    self._enter(index, name, row)
            return sorted(index.values[name].get(value.casefold(), ()), key=_by_number)

    # changing

    def new_id(self, module: str = "") -> str:
        """An id of 19 digits, higher than any that was given before."""
        with self.lock:
            while True:
                self._last_number += 1
                made = f"{self._prefix()}{self._last_number:012d}"
                if not module or made not in self._index(module).places:
                    return made

    def next_number(self, module: str, name: str, first: Callable[[], int]) -> int:
        """The next value of an auto-number field; `first` says where to begin."""
        with self.lock:
            number = self._counters.get((module, name))
            number = first() if number is None else number + 1
            self._counters[module, name] = number
            return number

    def tag_id(self, name: str) -> str:
        """The id of a tag, the same for every record that has it."""
        with self.lock:
            if name not in self._tags:
                self._tags[name] = self.new_id()
            return self._tags[name]

    def put(self, module: str, record: JSON) -> None:
        """Adds a record, or replaces the one with its id."""
        with self.lock:
            id_ = str(record["id"])
            index = self._index(module)
            place = index.places.get(id_)
            if place is None:
                index.places[id_] = len(index.rows)
                index.rows.append(record)
                index.length += 1
            else:
                before = index.rows[place]
                for name, by_value in index.values.items():
                    by_value.get(_key(before.get(name)), set()).discard(id_)
                index.rows[place] = record
            for name in index.values:
                self._enter(index, name, record)
            self._notice_number(id_)
            self.changed({"op": "put", "module": module, "record": record})

    def remove(self, module: str, ids: Iterable[str], bin_rows: Iterable[JSON] = ()) -> None:
        """Takes records out; `bin_rows` is what the list of deleted records shows for them."""
        with self.lock:
            gone = set(ids)
            self._organisation.records[module] = [
                row for row in self.all(module) if not isinstance(row, dict) or str(row.get("id")) not in gone
            ]
            self._indexes.pop(module, None)
            shown = list(bin_rows)
            self.deleted.setdefault(module, []).extend(shown)
            self.changed({"op": "remove", "module": module, "ids": sorted(gone), "bin": shown})

    def add_value(self, module: str, name: str, value: JSON) -> None:
        """Adds a value to a picklist and to every layout of the module that has the field."""
        with self.lock:
            fields = dicts(self._organisation.fields.get(module))
            for layout in dicts(self._organisation.layouts.get(module)):
                for section in dicts(layout.get("sections")):
                    fields += dicts(section.get("fields"))
            for one in fields:
                values = one.get("pick_list_values")
                known = {each.get("actual_value") for each in dicts(values)}
                if one.get("api_name") == name and isinstance(values, list) and value["actual_value"] not in known:
                    values.append(value | {"sequence_number": len(values) + 1})
            self._notice_number(str(value["id"]))
            self.changed({"op": "value", "module": module, "field": name, "value": value})

    def keep_place(self, module: str, id_: str, place: JSON | None) -> None:
        """Remembers where a record stands in its process; None: it has left."""
        with self.lock:
            places = self._organisation.process_places
            if module not in places:
                places[module] = {}
            places[module].pop(id_, None)
            if place is not None:
                places[module][id_] = place
            self.changed({"op": "place", "module": module, "id": id_, "place": place})

    def replay(self, line: JSON) -> None:
        """Does once more what `changed` was told in an earlier life. Raises KeyError, TypeError for nonsense."""
        if line["op"] == "put":
            self.put(line["module"], line["record"])
        elif line["op"] == "remove":
            self.remove(line["module"], line["ids"], line["bin"])
        elif line["op"] == "place":
            self.keep_place(line["module"], line["id"], line["place"])
        else:
            self.add_value(line["module"], line["field"], line["value"])

    # inside

    def _index(self, module: str) -> _Index:
        rows = self._organisation.records.get(module)
        if not isinstance(rows, list):
            rows = self._organisation.records[module] = []
        index = self._indexes.get(module)
        if index is None or index.rows is not rows or index.length != len(rows):
            places = {str(row.get("id")): place for place, row in enumerate(rows) if isinstance(row, dict)}
            index = self._indexes[module] = _Index(rows, len(rows), places)
        return index

    def _enter(self, index: _Index, name: str, row: JSON) -> None:
        key = _key(row.get(name))
        if key:
            index.values[name].setdefault(key, set()).add(str(row.get("id")))

    def _prefix(self) -> str:
        for known in (self._organisation.org.get("id"), *(user.get("id") for user in self._organisation.users[:1])):
            text = str(known)
            if text.isascii() and text.isdigit() and len(text) > 12:
                return text[:-12][:7].ljust(7, "0")
        return STRANGE_PREFIX

    def _notice_number(self, id_: str) -> None:
        """After a restart new ids go on behind those that were given before."""
        if len(id_) == 19 and id_.startswith(self._prefix()) and id_.isdigit():
            self._last_number = max(self._last_number, int(id_[7:]))


def _key(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).casefold()


def _by_number(id_: str) -> tuple[int, str]:
    return (int(id_) if id_.isascii() and id_.isdigit() else 0), id_
