"""What was posted, read into what the API wants; what was typed is kept, right or wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from console.fieldforms import composites, kinds, scalars
from console.fieldforms.problems import Problem, has_errors
from console.fieldforms.scalars import Wrong
from console.fieldforms.slots import NONE, Slot
from crm_client.values import JSON, JsonObject, is_id

ABSENT = object()  # nothing was posted under the name: the field is left alone
MOST_ROWS = 300  # that are read and shown; layouts allow 100
_ROW_KEY = re.compile(r"\d{1,6}", re.ASCII)
_FILE_ID = re.compile(r"[!-~]{1,400}", re.ASCII)
_STEP = re.compile(r"([^\[\].]+)(?:\[(\d{1,6})\])?(?:\.(.+))?", re.DOTALL)

Posted = Mapping[str, Sequence[str]]
Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ToFind:
    """A lookup in which a name was typed instead of a record chosen; `modules` are where it may be found."""

    name: str  # of the input
    modules: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Reading:
    """A form that was read.

    values    what to send: keys and JSON types as the API wants them; on an edit only what changed
    typed     what was typed, by input name, for showing again; names of the form only
    problems  of reading and of the rules, in the order of the form
    to_find   lookups typed as text
    rows      keys of the rows of each subform, in the order in which they stand in `taken`
    taken     everything readable, before unchanged values were left out; equal to `values` on a new record
    """

    values: JsonObject = field(default_factory=dict)
    typed: Typed = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    to_find: list[ToFind] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)
    taken: JsonObject = field(default_factory=dict)

    @classmethod
    def of_typed(cls, typed: Typed) -> Reading:
        """What was typed, without reading it: for showing a form again after a button inside it."""
        return cls(typed=typed)

    @property
    def has_errors(self) -> bool:
        return has_errors(self.problems)


def input_name(path: str, rows: Mapping[str, Sequence[str]]) -> str:
    """The input's name of a path; a row that is not known keeps its number."""
    found = _STEP.fullmatch(path)
    if found is None or found[2] is None:
        return found[1] if found else path
    number, sent = int(found[2]), rows.get(found[1], ())
    key = sent[number] if number < len(sent) else found[2]
    column = (found[3] or "").partition("[")[0].partition(".")[0]
    return f"{found[1]}-{key}-{column}" if column else f"{found[1]}-{key}"


