"""The one validation engine: a module's rules, compiled once, for forms, guided creation, imports, transitions. Pure.

It says what the CRM would refuse, before it is asked; where only the CRM knows, it warns and leaves the verdict to it.
source  zoho.com/crm/developer/docs/api/v8/insert-records.html, field-meta.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.fieldforms import kinds
from console.fieldforms.arrange import arranged
from console.fieldforms.problems import Problem, shown
from console.fieldforms.rules_modules import MODULE_RULES, Facts
from console.fieldforms.rules_values import CHECKS, Check
from console.fieldforms.slots import NONE, Dependency, Slot
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JSON, JsonObject, as_id, as_objects, as_text

# keys of a record that are no fields of the module
_RECORD_KEYS = frozenset(
    {
        *("id", "Layout", "Wizard", "Tag", "$wizard_connection_path", "$approved", "$append_values", "$se_module"),
        *("$line_tax", "send_notification"),
    }
)
# mandatory by the API whatever the metadata says; the fields of the module as a rule say it themselves
_ALWAYS = {
    "Leads": ("Last_Name",),
    "Contacts": ("Last_Name",),
    "Accounts": ("Account_Name",),
    "Deals": ("Deal_Name", "Stage"),
    "Tasks": ("Subject",),
    "Calls": ("Subject", "Call_Type"),
    "Events": ("Event_Title", "Start_DateTime", "End_DateTime"),
    "Products": ("Product_Name",),
    "Campaigns": ("Campaign_Name",),
    "Vendors": ("Vendor_Name",),
    "Quotes": ("Subject", "Quoted_Items"),
    "Sales_Orders": ("Subject", "Ordered_Items"),
    "Invoices": ("Subject", "Invoiced_Items"),
    "Purchase_Orders": ("Subject", "Vendor_Name"),
    "Price_Books": ("Price_Book_Name", "Pricing_Details"),
    "Cases": ("Case_Origin", "Status", "Subject"),
    "Solutions": ("Solution_Title",),
}
# metadata calls these mandatory, the API asks for them in some cases only: the module's own rules say which
_SOMETIMES = {"Calls": frozenset({"Call_Start_Time", "Call_Duration"})}


@dataclass(slots=True)
class RuleBook:
    """Rules of one module and layout. Compile once, check many.

    slots  every field of the module by API name, with its limits
    """

    module: str
    layout_label: str
    slots: dict[str, Slot]
    _required: list[Slot] = field(default_factory=list)
    _checks: dict[str, tuple[Slot, Check | None]] = field(default_factory=dict)
    _children: list[Slot] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        module: str,
        fields: Sequence[Field],
        layout: Layout | None = None,
        *,
        pipelines: Mapping[str, Sequence[str]] | None = None,
        dependencies: Iterable[Dependency] = (),
        subforms: Mapping[str, Sequence[Field]] | None = None,
    ) -> RuleBook:
        """The rules of a module; parameters as for `RecordForm.of`. Without a layout, nothing is required by one."""
        sections, elsewhere = arranged(
            module,
            fields,
            layout,
            subforms=subforms or {},
            pipelines=pipelines or {},
            dependencies=dependencies,
            users=(),
            is_update=False,
        )
        return cls.compiled(module, [*(slot for part in sections for slot in part.slots), *elsewhere], layout)

    @classmethod
    def compiled(cls, module: str, slots: Iterable[Slot], layout: Layout | None) -> RuleBook:
        """From slots that are made already."""
        book = cls(module, layout.label if layout else "", {slot.api_name: slot for slot in slots})
        always, sometimes = _ALWAYS.get(module, ()), _SOMETIMES.get(module, frozenset())
        for slot in book.slots.values():
            if slot.api_name in always:
                slot.required_by = "system"
            elif slot.api_name in sometimes:
                slot.required_by = ""
            if slot.required_by and slot.is_offered:
                book._required.append(slot)
            book._checks[slot.api_name] = (slot, CHECKS.get(slot.kind))
            if slot.follows is not None:
                book._children.append(slot)
        return book

    @property
    def unique_fields(self) -> list[Slot]:
        """Fields whose values may stand in one record only: ask the CRM about them before sending, where permitted."""
        return [slot for slot in self.slots.values() if slot.is_unique and slot.is_offered]

    def check(
        self,
        values: JsonObject,
        row: int | None = None,
        *,
        is_update: bool = False,
        before: JsonObject | None = None,
    ) -> list[Problem]:
        """Everything that is wrong with a record to be sent; [] when the CRM should take it.

        values     keys and JSON types as the API wants them
        row        number to show, from 1, where records come in numbers
        is_update  only what is sent is looked at; nothing mandatory may be emptied
        before     the record as it is: rules between fields look there for what is not sent
        """
        found: list[Problem] = []
        if not is_update:
            for slot in self._required:
                if _is_empty(values.get(slot.api_name)):
                    found.append(self._missing(slot, slot.api_name, row))
        for name, value in values.items():
            known = self._checks.get(name)
            if known is not None and name in _RECORD_KEYS and not known[0].is_offered:
                continue  # its metadata lists it as a field that nobody fills in; as a key of the record it counts
            if known is None:
                if name not in _RECORD_KEYS and not name.startswith("$"):
                    text = f"The module has no field with the API name {shown(name)}."
                    found.append(Problem(row, name, name, name, "unknown_field", text))
                continue
            slot, check = known
            if _is_empty(value) and _may_be_empty(slot, value):
                if is_update and slot.required_by and slot.is_offered:
                    found.append(self._missing(slot, name, row))
            elif slot.kind == kinds.ROWS:
                self._rows(slot, value, row, before, found, is_update=is_update)
            elif check is not None:
                for rule, text, is_warning in check(slot, value):
                    found.append(Problem(row, name, name, slot.label, rule, f"“{slot.label}” {text}.", is_warning))
        for slot in self._children:
            self._dependent(slot, values, before or {}, row, found)
        if (rules := MODULE_RULES.get(self.module)) is not None:
            facts = Facts(self.slots, values, before or {}, row, is_update)
            rules(facts)
            found += facts.problems
        return found

    def _missing(self, slot: Slot, path: str, row: int | None) -> Problem:
        where = "" if slot.required_by == "system" or not self.layout_label else f" on the layout “{self.layout_label}”"
        verb = "needs at least one row" if slot.kind == kinds.ROWS else "must be filled in"
        return Problem(row, slot.api_name, path, slot.label, "required", f"“{slot.label}” {verb}{where}.")

    def _rows(
        self,
        slot: Slot,
        value: JSON,
        row: int | None,
        before: JsonObject | None,
        found: list[Problem],
        *,
        is_update: bool,
    ) -> None:
        name, label = slot.api_name, slot.label
        if type(value) is not list or not all(type(item) is dict for item in value):
            text = f"“{label}” takes rows, a list of objects."
            found.append(Problem(row, name, name, label, "type", text))
            return
        stored = {as_id(item.get("id")) for item in as_objects((before or {}).get(name))} - {""}
        count = sum(1 for item in value if "_delete" not in item) + len(
            stored - {as_id(item.get("id")) for item in value}
        )
        if count > slot.maximum_rows:
            text = f"“{label}” takes at most {slot.maximum_rows} rows; these are {count}."
            found.append(Problem(row, name, name, label, "rows", text, next_step="Take some rows away."))
        columns = {column.api_name: column for column in slot.columns}
        for number, item in enumerate(value):
            if "_delete" in item:
                continue
            start = f"{name}[{number}]"
            if "id" not in item or not is_update:
                for column in slot.columns:
                    if column.required_by and column.is_offered and _is_empty(item.get(column.api_name)):
                        text = f"“{column.label}” must be filled in, in row {number + 1} of “{label}”."
                        path = f"{start}.{column.api_name}"
                        found.append(Problem(row, column.api_name, path, column.label, "required", text))
            for key, inner in item.items():
                known = columns.get(key)
                check = CHECKS.get(known.kind) if known is not None else None
                if known is None or check is None or _is_empty(inner):
                    continue
                for rule, text, is_warning in check(known, inner):
                    text = f"“{known.label}” {text}, in row {number + 1} of “{label}”."
                    found.append(Problem(row, key, f"{start}.{key}", known.label, rule, text, is_warning))

    def _dependent(
        self, slot: Slot, values: JsonObject, before: JsonObject, row: int | None, found: list[Problem]
    ) -> None:
        """A value that its parent's value does not allow, whichever of the two is sent."""
        name, follows = slot.api_name, slot.follows
        if follows is None or (name not in values and follows.parent not in values):
            return
        chosen = values.get(name, before.get(name))
        parent = values.get(follows.parent, before.get(follows.parent))
        if _is_empty(chosen) or type(parent) is not str or parent not in follows.allowed:
            return
        allowed = follows.allowed[parent]
        wrong = [
            one for one in (chosen if type(chosen) is list else [chosen]) if type(one) is str and one not in allowed
        ]
        if not wrong:
            return
        above = self.slots.get(follows.parent)
        labels = {option.value: option.label for option in slot.options}
        some = [labels.get(value, value) for value in sorted(allowed - {NONE})[:8]]
        offers = f"It allows {', '.join(some)}{' …' if len(allowed) > 8 else ''}." if some else "It allows none."
        text = (
            f"“{slot.label}” {shown(as_text(wrong[0]))} does not go with "
            f"“{above.label if above else follows.parent}” {shown(parent)}."
        )
        if name == "Stage" and follows.parent == "Pipeline":
            found.append(Problem(row, name, name, slot.label, "pipeline", text, next_step=offers))
        else:  # the CRM's own form does not offer it, and its API takes it all the same
            found.append(Problem(row, name, name, slot.label, "dependent", text, True, offers))


def _may_be_empty(slot: Slot, value: JSON) -> bool:
    """Whether this kind of field is emptied by this kind of nothing; null empties every field."""
    if value is None or slot.kind == kinds.SHOWN:
        return True
    return slot.kind in kinds.LISTS if value == [] else slot.kind in kinds.TEXTS


def _is_empty(value: JSON) -> bool:
    return value is None or value == "" or value == [] or value == NONE
