"""Which input a field gets: from the CRM's data type, and in activities and orders from the field itself. Pure.

source  zoho.com/crm/developer/docs/api/v8/field-meta.html, insert-records.html
"""

from __future__ import annotations

from crm_client.fields import Field

TEXT, AREA, RICH, EMAIL, PHONE, WEBSITE = "text", "area", "rich", "email", "phone", "website"
PICK, MANY_PICK, DATE, MOMENT = "pick", "many_pick", "date", "moment"
INTEGER, BIG, DECIMAL, PERCENT, CHECK, FLAG = "integer", "big", "decimal", "percent", "check", "flag"
LOOKUP, USER, ANY_LOOKUP, MANY_LOOKUP, MANY_USERS = "lookup", "user", "any_lookup", "many_lookup", "many_users"
FILES, IMAGES, TAGS, TAXES, DURATION = "files", "images", "tags", "taxes", "duration"
ROWS, ALARM, RULE, SHOWN, PERSON = "rows", "alarm", "rule", "shown", "person"
REFERENCES = frozenset({LOOKUP, USER, ANY_LOOKUP, PERSON})
TEXTS = frozenset({TEXT, AREA, RICH, EMAIL, PHONE, WEBSITE, PICK, DURATION})  # "" is a value of theirs that means empty
LISTS = frozenset({MANY_PICK, MANY_LOOKUP, MANY_USERS, FILES, IMAGES, ROWS, TAGS, TAXES})  # [] is one of theirs

_BY_TYPE = {
    "text": TEXT,
    "textarea": AREA,
    "email": EMAIL,
    "phone": PHONE,
    "website": WEBSITE,
    "picklist": PICK,
    "multiselectpicklist": MANY_PICK,
    "date": DATE,
    "datetime": MOMENT,
    "integer": INTEGER,
    "bigint": BIG,
    "double": DECIMAL,
    "currency": DECIMAL,
    "percent": PERCENT,
    "boolean": CHECK,
    "lookup": LOOKUP,
    "ownerlookup": USER,
    "userlookup": USER,
    "multi_module_lookup": ANY_LOOKUP,
    "multiselectlookup": MANY_LOOKUP,
    "multiuserlookup": MANY_USERS,
    "fileupload": FILES,
    "imageupload": IMAGES,
    "subform": ROWS,
    "multireminder": ROWS,
    "event_reminder": ROWS,
    "participants": ROWS,
    "RRULE": RULE,
    "ALARM": ALARM,
    "linetax": TAXES,
    "line_tax": TAXES,
}

# what a few fields of standard modules are, whatever data type the metadata gives them
_BY_NAME = {
    ("Tasks", "Remind_At"): ALARM,
    ("Tasks", "Recurring_Activity"): RULE,
    ("Events", "Remind_At"): ROWS,
    ("Events", "Recurring_Activity"): RULE,
    ("Events", "Participants"): ROWS,
    ("Price_Books", "Pricing_Details"): ROWS,
    ("Tasks", "What_Id"): ANY_LOOKUP,
    ("Events", "What_Id"): ANY_LOOKUP,
    ("Calls", "What_Id"): ANY_LOOKUP,
    ("Calls", "Call_Duration"): DURATION,
}

ACTIVITIES = frozenset({"Tasks", "Events", "Calls"})
ORDERS = frozenset({"Quotes", "Sales_Orders", "Invoices", "Purchase_Orders"})
"""Modules with line items: a subform whose name ends in _Items (for purchase orders the documentation has two)."""

SUMS = {"Sub_Total": "items", "Grand_Total": "grand"}
"""What an order comes to, worked out by the CRM: field to the part of `totals` that shows it while one types."""
ROW_SUMS = frozenset({"Total", "Total_After_Discount", "Net_Total"})
"""The same of one line item."""
WHY_SUM = "worked out by the CRM from the line items"

_COMPUTED = {
    "formula": "worked out by the CRM from its formula",
    "rollup_summary": "worked out by the CRM from related records",
    "autonumber": "numbered by the CRM",
}
_ELSEWHERE = {
    "profileimage": "the record’s photo is uploaded by a call of its own, once the record exists",
    "territories": "territories are assigned by the CRM’s rules, not through this call",
    "layout": "chosen for the form as a whole",
}
_KEPT_BY_CRM = frozenset({"Created_By", "Modified_By", "Created_Time", "Modified_Time", "Last_Activity_Time", "id"})


def kind_of(field: Field, module: str) -> str:
    """One of the kinds above; SHOWN for what has no input here. Whether it is offered at all: see `why_not_offered`."""
    name, data_type = field.api_name, field.data_type
    if (found := _BY_NAME.get((module, name))) is not None:
        return found
    if name == "Tag" or (field.ui_type == 209 and field.json_type == "jsonarray"):
        return TAGS
    if name == "Line_Tax":
        return TAXES
    kind = _BY_TYPE.get(data_type, SHOWN)
    if kind == AREA and field.textarea_type == "rich_text":
        return RICH
    if kind == TEXT and field.json_type in ("jsonobject", "jsonarray"):
        return SHOWN  # a system field that only calls itself text
    return kind


def why_not_offered(field: Field, kind: str, module: str = "", *, is_update: bool) -> str:
    """Why the field is shown but not offered, in words; "" when it may be filled in."""
    data_type, operation = field.data_type, field.operation_type
    if module in ORDERS and field.api_name in SUMS:
        return WHY_SUM
    if data_type in _COMPUTED:
        return _COMPUTED[data_type]
    if data_type in _ELSEWHERE:
        return _ELSEWHERE[data_type]
    if field.api_name in _KEPT_BY_CRM:
        return "kept by the CRM"
    if field.api_name == "Full_Name":
        return "joined by the CRM from first and last name"
    if field.ui_type == 207:
        return "set when a record is made through a wizard"
    if field.field_read_only and kind != ROWS and field.api_name != "Owner":  # the metadata says so, yet it may be set
        return "read-only in the CRM"
    if field.read_only and kind != ROWS:
        return "your profile may not change it"
    may = operation.api_update if is_update else operation.api_create
    if may is False and kind != ROWS:  # subforms say no, yet their rows are written through the record
        return "the API does not take it"
    if kind == SHOWN:
        return f"this console has no input for the type {data_type or 'of this field'} yet"
    return ""
