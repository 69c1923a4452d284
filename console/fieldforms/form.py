"""A module's form, made from its layout: sections and inputs as the admin arranged them. Pure.

source  zoho.com/crm/developer/docs/api/v8/layouts-meta.html, insert-records.html, update-records.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from console.fieldforms import difference, kinds
from console.fieldforms.arrange import FormSection, arranged
from console.fieldforms.opening import typed_of
from console.fieldforms.pressing import pressed
from console.fieldforms.problems import Problem
from console.fieldforms.reading import ABSENT, Posted, Reader, Reading, Typed
from console.fieldforms.rules import RuleBook
from console.fieldforms.showing import Shown, show
from console.fieldforms.slots import Dependency, Slot
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JsonObject


@dataclass(slots=True)
class RecordForm:
    """The form of one layout, for making records or for changing them. Holds nothing of a record; keep and share it.

    module        API name
    layout_id     "" without a layout
    zone          of the user's clock; `zone_name` is UTC when the CRM named none that is known
    upload_names  inputs of files: they are posted as f"{name}-new"
    """

    module: str
    layout_id: str
    layout_label: str
    sections: list[FormSection]
    book: RuleBook
    zone: tzinfo
    zone_name: str
    is_update: bool

    @classmethod
    def of(
        cls,
        module: str,
        fields: Sequence[Field],
        layout: Layout | None = None,
        *,
        subforms: Mapping[str, Sequence[Field]] | None = None,
        pipelines: Mapping[str, Sequence[str]] | None = None,
        dependencies: Iterable[Dependency] = (),
        users: Sequence[tuple[str, str]] = (),
        zone: str = "",
        is_update: bool = False,
    ) -> RecordForm:
        """The form of a module.

        fields        GET /settings/fields: what stands on no layout comes from here
        layout        one of GET /settings/layouts; None: one section with every field
        subforms      columns of each subform, by the subform field's API name (`subform_modules` says what to fetch)
        pipelines     stages of each pipeline, by actual values (`pipelines_of`); {} where there are none
        dependencies  beside those in the layout's own picklist values
        users         (id, name) of active users: people become a choice; () makes them a search
        zone          the CRM user's time_zone, such as "Asia/Kolkata"
        """
        sections, elsewhere = arranged(
            module,
            fields,
            layout,
            subforms=subforms or {},
            pipelines=pipelines or {},
            dependencies=dependencies,
            users=users,
            is_update=is_update,
        )
        known, zone_name = zone_of(zone)
        slots = [slot for section in sections for slot in section.slots]
        book = RuleBook.compiled(module, [*slots, *elsewhere], layout)
        return cls(
            module,
            layout.id if layout else "",
            layout.label if layout else "",
            sections,
            book,
            known,
            zone_name,
            is_update,
        )

    @property
    def slots(self) -> list[Slot]:
        return [slot for section in self.sections for slot in section.slots]

    @property
    def upload_names(self) -> list[str]:
        return [slot.api_name for slot in self.slots if slot.kind in (kinds.FILES, kinds.IMAGES)]

    def slot(self, path: str) -> Slot | None:
        """The slot of "Company", "Quoted_Items.Quantity" or "Quoted_Items[0].Quantity"; None when there is none."""
        top, _, column = re.sub(r"\[\d*\]", "", path).partition(".")
        found = next((slot for slot in self.slots if slot.api_name == top), None)
        if found is None or not column:
            return found
        return next((slot for slot in found.columns if slot.api_name == column), None)

    # reading

    def read(self, posted: Posted, *, before: JsonObject | None = None) -> Reading:
        """What was posted as what to send, with everything that is wrong. Names that are not of this form never pass.

        before  the record as the CRM holds it: only what differs from it is sent (an edit)
        """
        reading = self._taken(posted)
        if before is not None:
            stored = self._taken(self.typed_of(before))
            difference.keep_changes(self.slots, reading, stored, before)
        else:
            reading.values = {name: value for name, value in reading.taken.items() if value is not None}
        unreadable = {problem.path for problem in reading.problems}
        ruled = self.book.check(reading.values, is_update=before is not None, before=before)
        reading.problems += [problem for problem in ruled if problem.path not in unreadable]
        places = {slot.api_name: number for number, slot in enumerate(self.slots)}
        reading.problems.sort(key=lambda problem: places.get(problem.field, len(places)))
        return reading

    def _taken(self, posted: Posted) -> Reading:
        """Every readable value, None for blank ones."""
        reader = Reader(posted, self.zone)
        taken: JsonObject = {}
        for slot in self.slots:
            value = reader.value(slot, slot.api_name, slot.api_name)
            if value is ABSENT or (slot.kind == kinds.FLAG and value is False):
                continue
            if slot.kind == kinds.ANY_LOOKUP and self.module in kinds.ACTIVITIES:
                taken["$se_module"] = value["module"]["api_name"] if value else None
                value = {"id": value["id"]} if value else None
            taken[slot.api_name] = value
        if self.layout_id and "Layout" in posted and list(posted["Layout"])[-1:] == [self.layout_id]:
            taken["Layout"] = {"id": self.layout_id}
            reader.typed["Layout"] = [self.layout_id]
        return Reading({}, reader.typed, reader.problems, reader.to_find, reader.rows, taken)

    def pressed(self, posted: Posted, *, before: JsonObject | None = None) -> Typed | None:
        """What is typed after one of the form's own buttons (add, remove, move a row, undo); None: none was pressed."""
        return pressed(self.slots, posted, self.typed_of(before) if before is not None else {})

    # showing

    def typed_of(self, record: JsonObject) -> Typed:
        """What stands in the inputs for a record of the CRM."""
        return typed_of(self.slots, record, self.zone)

    def blank(self) -> Shown:
        """For a new record: the layout's default values stand in their inputs."""
        return show(self, self.initial())

    def initial(self) -> Typed:
        """What stands in the inputs before anybody typed: the layout's default values."""
        return self.typed_of({slot.api_name: slot.default for slot in self.slots if slot.default not in (None, "")})

    def filled(self, record: JsonObject) -> Shown:
        """For changing a record."""
        return show(self, self.typed_of(record), before=record)

    def answered(
        self, reading: Reading, problems: Iterable[Problem] | None = None, *, before: JsonObject | None = None
    ) -> Shown:
        """What was typed, as it was typed, with what is wrong: the reading's own problems unless others are given."""
        found = reading.problems if problems is None else list(problems)
        return show(self, reading.typed, problems=found, before=before, rows=reading.rows)


def zone_of(name: str) -> tuple[tzinfo, str]:
    """The zone of a name such as "Asia/Kolkata"; UTC for one that is not known."""
    try:
        return ZoneInfo(name), name
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError; odd names give the others
        return UTC, "UTC"


def subform_modules(fields: Iterable[Field]) -> dict[str, str]:
    """For each subform field, the module whose fields are the columns of its rows."""
    return {
        item.api_name: item.associated_module.name
        for item in fields
        if item.data_type == "subform" and item.api_name and item.associated_module and item.associated_module.name
    }


def pipelines_of(found: Iterable[object]) -> dict[str, list[str]]:
    """Stages by pipeline, from what `crm.pipelines.all()` gives or from GET /settings/pipeline's own objects."""
    stages: dict[str, list[str]] = {}
    for pipeline in found:
        raw = getattr(pipeline, "raw", pipeline)
        name = raw.get("actual_value") if isinstance(raw, dict) else None
        maps = raw.get("maps") if isinstance(raw, dict) else None
        if isinstance(name, str) and isinstance(maps, list):
            values = [stage.get("actual_value") for stage in maps if isinstance(stage, dict)]
            stages[name] = [value for value in values if isinstance(value, str)]
    return stages
