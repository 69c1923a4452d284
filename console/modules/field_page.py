"""What a field's page says above its list of attributes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.modules.browse_fields import is_read_only, size, target
from console.modules.words import TYPE_WORDS, VALUE_WORDS
from crm_client.fields import Field
from crm_client.layouts import Layout

SHOWN_ELSEWHERE = ("pick_list_values", "profiles")


@dataclass(slots=True)
class Value:
    """A picklist value; `colour` "#rrggbb" or ""."""

    display: str
    actual: str
    colour: str
    is_used: bool
    decides: str
    notes: str


@dataclass(slots=True)
class OnLayout:
    """A layout that has the field, in which section, and whether it must be filled in there."""

    id: str
    label: str
    section: str
    is_required: bool


@dataclass(slots=True)
class FieldPage:
    """`layouts` None: the layouts of the module are not kept here yet; `profiles` None: the CRM did not tell."""

    type_words: str
    target: str
    size: str
    tags: list[tuple[str, str]]
    values: list[Value]
    has_colours: bool
    differs: bool
    profiles: list[tuple[str, str]] | None
    layouts: list[OnLayout] | None


def page_of(item: Field, layouts: Sequence[Layout] | None) -> FieldPage:
    values = [
        Value(
            value.display_value,
            value.actual_value,
            value.colour_code or "",
            value.type != "unused",
            "; ".join(
                f"{mapped.api_name}: " + ", ".join(inner.display_value for inner in mapped.pick_list_values)
                for mapped in value.maps
            ),
            f"{value.probability} %" if value.probability is not None else "",
        )
        for value in item.pick_list_values
    ]
    return FieldPage(
        TYPE_WORDS.get(item.data_type, item.data_type or "type not said"),
        "" if values and not item.global_picklist else target(item),
        size(item),
        _tags(item),
        values,
        any(value.colour for value in values),
        any(value.display != value.actual for value in values),
        None
        if item.profiles is None
        else [
            (profile.name, VALUE_WORDS.get(profile.permission_type, profile.permission_type))
            for profile in item.profiles
        ],
        None if layouts is None else _on(item, layouts),
    )


def _tags(item: Field) -> list[tuple[str, str]]:
    """(word, kind of tag): what one wants to know first."""
    found = []
    if item.system_mandatory:
        found.append(("always required", "bad"))
    if is_read_only(item):
        found.append(("read-only", "warn"))
    if item.is_unique:
        found.append(("unique", "good"))
    if item.custom_field:
        found.append(("custom", ""))
    if item.visible is False:
        found.append(("hidden from you", "warn"))
    if item.type == "unused":
        found.append(("on no layout", "warn"))
    if item.virtual_field:
        found.append(("holds no value of its own", ""))
    return found


def _on(item: Field, layouts: Sequence[Layout]) -> list[OnLayout]:
    return [
        OnLayout(layout.id, layout.label, section.label, placed.is_required)
        for layout in layouts
        for section in layout.sections
        if section.type != "unused"
        for placed in section.fields
        if placed.field.api_name == item.api_name and item.api_name
    ]
