"""A form with what stands in it, ready for the templates. Pure.

The templates only print: everything that needs thought (which option is chosen, what belongs to which input, whether
a date input can hold what was typed) is settled here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from console.fieldforms import composites, kinds, scalars, words
from console.fieldforms.problems import Problem
from console.fieldforms.reading import MOST_ROWS, Typed, input_name
from console.fieldforms.slots import Option, Slot
from console.fieldforms.totals import Totals, totals
from crm_client.values import JsonObject, as_id, as_object, as_objects, as_text

if TYPE_CHECKING:
    from console.fieldforms.form import RecordForm

NEW_ROW = "new"  # key of the row that the script copies
_INPUT_TYPES = {kinds.DATE: "date", kinds.MOMENT: "datetime-local"}
_DATES = {"DTSTART": kinds.DATE, "UNTIL": kinds.DATE, "at": kinds.MOMENT}
_INPUT_MODES = {
    kinds.EMAIL: "email",
    kinds.PHONE: "tel",
    kinds.WEBSITE: "url",
    kinds.INTEGER: "numeric",
    kinds.BIG: "numeric",
    kinds.DECIMAL: "decimal",
    kinds.PERCENT: "decimal",
}
_TEMPLATES = {
    kinds.AREA: "area", kinds.RICH: "area", kinds.TAXES: "area",
    kinds.PICK: "pick", kinds.MANY_PICK: "many_pick", kinds.CHECK: "check", kinds.FLAG: "check",
    kinds.LOOKUP: "lookup", kinds.ANY_LOOKUP: "lookup", kinds.PERSON: "lookup",
    kinds.MANY_LOOKUP: "links", kinds.MANY_USERS: "links",
    kinds.FILES: "files", kinds.IMAGES: "files", kinds.ROWS: "rows", kinds.ALARM: "alarm", kinds.RULE: "rule",
    kinds.SHOWN: "shown",
}  # fmt: skip
_GROUPS = frozenset({"many_pick", "links", "files", "rows", "alarm", "rule"})  # a legend instead of a label


@dataclass(slots=True)
class Choice:
    """An option as it stands in its select."""

    value: str
    label: str
    is_chosen: bool
    parent_values: str = ""


@dataclass(slots=True)
class Link:
    """A record, person or file that the record has already; `is_gone`: ticked to be taken away."""

    id: str
    label: str
    is_gone: bool


@dataclass(slots=True)
class Input:
    """One input with what stands in it.

    name      of the input; `id` of the element; both unique on the page
    look      which template draws it: line, area, pick, …
    text      what stands in it; `texts` where several may
    before    what stood there when the record was read; None on a new record
    """

    slot: Slot
    name: str
    id: str
    look: str
    text: str = ""
    texts: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    part_types: dict[str, str] = field(default_factory=dict)  # of the parts that are dates
    links: list[Link] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    new_row: Row | None = None
    totals: Totals | None = None  # of line items
    sum: str = ""  # the part of the totals that this one shows: items or grand
    sum_words: str = ""  # what it comes to as typed
    modules: list[Choice] = field(default_factory=list)
    offers: list[tuple[str, str]] = field(default_factory=list)
    input_type: str = "text"
    input_mode: str = ""
    words: str = ""
    before: list[str] | None = None
    before_words: str = ""
    is_changed: bool = False

    @property
    def label(self) -> str:
        return self.slot.label

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say beside its label: drawn by fewer words, as most inputs of a form are."""
        slot = self.slot
        said = self.problems or slot.help or slot.required_by or slot.is_unique or self.is_changed or slot.parent
        return not said and (self.look == "pick" or (self.look == "line" and self.input_type != "datetime-local"))

    @property
    def is_group(self) -> bool:
        return self.look in _GROUPS

    @property
    def has_errors(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)

    @property
    def parent_name(self) -> str:
        """The input of the picklist that this one follows, in the same row; "" for none."""
        return f"{self.name[: -len(self.slot.api_name)]}{self.slot.parent}" if self.slot.parent else ""

    @property
    def known_parents(self) -> str:
        """The parent's values that decide anything, one a line."""
        return "\n".join(self.slot.follows.allowed) if self.slot.follows else ""

    @property
    def described_by(self) -> str:
        """Ids of the texts that explain the input."""
        ids = [f"{self.id}-help"] if self.slot.help else []
        return " ".join([*ids, f"{self.id}-problems"] if self.problems else ids)

    @property
    def technical(self) -> str:
        """Type and limits, in the words of the API."""
        slot = self.slot
        limit = f", {slot.length}" if slot.length is not None else ""
        limit += f".{slot.decimals}" if slot.decimals is not None else ""
        return f"{slot.data_type}{limit}"


