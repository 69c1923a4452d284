"""Fields, layouts and forms for tests: as the API gives them, made from a few words each."""

from typing import Any

from console.fieldforms import RecordForm, RuleBook
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JsonObject

JSON_TYPES = {
    "integer": "integer", "double": "double", "currency": "double", "percent": "double", "boolean": "boolean",
    "lookup": "jsonobject", "ownerlookup": "jsonobject", "userlookup": "jsonobject", "RRULE": "jsonobject",
    "multiselectpicklist": "jsonarray", "multiselectlookup": "jsonarray", "multiuserlookup": "jsonarray",
    "subform": "jsonarray", "fileupload": "jsonarray", "imageupload": "jsonarray",
    "multi_module_lookup": "jsonobject",
}  # fmt: skip


def raw_field(api_name: str, data_type: str = "text", **more: Any) -> JsonObject:
    """A field of GET /settings/fields. values="A|B" makes a picklist; label="…" stands for field_label."""
    label = more.pop("label", api_name.replace("_", " "))
    values = more.pop("values", "")
    made: JsonObject = {
        "id": str(1000 + sum(map(ord, api_name))),
        "api_name": api_name,
        "field_label": label,
        "data_type": data_type,
        "json_type": JSON_TYPES.get(data_type, "string"),
        "length": more.pop("length", None),
        "system_mandatory": more.pop("mandatory", False),
        "read_only": False,
        "field_read_only": False,
        "visible": True,
        "type": "used",
        "unique": {},
        "view_type": {"view": True, "edit": True, "create": True, "quick_create": False},
        "operation_type": {"web_create": True, "web_update": True, "api_create": True, "api_update": True},
        "pick_list_values": [
            {"display_value": name, "actual_value": name, "id": str(n), "type": "used", "maps": []}
            for n, name in enumerate(values.split("|"), 1)
            if name
        ],
    }
    return made | more


def field(api_name: str, data_type: str = "text", **more: Any) -> Field:
    return Field.from_api(raw_field(api_name, data_type, **more))


def raw_layout(*fields: JsonObject, required: str = "", **section: Any) -> JsonObject:
    """A layout called Standard with one section, and one more for each subform."""
    names = required.split()

    def place(number: int, items: list[JsonObject], **more: Any) -> JsonObject:
        placed = [
            {"required": one["api_name"] in names, "sequence_number": n, "default_value": None, **one}
            for n, one in enumerate(items, 1)
        ]
        return {
            "id": f"77{number}", "name": f"Section {number}", "display_label": f"Section {number}", "type": "used",
            "sequence_number": number, "column_count": 2, "mode": "default_create", "fields": placed, **more,
        }  # fmt: skip

    plain = [one for one in fields if one["data_type"] != "subform"]
    sections = [place(1, plain, **section)]
    for number, one in enumerate((one for one in fields if one["data_type"] == "subform"), 2):
        sections.append(place(number, [one], column_count=1, isSubformSection=True))
    return {"id": "554023000002734009", "name": "Standard", "display_label": "Standard", "sections": sections}


def form(module: str, *fields: JsonObject, required: str = "", **more: Any) -> RecordForm:
    """A form of the fields on the layout Standard."""
    layout = Layout.from_api(raw_layout(*fields, required=required))
    return RecordForm.of(module, [Field.from_api(one) for one in fields], layout, **more)


def book(module: str, *fields: JsonObject, required: str = "", **more: Any) -> RuleBook:
    """The rules of the fields on the layout Standard."""
    layout = Layout.from_api(raw_layout(*fields, required=required))
    return RuleBook.of(module, [Field.from_api(one) for one in fields], layout, **more)
