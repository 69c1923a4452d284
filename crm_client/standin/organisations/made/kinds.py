"""The kinds of fields: what each has in the CRM's metadata.

Source: the published fields answer of Leads for the ui_types, lengths and customizable properties; `date`,
`autonumber`, `userlookup`, `multi_module_lookup`, `multireminder` and the kinds of line items are in no published
answer, so their ui_type is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

_PLAIN = "mandatory fieldlabel removal deletion private_field tooltip hipaa_field add_to_other_layouts"
_TEXT = _PLAIN + " max_length_digits unique encrypted external_field"
_PICK = _PLAIN + " history_tracking display_value_alphabetically default_value option_add color_code replace_values"
_NUMBER = _PLAIN + " max_length_digits number_separator"
_COMPUTED = "fieldlabel removal deletion tooltip add_to_other_layouts maximum_decimal number_separator"
_SYSTEM = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the metadata of one kind of field has in common.

    traits   letters: w writable by form and API, f by form only, l listable (sortable, filterable, searchable),
             m mass update, p the e-mail parser may fill it
    """

    data_type: str
    json_type: str
    ui_type: int
    length: int | None  # None: the key is missing, as on subforms
    traits: str = "wlmp"
    properties: str = _PLAIN
    decimals: int | None = None


KINDS: dict[str, Kind] = {
    "text": Kind("text", "string", 1, 255, "wlmp", _TEXT),
    "first_name": Kind("text", "string", 27, 40),
    "last_name": Kind("text", "string", 127, 80, "wlmp", "tooltip private_field"),
    "fax": Kind("text", "string", 35, 30),
    "skype": Kind("text", "string", 37, 50),
    "twitter": Kind("text", "string", 22, 50),
    "full_name": Kind("text", "string", 1, 120, "l", _SYSTEM),
    "tag": Kind("text", "jsonarray", 209, 2000, "w", _SYSTEM),
    "small": Kind("textarea", "string", 110, 2000, "wlp"),
    "large": Kind("textarea", "string", 3, 32000, "wp"),
    "rich": Kind("textarea", "string", 250, 50000, "w"),
    "email": Kind("email", "string", 25, 100, "wlmp", _TEXT),
    "phone": Kind("phone", "string", 33, 30, "wlmp", _TEXT),
    "website": Kind("website", "string", 21, 450, "wlmp", _TEXT),
    "picklist": Kind("picklist", "string", 2, 120, "wlmp", _PICK),
    "multi": Kind("multiselectpicklist", "jsonarray", 100, 1000, "wlm", _PICK),
    "integer": Kind("integer", "integer", 32, 9, "wlmp", _NUMBER),
    "bigint": Kind("bigint", "string", 52, 18, "wlmp", _NUMBER),
    "double": Kind("double", "double", 38, 16, "wlmp", _NUMBER + " maximum_decimal", 2),
    "currency": Kind("currency", "double", 36, 16, "wlmp", _NUMBER + " rounding_type maximum_decimal", 2),
    "percent": Kind("percent", "double", 34, 5, "wlmp", _PLAIN, 2),
    "boolean": Kind("boolean", "boolean", 301, 5, "wlmp", "fieldlabel removal deletion tooltip default_value"),
    "date": Kind("date", "string", 24, 20),
    "datetime": Kind("datetime", "string", 333, 120),
    "system_time": Kind("datetime", "string", 333, 120, "l", _SYSTEM),
    "created_time": Kind("datetime", "string", 200, 120, "l", _SYSTEM),
    "visit_time": Kind("datetime", "string", 786, 120, "l", _SYSTEM),
    "lookup": Kind("lookup", "jsonobject", 133, 120, "wl", _PLAIN + " related_list_label lookup_filter"),
    "owner": Kind("ownerlookup", "jsonobject", 8, 120, "wl", "field_of_lookup"),
    "author": Kind("ownerlookup", "jsonobject", 20, 120, "l", "removal add_to_other_layouts"),
    "userlookup": Kind("userlookup", "jsonobject", 221, 120, "wlm", _PLAIN + " field_of_lookup"),
    "multiselectlookup": Kind(
        "multiselectlookup", "jsonarray", 444, 200, "wl", "fieldlabel removal linking_module_name"
    ),
    "multiuserlookup": Kind("multiuserlookup", "jsonarray", 445, 200, "wl", "fieldlabel removal deletion"),
    "multi_module_lookup": Kind("multi_module_lookup", "jsonobject", 787, 120, "wl"),
    "subform": Kind("subform", "jsonarray", 500, None, "", _SYSTEM),
    "fileupload": Kind("fileupload", "jsonarray", 555, 5, "w", _PLAIN + " upload_multiple_files"),
    "imageupload": Kind("imageupload", "jsonarray", 556, 10, "w"),
    "profileimage": Kind("profileimage", "string", 66, 255, "w", "image_enable add_to_other_layouts"),
    "autonumber": Kind("autonumber", "string", 213, 255, "l", "fieldlabel removal deletion auto_number"),
    "formula": Kind("formula", "double", 116, 16, "l", _COMPUTED + " formula_expression assume_default", 2),
    "rollup": Kind("rollup_summary", "integer", 118, 9, "l", _COMPUTED, 2),
    "layout": Kind("layout", "jsonobject", 208, 50, "w", _SYSTEM),
    "territories": Kind("territories", "jsonarray", 999, 120, "f", _SYSTEM),
    "wizard": Kind("bigint", "string", 207, 50, "w", _SYSTEM),
    "record_id": Kind("bigint", "string", 52, 18, "l", _SYSTEM),
    "reminder": Kind("multireminder", "jsonarray", 340, 100, "w"),
    "recurring": Kind("RRULE", "jsonobject", 320, 200, "w", _SYSTEM),
    "participants": Kind("participants", "jsonarray", 321, 200, "w", _SYSTEM),
    "line_tax": Kind("linetax", "jsonarray", 330, 120, "w", _SYSTEM),
}

RETURN_JSON = {"integer": "integer", "double": "double", "currency": "double", "text": "string", "datetime": "string"}
