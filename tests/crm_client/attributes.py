"""What attributes the client's objects have and of which types they say they are, whether dataclasses or structs."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import msgspec

from crm_client import field_parts
from crm_client.field_parts import DependentValues
from crm_client.modules import Argument, RelatedListProperties
from crm_client.values import JsonObject, Ref

# Attributes that msgspec takes as they come are declared by these names, which only a type checker sees through.
_SEEN_BY_A_TYPE_CHECKER: dict[str, Any] = {
    "Text": str,
    "FieldName": str,
    "Whole": int | None,
    "Objects": list[JsonObject],
    "NamedRef": Ref | None,
    "Parent": Ref | None,
    "Category": Ref | None,
    "NamedRefs": list[Ref],
    "Maps": list[DependentValues],
    "Arguments": list[Argument],
    "Properties": RelatedListProperties | None,
    "Mapped": field_parts.ConvertMapping | None,
    "Allowed": field_parts.PermissionsToUpdate | None,
    **{
        f"One{part.__name__}": part | None
        for part in (
            field_parts.Tooltip,
            field_parts.Lookup,
            field_parts.MultiModuleLookup,
            field_parts.LinkingLookup,
            field_parts.Formula,
            field_parts.RollupSummary,
            field_parts.Currency,
            field_parts.AutoNumber,
        )
    },
}

_DECLARED: dict[Any, dict[str, Any]] = {}


def attributes_of(kind: Any) -> list[str]:
    """Names of all that an object of this kind holds, `raw` among them where it has one."""
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind)]
    names = [field.name for field in msgspec.structs.fields(kind)]
    return ["raw" if name == "source" else name for name in names]


def declared(kind: Any) -> dict[str, Any]:
    """The type that each attribute is declared with."""
    if kind not in _DECLARED:
        _DECLARED[kind] = _hints(kind)
    return _DECLARED[kind]


def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, localns=_SEEN_BY_A_TYPE_CHECKER)
    return {name: JsonObject if name == "raw" else hints[name] for name in attributes_of(kind)}


def is_part(value: Any) -> bool:
    return dataclasses.is_dataclass(value) or isinstance(value, msgspec.Struct)
