"""Subform rows and many-to-many links are records of modules of their own, too: kept in step with their parent."""

from __future__ import annotations

from collections.abc import Iterator

from crm_client.standin.calls import Call
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts
from crm_client.standin.write_fields import ModuleRules, title_of
from crm_client.standin.write_references import me


def put(call: Call, rules: ModuleRules, record: JSON, before: JSON) -> None:
    """Writes the rows and links of `record`, which nobody else has seen yet; those that `before` had are taken out."""
    parent = {"name": title_of(rules, record), "id": record["id"]}
    for name, module, mine in _families(call, rules):
        old = {str(row.get("id")): row for row in dicts(before.get(name))}
        new = {str(row.get("id")): row for row in dicts(record.get(name))}
        gone = old.keys() - new.keys()
        if gone:
            call.store.remove(module, gone)
        for id_, row in new.items():
            if row == old.get(id_):
                continue
            if mine:
                call.store.put(module, {**row, mine: parent, **_times(call)})
            else:
                call.store.put(module, row | {"Parent_Id": parent})
        if not mine and name in record:
            record[name] = [row | {"Parent_Id": parent} for row in new.values()]


def remove(call: Call, rules: ModuleRules, records: list[JSON]) -> None:
    """Takes the rows and links of deleted records out."""
    for name, module, _ in _families(call, rules):
        gone = {str(row.get("id")) for record in records for row in dicts(record.get(name))}
        if gone:
            call.store.remove(module, gone)


def _families(call: Call, rules: ModuleRules) -> Iterator[tuple[str, str, str]]:
    """(field, module of the rows or links, the linking module's field for this side; "" for rows)."""
    for name, one in rules.fields.items():
        kind = str(one.get("data_type"))
        if kind == "subform":
            told = one.get("associated_module")
            module = str(told.get("module") or "") if isinstance(told, dict) else ""
            if call.organisation.module(module) is not None:
                yield name, module, ""
        elif kind in ("multiselectlookup", "multiuserlookup"):
            told = one.get(kind)
            linking = told.get("linking_details") if isinstance(told, dict) else None
            inner = linking.get("module") if isinstance(linking, dict) else None
            mine = linking.get("lookup_field") if isinstance(linking, dict) else None
            module = str(inner.get("api_name") or "") if isinstance(inner, dict) else ""
            if isinstance(mine, dict) and call.organisation.module(module) is not None:
                yield name, module, str(mine.get("api_name"))


def _times(call: Call) -> JSON:
    now, who = call.now(), me(call)
    return {"Owner": who, "Created_By": who, "Created_Time": now, "Modified_By": who, "Modified_Time": now}
