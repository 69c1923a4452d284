"""Records as a table to take away: which columns, how each value stands in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from console.exports import Cell, Table
from console.records.values import cell_of
from crm_client.fields import Field
from crm_client.values import JSON, JsonObject, as_id, as_object

AT_ONCE = 2_000  # records that are read while the person waits
PER_CALL = 200
MOST = 100_000  # where the CRM's own paging ends
_POINTING = ("lookup", "multi_module_lookup", "ownerlookup", "userlookup")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an export: the record's id, then each field; a look-up's id beside its name where wanted."""

    keys: list[str]
    titles: list[str]
    _read: list[Callable[[JsonObject], Cell]]

    @classmethod
    def of(cls, fields: Sequence[Field], *, with_ids: bool) -> Columns:
        keys, titles = ["id"], ["Id"]
        read: list[Callable[[JsonObject], Cell]] = [lambda raw: as_id(raw.get("id"))]
        for field in fields:
            if field.api_name == "id":
                continue
            keys.append(field.api_name)
            titles.append(field.label)
            read.append(_value(field))
            if with_ids and field.data_type in _POINTING:
                keys.append(f"{field.api_name}.id")
                titles.append(f"{field.label} (id)")
                read.append(_id(field.api_name))
        return cls(keys, titles, read)

    def row(self, raw: JsonObject) -> list[Cell]:
        return [read(raw) for read in self._read]

    def rows(self, records: Iterable[JsonObject]) -> Iterator[list[Cell]]:
        return (self.row(raw) for raw in records)

    def table(self, title: str, records: Iterable[JsonObject]) -> Table:
        return Table(title, self.keys, self.titles, list(self.rows(records)))


def _value(field: Field) -> Callable[[JsonObject], Cell]:
    name, cell = field.api_name, cell_of(field)
    return lambda raw: cell(raw.get(name))


def _id(name: str) -> Callable[[JsonObject], Cell]:
    def read(raw: JsonObject) -> Cell:
        value: JSON = raw.get(name)
        return as_id(as_object(value).get("id")) or None

    return read