class Reader:
    """Reads the slots of one form out of one set of posted values."""

    def __init__(self, posted: Posted, zone: tzinfo) -> None:
        self._posted = posted
        self._zone = zone
        self.typed: Typed = {}
        self.problems: list[Problem] = []
        self.to_find: list[ToFind] = []
        self.rows: dict[str, list[str]] = {}
        self._rows_label = ""  # of the subform that is being read
        self._row_number = 0

    def value(self, slot: Slot, name: str, path: str) -> JSON:
        """The value of one slot; None when left blank, ABSENT when not posted or not readable (with a problem)."""
        if not slot.is_offered:
            return ABSENT
        try:
            match slot.kind:
                case kinds.ROWS:
                    return self._rows(slot, name, path)
                case kinds.MANY_PICK:
                    return self._many(name)
                case kinds.MANY_LOOKUP | kinds.MANY_USERS:
                    return self._links(slot, name)
                case kinds.FILES | kinds.IMAGES:
                    return self._files(name)
                case kinds.RULE:
                    parts = self._parts(name, composites.RULE_PARTS)
                    return ABSENT if parts is None else composites.rule(parts)
                case kinds.ALARM:
                    parts = self._parts(name, composites.ALARM_PARTS)
                    return ABSENT if parts is None else composites.alarm(parts, self._zone)
            text = self._last(name)
            if text is None:
                return ABSENT
            if slot.kind == kinds.TAXES:
                return composites.taxes(text) or None
            if slot.kind == kinds.TAGS:
                return composites.tags(text) or None
            if slot.kind == kinds.ANY_LOOKUP:
                return self._any_lookup(slot, name, text)
            return scalars.read(slot, text, self._zone)
        except Wrong as wrong:
            self._complain(slot, name, path, wrong)
            return ABSENT

    def _complain(self, slot: Slot, name: str, path: str, wrong: Wrong) -> None:
        where = f", in row {self._row_number} of “{self._rows_label}”" if self._rows_label and "." in path else ""
        text = f"“{slot.label}” {wrong.text}{where}."
        self.problems.append(Problem(None, slot.api_name, path, slot.label, wrong.rule, text))
        if wrong.rule == "choose":
            text = next((one for one in reversed(self.typed.get(name, [])) if one.strip()), "")
            self.to_find.append(ToFind(name, tuple(self._targets(slot, name)), text.strip()))

    def _targets(self, slot: Slot, name: str) -> list[str]:
        module = (self.typed.get(f"{name}-module") or [""])[-1]
        return [module] if module in slot.targets else slot.targets

    def _all(self, name: str) -> list[str] | None:
        found = self._posted.get(name)
        if found is None:
            return None
        texts = [found] if isinstance(found, str) else [text for text in found if isinstance(text, str)]
        self.typed[name] = texts
        for text in texts:
            scalars.check_storable(text)
        return texts

    def _last(self, name: str) -> str | None:
        texts = self._all(name)
        return None if texts is None else texts[-1] if texts else ""

    def _parts(self, name: str, parts: Sequence[str]) -> dict[str, str] | None:
        found = {part: self._last(f"{name}-{part}") for part in parts}
        if all(text is None for text in found.values()):
            return None
        return {part: text or "" for part, text in found.items()}

    def _many(self, name: str) -> JSON:
        texts = self._all(name)
        if texts is None:
            return ABSENT
        return list(dict.fromkeys(text for text in texts if text.strip() and text != NONE)) or None

    def _links(self, slot: Slot, name: str) -> JSON:
        """Records or people chosen anew, and the links of those to take away."""
        texts, gone = self._all(name), self._all(f"{name}-delete")
        if texts is None and gone is None:
            return ABSENT
        ids = dict.fromkeys(scalars.chosen(text.strip()) for text in texts or () if text.strip())
        links: list[JsonObject] = [{slot.link_key: {"id": id_}} for id_ in ids]
        links += [{"id": id_, "_delete": None} for id_ in dict.fromkeys(gone or ()) if is_id(id_)]
        return links or None

    def _files(self, name: str) -> JSON:
        """Files uploaded before ("ID" or "ID file name"), and those stored ones to take away."""
        texts, gone = self._all(name), self._all(f"{name}-delete")
        if texts is None and gone is None:
            return ABSENT
        ids = dict.fromkeys(text.split(" ", 1)[0] for text in texts or () if text.strip())
        files: list[JsonObject] = [{"File_Id__s": id_} for id_ in ids if _FILE_ID.fullmatch(id_)]
        files += [{"id": id_, "_delete": None} for id_ in dict.fromkeys(gone or ()) if is_id(id_)]
        return files or None

    def _any_lookup(self, slot: Slot, name: str, text: str) -> JSON:
        module = self._last(f"{name}-module") or ""
        found = scalars.read(slot, text, self._zone)
        if found is None:
            return None
        if module not in slot.targets:
            raise Wrong("module", "needs to know which module the record belongs to; choose it beside")
        return found | {"module": {"api_name": module}}

    def _rows(self, slot: Slot, name: str, path: str) -> JSON:
        keys = self._row_keys(name)
        if keys is None:
            return ABSENT
        rows: list[JsonObject] = []
        sent: list[str] = []
        self._rows_label = slot.label
        for self._row_number, key in enumerate(keys, 1):
            row = self._row(slot, f"{name}-{key}", f"{path}[{len(rows)}]")
            if row is not None:
                rows.append(row)
                sent.append(key)
        self.rows[path] = sent
        return rows or None

    def _row(self, slot: Slot, name: str, path: str) -> JsonObject | None:
        """One row; None for one that was left blank."""
        id_ = self._last(f"{name}-id") or ""
        if is_id(id_) and (self._last(f"{name}-_delete") or "") in scalars.YES:
            for column in slot.columns:
                self._all(f"{name}-{column.api_name}")
            return {"id": id_, "_delete": None}
        before = len(self.problems)
        row: JsonObject = {"id": id_} if is_id(id_) else {}
        for column in slot.columns:
            value = self.value(column, f"{name}-{column.api_name}", f"{path}.{column.api_name}")
            if value is not ABSENT:
                row[column.api_name] = value
        is_blank = all(value is None or value is False for key, value in row.items() if key != "id")
        if is_blank and not is_id(id_) and len(self.problems) == before:
            return None
        if not is_id(id_):  # a new row: what was left blank is left out, as on a new record
            row = {key: value for key, value in row.items() if value is not None}
        return composites.finished_row(slot, row)

    def _row_keys(self, name: str) -> list[str] | None:
        """The rows in their order: as the form posted it, else by number."""
        order = self._all(f"{name}-order")
        if order is not None:
            keys = dict.fromkeys(key for key in order if _ROW_KEY.fullmatch(key))
        else:
            keys = dict.fromkeys(sorted(self._numbers(name), key=int))
            if not keys:
                return None
            self.typed[f"{name}-order"] = list(keys)
        if len(keys) > MOST_ROWS:
            raise Wrong("rows", f"takes at most {MOST_ROWS} rows on a page; these are {len(keys):,}")
        return list(keys)

    def _numbers(self, name: str) -> Iterator[str]:
        for posted in self._posted:
            if isinstance(posted, str) and posted.startswith(f"{name}-"):
                key = posted[len(name) + 1 :].partition("-")[0]
                if _ROW_KEY.fullmatch(key):
                    yield key
