"""A record as a page shows it: its fields in the order of its layout, each value by its kind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.records.columns import name_field
from console.records.told import told
from console.records.values import Eyes, as_moment, name_of, objects, plain, text_of
from crm_client.fields import Field
from crm_client.layouts import Layout, Section
from crm_client.values import JSON, JsonObject, as_id, as_link, as_object, as_text, is_api_name

PEOPLE = ("ownerlookup", "userlookup", "multiuserlookup")
LOOKUPS = ("lookup", "multi_module_lookup")
FILES = ("fileupload", "imageupload")
MOST_ROWS = 200  # rows of one subform on the page
_NOT_FOR_VIEWING = ("quick_create", "business_card", "quick_view", "wizard")
_HIDDEN_KEYS = ("id", "Parent_Id", "Created_Time", "Modified_Time", "$has_more")
_SHOWN_ABOVE = ("$editable", "$locked_for_me", "$currency_symbol", "$has_more")


@dataclass(slots=True)
class Item:
    """One of several values, or the one. `module` and `id`: the record it names; `colour` "#rrggbb" or "".

    file  id of a file in a field of the record, to be downloaded
    """

    text: str
    module: str = ""
    id: str = ""
    colour: str = ""
    file: str = ""


@dataclass(slots=True)
class Rows:
    """A subform: titles, and the cells of its rows; `left_out` how many more there are."""

    titles: list[str]
    rows: list[list[Item]]
    left_out: int = 0


@dataclass(slots=True)
class Line:
    """A field with its value.

    form  nothing, yes, no, text, number, moment, link, items, rows or json
    """

    api_name: str
    label: str
    kind: str
    form: str
    text: str = ""
    items: list[Item] = field(default_factory=list)
    rows: Rows | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return self.form == "nothing"


@dataclass(slots=True)
class Block:
    """A section of the layout, or what stands on none. `runs_down`: its fields follow each other down the columns,
    such as the parts of an address, and not across them."""

    title: str
    lines: list[Line]
    columns: int = 1
    runs_down: bool = False


SubformFields = Callable[[str], Sequence[Field]]


def blocks(
    raw: JsonObject, fields: Sequence[Field], layout: Layout | None, eyes: Eyes, subform_fields: SubformFields
) -> list[Block]:
    """Everything a record holds: the layout's sections, fields on no section, the CRM's own values.

    subform_fields  the fields of a subform's module, by its API name; [] when they cannot be had
    """
    by_name = {one.api_name: one for one in fields if one.api_name}
    seen: set[str] = set()
    found: list[Block] = []
    for section in _sections(layout):
        lines = []
        for placed in section.fields:
            name = placed.field.api_name
            if not name or name in seen or (name not in raw and _is_hidden(by_name.get(name))):
                continue
            seen.add(name)
            lines.append(line(by_name.get(name) or placed.field, raw, eyes, subform_fields))
        if lines:
            runs_down = section.column_count == 2 and section.tab_traversal == "top_to_bottom"
            found.append(Block(section.label, lines, section.column_count or 1, runs_down))
    rest = [one for name, one in by_name.items() if name in raw and name not in seen and name != "id"]
    others = [line(one, raw, eyes, subform_fields) for one in rest]
    seen.update(one.api_name for one in rest)
    filled = [one for one in others if not one.is_empty]
    if filled:
        found.append(Block("On no section of this layout", filled, 2))
    own = [
        Line(as_text(key)[:120], "", "", *_anything(value))
        for key, value in raw.items()
        if key not in by_name and key not in _SHOWN_ABOVE and key != "id" and key not in seen
    ]
    if own:
        found.append(Block("Kept by the CRM itself", [one for one in own if not one.is_empty], 2))
    return [block for block in found if block.lines]


def line(one: Field, raw: Mapping[str, JSON], eyes: Eyes, subform_fields: SubformFields) -> Line:
    """One field's value by its kind."""
    value = raw.get(one.api_name)
    made = Line(one.api_name, one.label, one.data_type, "text")
    if value is None or value == "" or value == [] or value == {}:
        made.form = "nothing"
    elif value is True or value is False:
        made.form = "yes" if value else "no"
    elif one.data_type == "subform":
        made.form, made.rows = "rows", _rows(one, value, eyes, subform_fields)
    elif one.data_type in PEOPLE or one.data_type in LOOKUPS or one.link_key:
        made.form, made.items = "items", [_reference(one, item, raw) for item in objects(value)]
    elif one.data_type in FILES:
        made.form, made.items = "items", [_file(item) for item in objects(value)]
    elif one.data_type in ("picklist", "multiselectpicklist"):
        made.form, made.items = "items", _choices(one, value)
    elif one.api_name == "Tag":
        made.form = "items"
        made.items = [Item(name_of(tag), colour=_colour(tag.get("color_code"))) for tag in objects(value)]
    else:
        made.form, made.text = _plain_form(one, value, eyes)
    if made.form == "items" and not made.items:
        made.form, made.text = _anything(value)
    if made.form == "rows" and made.rows is None:
        made.form, made.text = _anything(value)
    if as_object(raw.get("$has_more")).get(one.api_name) is True:
        made.note = "Zoho CRM shows the first ones only."
    return made


