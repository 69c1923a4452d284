"""The list of modules: which to show, in which order, with which columns. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from console.choices import Choice, answer, matches, ordered, read
from console.exports import Cell, Table
from console.modules.words import VALUE_WORDS
from crm_client.modules import STATUSES, Module

KINDS = ("default", "custom", "linking", "subform", "web")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. `key` is the CRM's name of the attribute; `value` reads it."""

    key: str
    title: str
    value: Callable[[Module], Cell]
    is_flag: bool = False
    is_code: bool = False
    is_number: bool = False


def _flag(key: str, title: str, attribute: str = "") -> Column:
    name = attribute or key
    return Column(key, title, lambda module: getattr(module, name), is_flag=True)


COLUMNS = (
    Column("plural_label", "Module", lambda module: label(module)),
    Column("api_name", "API name", lambda module: module.api_name, is_code=True),
    Column("generated_type", "Kind", lambda module: module.generated_type, is_code=True),
    Column("status", "Status", lambda module: module.status, is_code=True),
    _flag("api_supported", "API"),
    _flag("viewable", "View"),
    _flag("creatable", "Create"),
    _flag("editable", "Edit"),
    _flag("deletable", "Delete"),
    _flag("isBlueprintSupported", "Blueprint", "is_blueprint_supported"),
    Column("profile_count", "Profiles", lambda module: module.profile_count, is_number=True),
    Column("sequence_number", "Tab order", lambda module: module.sequence_number, is_number=True),
    _flag("convertable", "Convert"),
    _flag("quick_create", "Quick create"),
    _flag("lookupable", "Lookup target"),
    _flag("global_search_supported", "Global search"),
    _flag("show_as_tab", "Shown as tab"),
    _flag("visible", "Visible to you"),
    _flag("feeds_required", "Feeds"),
    _flag("recycle_bin_on_delete", "Recycle bin"),
    _flag("presence_sub_menu", "Submenu"),
    _flag("public_fields_configured", "Public fields"),
    Column("module_name", "Module name", lambda module: module.module_name),
    Column("singular_label", "Singular", lambda module: module.singular_label),
    Column("parent_module", "Parent", lambda module: module.parent_module.name if module.parent_module else ""),
    Column("access_type", "Access", lambda module: module.access_type, is_code=True),
    Column("visibility", "Visibility number", lambda module: module.visibility, is_number=True),
    Column("business_card_field_limit", "Card fields", lambda module: module.business_card_field_limit, is_number=True),
    Column("modified_time", "Changed", lambda module: module.modified_time or ""),
    Column("modified_by", "Changed by", lambda module: module.modified_by.name if module.modified_by else ""),
    Column("description", "Description", lambda module: module.description or ""),
    Column("id", "Id", lambda module: module.id, is_code=True),
)
BY_KEY = {column.key: column for column in COLUMNS}
NAME = COLUMNS[0]
USUAL = tuple(column.key for column in COLUMNS[1:12])
ABILITIES = tuple(column for column in COLUMNS if column.is_flag)


def label(module: Module) -> str:
    """What people call the module; falls back to what the CRM does give."""
    return module.plural_label or module.singular_label or module.module_name or module.api_name or module.id


def read_choice(query: Mapping[str, Sequence[str]]) -> Choice:
    """The choice in the address of the list. The name is always there and is no column to choose."""
    choice = read(
        query,
        lists=("status", "kind"),
        flags=[column.key for column in ABILITIES],
        sorts=BY_KEY,
        columns=[column.key for column in COLUMNS[1:]],
    )
    return replace(choice, columns=()) if set(choice.columns) == set(USUAL) else choice


def filtered(modules: Sequence[Module], choice: Choice) -> list[Module]:
    """The modules that the choice leaves, in its order; without one in the CRM's."""
    found = list(modules)
    if choice.words:
        words = choice.words.casefold().split()
        found = [
            module
            for module in found
            if matches(
                words, module.plural_label, module.singular_label, module.api_name, module.module_name,
                module.actual_plural_label, module.id,
            )
        ]  # fmt: skip
    if statuses := choice.picked.get("status"):
        found = [module for module in found if module.status in statuses]
    if kinds := choice.picked.get("kind"):
        found = [module for module in found if module.generated_type in kinds]
    for key, wanted in choice.flags.items():
        value = BY_KEY[key].value
        found = [module for module in found if answer(value(module)) == wanted]  # type: ignore[arg-type]
    if choice.sort:
        found = ordered(found, BY_KEY[choice.sort].value, descending=choice.descending)
    return found


def columns_of(choice: Choice) -> list[Column]:
    """The columns beside the name, in the house's order."""
    wanted = set(choice.columns or USUAL)
    return [column for column in COLUMNS[1:] if column.key in wanted]


@dataclass(frozen=True, slots=True)
class Option:
    """A value one may filter by, and how many modules of the whole list have it; `words` where ours differ from it."""

    value: str
    count: int
    is_on: bool
    words: str


def options(modules: Sequence[Module], choice: Choice) -> tuple[list[Option], list[Option]]:
    """What the list can be filtered by: statuses and kinds, the known ones and whatever else the CRM sent."""
    return (
        _options(STATUSES, Counter(module.status for module in modules), choice.picked.get("status", ())),
        _options(KINDS, Counter(module.generated_type for module in modules), choice.picked.get("kind", ())),
    )


def _options(known: Sequence[str], counts: Counter[str], picked: Sequence[str]) -> list[Option]:
    values = dict.fromkeys([*known, *sorted(counts), *picked])
    return [Option(value, counts[value], value in picked, _words(value)) for value in values if value]


def _words(value: str) -> str:
    words = VALUE_WORDS.get(value, "")
    return words if words != value else ""


def table(modules: Sequence[Module], choice: Choice, title: str) -> Table:
    """What the list shows, ready for a download."""
    columns = [NAME, *columns_of(choice)]
    rows = [[column.value(module) for column in columns] for module in modules]
    return Table(title, [column.key for column in columns], [column.title for column in columns], rows)
