"""What the rest of the CRM's metadata says about the fields and profiles of a wizard. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crm_client.fields import Field
from crm_client.layouts import Layout, LayoutField

_CREATE_MODES = ("", "default_create", "create", "create_edit")


@dataclass(slots=True)
class Facts:
    """What is known when a container is examined.

    fields   {api_name: Field} of the module; None: not known
    layout   {api_name: LayoutField} of the container's layout, what is drawn for creating; None: not known
    reasons  sentences: why something is not known
    """

    fields: dict[str, Field] | None = None
    layout: dict[str, LayoutField] | None = None
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, fields: Iterable[Field] | None, layout: Layout | None, reasons: Iterable[str] = ()) -> Facts:
        by_name = None if fields is None else {item.api_name: item for item in fields if item.api_name}
        return cls(by_name, None if layout is None else drawn(layout), list(reasons))

    def label(self, name: str) -> str:
        """What people call a field; its API name where that is not known."""
        if self.fields and name in self.fields:
            return self.fields[name].label
        return self.layout[name].field.label if self.layout and name in self.layout else name

    def find(self, name: str) -> Field | None:
        if self.fields and name in self.fields:
            return self.fields[name]
        return self.layout[name].field if self.layout and name in self.layout else None

    def is_required(self, name: str) -> bool:
        found = self.layout.get(name) if self.layout else None
        if found is not None:
            return found.is_required
        field_ = self.fields.get(name) if self.fields else None
        return bool(field_ and field_.system_mandatory)

    def choices(self, name: str) -> list[tuple[str, str]]:
        """(stored, shown) of each value that the picklist offers on this layout; [] for what is no picklist."""
        on_layout = self.layout.get(name) if self.layout else None
        found = on_layout.field if on_layout else self.find(name)
        if found is None or found.data_type != "picklist":
            return []
        return [
            (item.actual_value, item.display_value or item.actual_value)
            for item in found.pick_list_values
            if item.type != "unused" and item.actual_value not in ("", "-None-")
        ]

    def missing(self) -> list[str]:
        """Sentences: what could not be examined, and why."""
        found = list(self.reasons)
        if self.fields is None:
            found.append("The module's fields are not known: deleted, hidden and read-only fields were not looked for.")
        if self.layout is None:
            found.append("The layout is not known: required fields that are never asked for were not looked for.")
        return found


def drawn(layout: Layout) -> dict[str, LayoutField]:
    """The fields that a form for creating shows; those of quick create and business cards stand there too."""
    return {
        item.field.api_name: item
        for section in layout.sections
        if section.type != "unused" and section.mode in _CREATE_MODES
        for item in section.fields
        if item.field.api_name
    }
