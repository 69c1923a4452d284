"""The list of a module's fields: which to show, in which order, and what each row says. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.choices import Choice, answer, matches, ordered, read
from console.exports import Cell, Table
from console.modules.words import TYPE_WORDS
from crm_client.fields import Field
from crm_client.layouts import Layout

NEVER_SENT = frozenset({"formula", "rollup_summary", "autonumber"})


@dataclass(slots=True)
class Standing:
    """Where a field stands on the layouts: names of the layouts that have it, and of those that require it."""

    on: list[str] = field(default_factory=list)
    required_on: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FieldsOf:
    """A module's fields and, when its layouts are kept too, where each stands; `layouts` None: not known here."""

    fields: Sequence[Field]
    layouts: Sequence[Layout] | None
    standing: Mapping[str, Standing]

    @property
    def layout_count(self) -> int:
        return len(self.layouts or ())


def fields_of(fields: Sequence[Field], layouts: Sequence[Layout] | None) -> FieldsOf:
    return FieldsOf(fields, layouts, standings(layouts or ()))


def standings(layouts: Iterable[Layout]) -> dict[str, Standing]:
    """{field api_name: Standing}; a layout counts once though a field stands in two of its sections."""
    found: dict[str, Standing] = {}
    for layout in layouts:
        required: dict[str, bool] = {}
        for section in layout.sections:
            if section.type == "unused":
                continue
            for item in section.fields:
                name = item.field.api_name
                required[name] = required.get(name, False) or item.is_required
        for name, is_required in required.items():
            standing = found.setdefault(name, Standing())
            standing.on.append(layout.label)
            if is_required:
                standing.required_on.append(layout.label)
    return found


def is_read_only(item: Field) -> bool | None:
    """Whether this user cannot write it: told so, or a value that the CRM computes."""
    if item.read_only or item.field_read_only or item.data_type in NEVER_SENT:
        return True
    return None if item.read_only is None and item.field_read_only is None else False


def target(item: Field) -> str:
    """What the type alone does not say: where a lookup points, how many values, which decimals."""
    if item.lookup and item.lookup.module:
        return f"→ {item.lookup.module.name}"
    if item.multi_module_lookup:
        return "→ " + ", ".join(module.name for module in item.multi_module_lookup.modules)
    linking = item.multiselectlookup or item.multiuserlookup
    if linking:
        other = linking.connected_module.name if linking.connected_module else "users"
        return f"→ {other}" + (f" through {linking.linking_module.name}" if linking.linking_module else "")
    if item.associated_module:
        return f"→ {item.associated_module.name}"
    if item.pick_list_values:
        count = len(item.pick_list_values)
        shared = f", set {item.global_picklist.name}" if item.global_picklist else ""
        return f"{count} value{'' if count == 1 else 's'}{shared}"
    if item.formula and item.formula.return_type:
        return f"gives {item.formula.return_type}"
    if item.rollup_summary and item.rollup_summary.return_type:
        return f"gives {item.rollup_summary.return_type}"
    return item.textarea_type.replace("_", " ")


def size(item: Field) -> str:
    """Length and decimals: "16.2"; "" when the CRM gives none."""
    if item.length is None:
        return ""
    return f"{item.length}.{item.decimal_place}" if item.decimal_place else str(item.length)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. `value` reads it from a field and the fields' standing on the layouts."""

    key: str
    title: str
    value: Callable[[Field, FieldsOf], Cell]
    form: str = "text"  # text, code, flag, number or required


def required(item: Field, among: FieldsOf) -> str:
    """In words: "always", "on 2 of 3 layouts", "no", or "" where the layouts are not kept."""
    if item.system_mandatory:
        return "always"
    if among.layouts is None:
        return ""
    standing = among.standing.get(item.api_name)
    count = len(standing.required_on) if standing else 0
    if count == 0:
        return "no"
    return f"on {count} of {among.layout_count} layout{'' if among.layout_count == 1 else 's'}"


def is_required(item: Field, among: FieldsOf) -> bool | None:
    said = required(item, among)
    return None if said == "" else said != "no"


COLUMNS = (
    Column("field_label", "Field", lambda item, among: item.label),
    Column("api_name", "API name", lambda item, among: item.api_name, "code"),
    Column("data_type", "Type", lambda item, among: item.data_type, "code"),
    Column("details", "Details", lambda item, among: target(item)),
    Column("length", "Length", lambda item, among: size(item), "number"),
    Column("required", "Required", required, "required"),
    Column("unique", "Unique", lambda item, among: item.is_unique, "flag"),
    Column("custom_field", "Custom", lambda item, among: item.custom_field, "flag"),
    Column("read_only", "Read-only", lambda item, among: is_read_only(item), "flag"),
    Column("visible", "Visible to you", lambda item, among: item.visible, "flag"),
    Column("type", "In use", lambda item, among: item.type, "code"),
)
BY_KEY = {column.key: column for column in COLUMNS}
FLAGS: dict[str, tuple[str, Callable[[Field, FieldsOf], bool | None]]] = {
    "required": ("Required", is_required),
    "unique": ("Unique", lambda item, among: item.is_unique),
    "custom": ("Custom", lambda item, among: item.custom_field),
    "readonly": ("Read-only", lambda item, among: is_read_only(item)),
}


def read_choice(query: Mapping[str, Sequence[str]]) -> Choice:
    return read(query, lists=("type",), flags=FLAGS, sorts=BY_KEY, columns=())


def filtered(among: FieldsOf, choice: Choice) -> list[Field]:
    """The fields that the choice leaves, in its order; without one in the CRM's."""
    found = list(among.fields)
    if choice.words:
        words = choice.words.casefold().split()
        found = [item for item in found if matches(words, item.field_label, item.display_label, item.api_name, item.id)]
    if types := choice.picked.get("type"):
        found = [item for item in found if item.data_type in types]
    for key, wanted in choice.flags.items():
        value = FLAGS[key][1]
        found = [item for item in found if answer(value(item, among)) == wanted]
    if choice.sort:
        column = BY_KEY[choice.sort]
        if column.key == "length":
            return ordered(found, lambda item: item.length, descending=choice.descending)
        return ordered(found, lambda item: column.value(item, among), descending=choice.descending)
    return found


@dataclass(frozen=True, slots=True)
class TypeOption:
    """A type one may filter by, in words, and how many fields of the module have it."""

    value: str
    words: str
    count: int
    is_on: bool


def types(among: FieldsOf, choice: Choice) -> list[TypeOption]:
    """The types that occur, most frequent first, and those picked though nothing has them."""
    counts = Counter(item.data_type for item in among.fields)
    picked = choice.picked.get("type", ())
    values = dict.fromkeys([value for value, _ in counts.most_common()] + list(picked))
    return [
        TypeOption(value, TYPE_WORDS.get(value, value), counts[value], value in picked) for value in values if value
    ]


def table(found: Sequence[Field], among: FieldsOf, title: str) -> Table:
    """What the list shows, ready for a download."""
    rows = [[column.value(item, among) for column in COLUMNS] for item in found]
    return Table(title, [column.key for column in COLUMNS], [column.title for column in COLUMNS], rows)