@dataclass(slots=True)
class Row:
    """A row of a subform: `id` "" for a new one; `number` from 1."""

    key: str
    id: str
    number: int
    name: str
    inputs: list[Input]
    is_gone: bool = False
    total: str | None = None  # of a line item; "" while no price is typed, None where rows have no prices


@dataclass(slots=True)
class ShownSection:
    label: str
    anchor: str
    columns: int
    flow: str
    inputs: list[Input]
    note: str = ""


@dataclass(slots=True)
class Shown:
    """What the templates need."""

    module: str
    layout_id: str
    zone_name: str
    is_update: bool
    sections: list[ShownSection]
    problems: list[Problem]
    summary: list[tuple[str, Problem]]  # (id of the input's element or "", problem)
    by_name: dict[str, Input]
    sends_layout: bool = True

    @property
    def inputs(self) -> list[Input]:
        return [each for section in self.sections for each in section.inputs]

    @property
    def has_errors(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)

    @property
    def required_count(self) -> int:
        return sum(1 for each in self.inputs if each.slot.is_required and each.slot.is_offered)

    def offer(self, name: str, matches: Sequence[tuple[str, str]]) -> None:
        """Puts records (id, label) under a lookup in which a name was typed, to choose from without a script."""
        if name in self.by_name:
            self.by_name[name].offers = list(matches)


def show(
    form: RecordForm,
    typed: Typed,
    *,
    problems: Sequence[Problem] = (),
    before: JsonObject | None = None,
    rows: Mapping[str, Sequence[str]] | None = None,
) -> Shown:
    """The form with `typed` in its inputs. `rows`: which rows were sent, to find the input of a problem's path."""
    stored = form.typed_of(before) if before is not None else None
    maker = _Maker(form, typed, stored, before or {})
    sections = [
        ShownSection(
            part.label,
            part.anchor,
            part.columns,
            part.flow,
            [maker.input(slot, slot.api_name, before or {}) for slot in part.slots],
            part.note,
        )
        for part in form.sections
    ]
    _previewed(maker.by_name)
    summary: list[tuple[str, Problem]] = []
    for problem in problems:
        name = input_name(problem.path, rows or {}) if problem.path else ""
        found = maker.by_name.get(name) or maker.by_name.get(problem.field)
        if found is not None:
            found.problems.append(problem)
        summary.append((found.id if found else "", problem))
    return Shown(
        form.module,
        form.layout_id,
        form.zone_name,
        form.is_update,
        sections,
        list(problems),
        summary,
        maker.by_name,
    )


def _previewed(by_name: Mapping[str, Input]) -> None:
    """What the CRM will work out of the line items stands, as far as it is typed, where it will stand."""
    added = next((each.totals for each in by_name.values() if each.totals), None)
    for name, part in kinds.SUMS.items():
        if added and name in by_name and by_name[name].slot.why_not == kinds.WHY_SUM:
            by_name[name].sum = part
            by_name[name].sum_words = added.items if part == "items" else added.grand


