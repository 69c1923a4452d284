"""Which fields a list of records may show, and which it shows when nobody chose. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_client.custom_views import CustomView
from crm_client.fields import Field
from crm_client.records import MOST_FIELDS

MOST_COLUMNS = MOST_FIELDS - 1  # beside the name, which is always there
USUALLY = 8
# The CRM leaves them out of every list, or gives no more than an address of its own.
_IN_A_NAME = {True: ("Salutation", "First_Name", "Last_Name"), False: ()}
ONLY_ALONE = frozenset({"subform", "multiselectlookup", "multiuserlookup", "profileimage", "layout"})


def listable(fields: Iterable[Field]) -> list[Field]:
    """The fields that a list can show to this person, in the CRM's order."""
    return [
        field
        for field in fields
        if field.api_name and field.visible is not False and field.data_type not in ONLY_ALONE
    ]  # fmt: skip


def name_field(fields: Sequence[Field]) -> Field | None:
    """The field that names a record: the whole name of a person, the CRM's display field, else the usual ones."""
    seen = [field for field in fields if field.api_name and field.visible is not False]
    by_name = {field.api_name: field for field in seen}
    if "Full_Name" in by_name:
        return by_name["Full_Name"]
    shown = next((field for field in seen if field.display_field is True), None)
    names = (by_name[name] for name in ("Name", "Subject") if name in by_name)
    ends = (field for field in seen if field.api_name.endswith("_Name") and field.data_type == "text")
    return shown or next(names, None) or next(ends, None)


def usual(fields: Sequence[Field], view: CustomView | None) -> tuple[str, ...]:
    """The columns beside the name: the view's, else the first that people fill in, and when it was changed."""
    named = name_field(fields)
    own = named.api_name if named else ""
    can = {field.api_name: field for field in listable(fields)}
    if view is not None:
        names = [ref.name for ref in view.fields if ref.name in can and ref.name != own]
        if names:
            return tuple(dict.fromkeys(names))[:MOST_COLUMNS]
    first = [
        name
        for name, field in can.items()
        if name
        not in (
            own,
            *_IN_A_NAME[own == "Full_Name"],
            "id",
            "Owner",
            "Modified_Time",
            "Created_Time",
            "Tag",
            "Layout",
            "Wizard",
        )
        and field.type != "unused"
        and field.data_type not in ("formula", "rollup_summary", "textarea", "territories")
        and field.view_type.view is not False
    ]
    tail = [name for name in ("Owner", "Modified_Time") if name in can]
    return (*first[: USUALLY - len(tail)], *tail)
