"""A field as a place on a form: its input, its limits, what may be chosen. Compiled once per form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.fieldforms import kinds
from crm_client.fields import Field
from crm_client.layouts import LayoutField
from crm_client.values import JSON

_HELP = {
    kinds.RICH: "formatted text, as HTML",
    kinds.TAXES: "one a line, such as “Sales Tax: 10”",
    kinds.TAGS: "names between commas",
    kinds.DURATION: "such as 10:00",
}
_CLOSED = {("Calls", "Call_Type"), ("Deals", "Pipeline")}
NONE = "-None-"  # the CRM's own entry that means empty
_MOST_ROWS = 100


@dataclass(slots=True)
class Option:
    """One thing to choose: `value` is sent, `label` is read. `parents`: the parent's values that allow it, or None."""

    value: str
    label: str
    parents: frozenset[str] | None = None

    @property
    def parent_values(self) -> str:
        """The parent's values, one a line, for the script that follows the parent."""
        return "\n".join(sorted(self.parents)) if self.parents is not None else ""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Which values of `child` each value of `parent` allows; a parent's value that is no key allows all of them."""

    parent: str  # API names
    child: str
    allowed: Mapping[str, frozenset[str]]  # actual values


@dataclass(slots=True)
class Slot:
    """Where one field stands, with all that its input needs.

    why_not    why it is shown but not offered; "" when it may be filled in
    required_by  system, layout or "" (may stay empty)
    length     characters, digits before the point, or number of files
    targets    API names of the modules that a lookup points to; ["users"] for people
    link_key   key inside each item of a multi-select lookup
    columns    of a subform's rows; maximum_rows of them at most
    parent     API name of the picklist that this one follows, or ""
    """

    api_name: str
    label: str
    kind: str
    data_type: str = ""
    why_not: str = ""
    required_by: str = ""
    length: int | None = None
    decimals: int | None = None
    lowest: float | None = None
    highest: float | None = None
    options: list[Option] = field(default_factory=list)
    parent: str = ""
    targets: list[str] = field(default_factory=list)
    link_key: str = ""
    columns: list[Slot] = field(default_factory=list)
    maximum_rows: int = _MOST_ROWS
    may_reorder: bool = True
    help: str = ""
    default: JSON = None
    is_unique: bool = False
    is_case_sensitive: bool = False
    is_closed: bool = False  # a list that takes no values but its own, a range that is always held
    follows: Dependency | None = None
    chosen: frozenset[str] = frozenset()  # the actual values of `options`

    @property
    def is_offered(self) -> bool:
        return not self.why_not

    @property
    def is_required(self) -> bool:
        return bool(self.required_by)

    @property
    def is_subform(self) -> bool:
        """A subform of the CRM, whose rows have ids, unlike the rows of reminders and participants."""
        return self.kind == kinds.ROWS and self.data_type == "subform"


def slot_of(
    item: Field,
    module: str,
    *,
    placed: LayoutField | None = None,
    is_update: bool = False,
    dependencies: Mapping[str, Dependency] | None = None,
    users: Sequence[tuple[str, str]] = (),
) -> Slot:
    """The slot of a field; `placed` is its place on the layout. Columns of subforms are filled in by the form."""
    kind = kinds.kind_of(item, module)
    why_not = kinds.why_not_offered(item, kind, module, is_update=is_update)
    follows = (dependencies or {}).get(item.api_name)
    slot = Slot(
        item.api_name,
        item.label,
        kind if not why_not else kinds.SHOWN,
        item.data_type,
        why_not,
        "system" if item.system_mandatory else "layout" if placed is not None and placed.required else "",
        _sensible(item.length),
        _sensible(item.decimal_place),
        help=item.tooltip.value if item.tooltip else "",
        default=placed.default_value if placed else None,
        is_unique=item.is_unique,
    )
    if item.unique:
        slot.is_case_sensitive = bool(item.unique.get("case_sensitive", item.unique.get("casesensitive")))
    if item.range:
        slot.lowest, slot.highest = _number(item.range.get("from")), _number(item.range.get("to"))
    if kind in (kinds.PICK, kinds.MANY_PICK):
        slot.follows = follows
        slot.parent = follows.parent if follows else ""
        slot.options = _options(item, follows)
        slot.chosen = frozenset(option.value for option in slot.options)
        slot.is_closed = bool(slot.chosen) and (module, item.api_name) in _CLOSED
    elif kind in (kinds.USER, kinds.MANY_USERS):
        slot.targets = ["users"]
        slot.options = [Option(id_, name or id_) for id_, name in users]
    elif kind == kinds.LOOKUP:
        slot.targets = [item.lookup.module.name] if item.lookup and item.lookup.module else []
    elif kind == kinds.ANY_LOOKUP:
        slot.targets = _modules_of(item, module)
    slot.help = slot.help or _HELP.get(slot.kind, "")
    if kind in (kinds.MANY_LOOKUP, kinds.MANY_USERS):
        slot.link_key = item.link_key or item.api_name
        linking = item.multiselectlookup
        if kind == kinds.MANY_LOOKUP and linking and linking.connected_module:
            slot.targets = [linking.connected_module.name]
    return slot


def dependencies_of(fields: Iterable[Field], more: Iterable[Dependency] = ()) -> dict[str, Dependency]:
    """By child, every dependency that stands in the `maps` of picklist values, and those given beside them."""
    found: dict[str, Dependency] = {}
    for parent in fields:
        allowed: dict[str, dict[str, frozenset[str]]] = {}
        for value in parent.pick_list_values:
            for mapped in value.maps:
                names = frozenset(one.actual_value for one in mapped.pick_list_values)
                allowed.setdefault(mapped.api_name, {})[value.actual_value] = names
        for child, by_value in allowed.items():
            if child and child != parent.api_name:
                found[child] = Dependency(parent.api_name, child, by_value)
    found |= {dependency.child: dependency for dependency in more}
    return found


def _options(item: Field, follows: Dependency | None) -> list[Option]:
    """What may be chosen, without the CRM's own "-None-"; a value that comes twice stands once."""
    options: dict[str, Option] = {}
    for value in item.pick_list_values:
        actual = value.actual_value or value.display_value
        if not actual or actual == NONE or value.type == "unused" or actual in options:
            continue
        parents = None
        if follows is not None:
            parents = frozenset(parent for parent, names in follows.allowed.items() if actual in names)
        options[actual] = Option(actual, value.display_value or actual, parents)
    return list(options.values())


_ORDERS = ("Quotes", "Sales_Orders", "Purchase_Orders", "Invoices")
RELATED = ("Accounts", "Deals", "Products", *_ORDERS, "Campaigns", "Vendors", "Cases")  # what activities belong to


def _modules_of(item: Field, module: str) -> list[str]:
    found = [ref.name for ref in item.multi_module_lookup.modules] if item.multi_module_lookup else []
    if not found and module in kinds.ACTIVITIES:
        found = list(RELATED) if module == "Events" else ["Leads", *RELATED]
    return [name for name in dict.fromkeys(found) if name]


def _sensible(value: int | None) -> int | None:
    """A length that can be one; the CRM's -1, 0 and nonsense mean "not said"."""
    return value if value is not None and 0 <= value <= 1_000_000 else None


def _number(value: JSON) -> float | None:
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found == found and abs(found) != float("inf") else None