def name_of_record(raw: JsonObject, fields: Sequence[Field]) -> str:
    """What a record is called; "" when nothing names it."""
    named = name_field(fields)
    if named is not None and (text := text_of(named, Eyes())(raw.get(named.api_name))):
        return text
    return next((plain(raw[key]) for key in ("Full_Name", "Name", "Subject") if isinstance(raw.get(key), str)), "")


def layout_of(raw: JsonObject, layouts: Sequence[Layout]) -> Layout | None:
    """The layout that the record was made with; the first active one when it names none."""
    wanted = as_id(as_object(raw.get("Layout")).get("id"))
    chosen = next((one for one in layouts if one.id == wanted), None) if wanted else None
    return chosen or next((one for one in layouts if one.status == "active"), None) or next(iter(layouts), None)


def _sections(layout: Layout | None) -> list[Section]:
    used = [one for one in (layout.sections if layout else []) if one.type != "unused"]
    used = [one for one in used if one.mode not in _NOT_FOR_VIEWING]
    for_viewing = [one for one in used if one.mode == "view"]
    return for_viewing or used


def _is_hidden(one: Field | None) -> bool:
    return one is not None and one.visible is False


def _reference(one: Field, item: JsonObject, raw: Mapping[str, JSON]) -> Item:
    inner = as_object(item.get(one.link_key)) or item if one.link_key else item
    text = name_of(inner) or plain(inner)
    if one.data_type in PEOPLE:
        email = inner.get("email")
        return Item(f"{text} ({as_text(email)})" if isinstance(email, str) and email else text)
    return Item(text, _module(one, inner, raw), as_id(inner.get("id")))


def _module(one: Field, value: JsonObject, raw: Mapping[str, JSON]) -> str:
    """The module that a reference's record lies in; "" when nobody says."""
    linking = one.multiselectlookup
    told: JSON = None
    if one.lookup and one.lookup.module:
        told = one.lookup.module.name
    elif linking and linking.connected_module:
        told = linking.connected_module.name
    elif one.api_name == "What_Id" and raw.get("$se_module"):
        told = raw.get("$se_module")
    else:
        module = value.get("module")
        told = as_object(module).get("api_name") if isinstance(module, dict) else module
    return told if isinstance(told, str) and is_api_name(told) else ""


def _choices(one: Field, value: JSON) -> list[Item]:
    known = {option.actual_value: option for option in one.pick_list_values}
    found = []
    for text in value if isinstance(value, list) else [value]:
        option = known.get(text) if isinstance(text, str) else None
        shown = (option.display_value or option.actual_value) if option else plain(text)
        found.append(Item(shown, colour=(option.colour_code or "") if option else ""))
    return [item for item in found if item.text]


def _file(item: JsonObject) -> Item:
    name = plain(item.get("File_Name__s")) or plain(item.get("file_Name"))
    return Item(name or plain(item), file=as_id(item.get("id")) or as_id(item.get("attachment_Id")))


def _colour(value: JSON) -> str:
    text = as_text(value).lower()
    return text if len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdef" for c in text[1:]) else ""


def _plain_form(one: Field, value: JSON, eyes: Eyes) -> tuple[str, str]:
    if isinstance(value, dict | list):
        return _anything(value)
    if one.data_type == "website" and (link := as_link(value)):
        return "link", link
    form = "moment" if one.data_type == "datetime" and as_moment(value) else "text"
    return form, text_of(one, eyes)(value)


def _anything(value: JSON) -> tuple[str, str]:
    """Form and text of a value that no field describes."""
    if value is None or value == "" or value == [] or value == {}:
        return "nothing", ""
    if value is True or value is False:
        return ("yes" if value else "no"), ""
    text = told(value) or plain(value)
    return ("json" if text.startswith(("{", "[")) else "text"), text


def _rows(one: Field, value: JSON, eyes: Eyes, subform_fields: SubformFields) -> Rows | None:
    found = objects(value)
    if not found:
        return None
    module = one.associated_module.name if one.associated_module else ""
    described = [inner for inner in subform_fields(module) if inner.api_name] if is_api_name(module) else []
    filled = {key for row in found for key, inner in row.items() if inner not in (None, "", [], {})}
    columns = [inner for inner in described if inner.api_name in filled and inner.api_name not in _HIDDEN_KEYS]
    named = {inner.api_name for inner in described}
    others = [
        Field.from_api({"api_name": key, "field_label": key})
        for key in dict.fromkeys(key for row in found for key in row)
        if key in filled
        and key not in named
        and key not in _HIDDEN_KEYS
        and not key.startswith("$")
        and is_api_name(key)
    ]
    shown = columns + others
    readers = [_cell(inner, eyes) for inner in shown]
    rows = [
        [read(row.get(inner.api_name)) for inner, read in zip(shown, readers, strict=True)] for row in found[:MOST_ROWS]
    ]
    return Rows([inner.label for inner in shown], rows, max(0, len(found) - MOST_ROWS))


def _cell(one: Field, eyes: Eyes) -> Callable[[JSON], Item]:
    text = text_of(one, eyes)

    def read(value: JSON) -> Item:
        if isinstance(value, dict) and one.data_type in LOOKUPS:
            return _reference(one, value, {})
        return Item(text(value))

    return read


def filled(found: Iterable[Block]) -> list[Block]:
    """The blocks without their empty fields."""
    kept = [replace(one, lines=[row for row in one.lines if not row.is_empty]) for one in found]
    return [one for one in kept if one.lines]