class _Maker:
    def __init__(self, form: RecordForm, typed: Typed, stored: Typed | None, before: JsonObject) -> None:
        self._zone = form.zone
        self._sells = form.module in kinds.ORDERS
        self._typed = typed
        self._stored = stored
        self._before = before
        self.by_name: dict[str, Input] = {}

    def input(self, slot: Slot, name: str, before: JsonObject) -> Input:
        """The input of one slot; `before` is the record, or the row, as the CRM holds it."""
        texts = self._typed.get(name, [])
        text = texts[-1] if texts else ""
        look = _TEMPLATES.get(slot.kind, "line")
        if slot.kind in (kinds.USER, kinds.MANY_USERS) and slot.options:
            look = "pick" if slot.kind == kinds.USER else "links"
        elif slot.kind == kinds.USER:
            look = "lookup"
        made = Input(slot, name, f"f-{name}", look, text, list(texts), input_mode=_INPUT_MODES.get(slot.kind, ""))
        if slot.kind in _INPUT_TYPES and _fits(slot.kind, text):
            made.input_type = _INPUT_TYPES[slot.kind]
        if look in ("pick", "many_pick"):
            made.choices = _choices(slot.options, texts)
        elif look == "rows":
            self._rows(made)
        elif look in ("alarm", "rule"):
            parts = composites.ALARM_PARTS if look == "alarm" else composites.RULE_PARTS
            made.parts = {part: (self._typed.get(f"{name}-{part}") or [""])[-1] for part in parts}
            made.part_types = {
                part: _INPUT_TYPES[kind] if _fits(kind, made.parts[part]) else "text"
                for part, kind in _DATES.items()
                if part in made.parts
            }
            if look == "alarm":
                made.choices = _choices(composites.TRIGGER_OPTIONS, [made.parts["TRIGGER"]])
        elif look in ("links", "files"):
            self._links(made)
        elif look == "shown":
            made.words = words.in_words(slot, before.get(slot.api_name), self._zone) if before else ""
        elif slot.kind == kinds.ANY_LOOKUP:
            module = (self._typed.get(f"{name}-module") or [""])[-1]
            made.modules = [Choice(target, target.replace("_", " "), target == module) for target in slot.targets]
        if (
            self._stored is not None
            and slot.is_offered
            and look in ("line", "area", "pick", "many_pick", "check", "lookup")
        ):
            made.before = self._stored.get(name, [])
            made.is_changed = _meaning(made.before) != _meaning(texts)
            made.before_words = words.in_words(slot, before.get(slot.api_name), self._zone) if made.is_changed else ""
        self.by_name[name] = made
        return made

    def _rows(self, made: Input) -> None:
        name, columns = made.name, made.slot.columns
        stored = {as_id(row.get("id")): row for row in as_objects(self._before.get(name))}
        keys = dict.fromkeys(key for key in self._typed.get(f"{name}-order", []) if key.isdecimal())
        for number, key in enumerate(list(keys)[:MOST_ROWS], 1):
            start = f"{name}-{key}"
            id_ = as_id((self._typed.get(f"{start}-id") or [""])[-1])
            is_gone = (self._typed.get(f"{start}-_delete") or [""])[-1] in scalars.YES
            row = stored.get(id_, {})
            inputs = [
                self.input(column, f"{start}-{column.api_name}", row)
                for column in columns
                if column.is_offered or row.get(column.api_name) is not None
            ]
            made.rows.append(Row(key, id_, number, start, inputs, is_gone))
        if self._sells and name.endswith("_Items"):
            made.totals = totals(name, list(keys), self._typed)
            for each in made.rows:
                each.total = made.totals.rows[each.key]
        start = f"{name}-{NEW_ROW}"
        inputs = [self.input(column, f"{start}-{column.api_name}", {}) for column in columns if column.is_offered]
        made.new_row = Row(NEW_ROW, "", len(made.rows) + 1, start, inputs, total="" if made.totals else None)

    def _links(self, made: Input) -> None:
        """What the record has already, and what was typed beside it."""
        gone = set(self._typed.get(f"{made.name}-delete", []))
        for item in as_objects(self._before.get(made.slot.api_name)):
            other = as_object(item.get(made.slot.link_key)) if made.slot.link_key else {}
            label = as_text(other.get("name")) or as_text(item.get("File_Name__s")) or as_text(item.get("name"))
            if id_ := as_id(item.get("id")):
                made.links.append(Link(id_, label or as_text(other.get("id")) or id_, id_ in gone))
        made.texts = [text for text in made.texts if text.strip()]


def _choices(options: Sequence[Option], texts: Sequence[str]) -> list[Choice]:
    """The options, and whatever stands in the record without being one of them."""
    wanted = {text for text in texts if text}
    made = [Choice(option.value, option.label, option.value in wanted, option.parent_values) for option in options]
    known = {option.value for option in options}
    strange = [text for text in dict.fromkeys(texts) if text and text not in known]
    return made + [Choice(text, f"{text} (not in the list)", True) for text in strange]


def _fits(kind: str, text: str) -> bool:
    """Whether a browser's own date input can hold the text; else it would show nothing and lose what was typed."""
    if not text:
        return True
    try:
        if kind == kinds.DATE:
            return scalars.day(text) == text
        return len(text) in (16, 19) and text[10] == "T" and bool(scalars.moment(text[:16], UTC))
    except scalars.Wrong:
        return False


def _meaning(texts: Sequence[str]) -> list[str]:
    return [text.replace("\r\n", "\n") for text in texts if text]
