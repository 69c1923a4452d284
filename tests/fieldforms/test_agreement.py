"""The rules beside the stand-in, which was written from the same pages by other hands: what one refuses the other does.

Each module's own records, made into a new one by its form, with one field after another holding something odd.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from console.fieldforms import Problem, RecordForm, pipelines_of, subform_modules
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.standin import StandIn
from crm_client.values import JsonObject
from tests.standin.writing import Clerk

ODD: list[Any] = [
    None, True, 5, -1, 10**9, 10**20, 1.5, 0.123456789012, "", "x", "a" * 300, "a" * 40_000, "2026-01-01", "2026-13-01",
    "2026-01-01T10:00:00+01:00", "2026-01-01T10:00:00", [], ["x"], [{}], {}, {"id": 5}, [{"id": "5"}], "12:30",
    "p@zylker.com", "123", "00:00", 101, "Scheduled", "Completed", "Missed",
]  # fmt: skip
ONLY_THE_CRM_KNOWS = ("the id given seems to be invalid",)  # whether there is such a record, whether a user may own it
OPEN = {
    "Expected_Revenue",  # works itself out whatever is sent
    "Remind_At",  # of tasks: a list by the metadata, an object by the documentation
}
MODULES = ["Leads", "Deals", "Contacts", "Tasks", "Calls", "Events", "Quotes", "Price_Books", "Cases"]


def form_of(clerk: Clerk, module: str) -> RecordForm:
    organisation = clerk.organisation
    fields = [Field.from_api(one) for one in organisation.fields[module]]
    rows = {
        name: [Field.from_api(one) for one in organisation.fields[of]] for name, of in subform_modules(fields).items()
    }
    layout = Layout.from_api(organisation.layouts[module][0])
    pipelines = pipelines_of(organisation.pipelines.get(layout.id, [])) if module == "Deals" else {}
    return RecordForm.of(module, fields, layout, subforms=rows, pipelines=pipelines, zone="Europe/Berlin")


def fresh(form: RecordForm, typed: dict[str, list[str]], number: int) -> dict[str, list[str]]:
    """The same once more: without the rows' ids, and with unique values of its own."""
    made = {name: texts for name, texts in typed.items() if not name.endswith("-id")}
    for slot in form.slots:
        if slot.is_unique:
            own = f"agreement{number}@zylker.com" if slot.kind == "email" else f"{70_000_000 + number}"
            made[slot.api_name] = [own] if slot.is_required else [""]
    return made | {"Layout": [form.layout_id]}


def good_records(clerk: Clerk, form: RecordForm) -> Iterator[JsonObject]:
    for number, record in enumerate(clerk.organisation.records[form.module][:60]):
        reading = form.read(fresh(form, form.typed_of(record), number))
        if not reading.has_errors:
            yield reading.values


@pytest.fixture(scope="module")
def clerk() -> Iterator[Clerk]:
    with StandIn(seed=1) as running:
        yield Clerk(running)


@pytest.mark.parametrize("module", MODULES)
def test_what_a_form_takes_the_crm_takes_and_what_it_refuses_the_crm_refuses(module: str, clerk: Clerk) -> None:
    form, chance = form_of(clerk, module), random.Random(module)
    good = list(good_records(clerk, form))
    answer = clerk.insert(module, *good[:20])
    assert [item["status"] for item in answer.json()["data"]] == ["success"] * len(good[:20])
    assert len(good) >= 3

    unique = {slot.api_name for slot in form.slots if slot.is_unique}
    slots = [slot.api_name for slot in form.slots if slot.is_offered and slot.data_type]
    names = chance.choices([name for name in slots if name not in unique | OPEN], k=100)
    odd = [{**form.read(fresh(form, form.typed_of(good[-1]), 1000 + n)).values, name: chance.choice(ODD)}
           for n, name in enumerate(names)]  # fmt: skip
    items = clerk.insert(module, *odd).json()["data"]
    assert len(items) == len(odd)
    disagreed = [
        f"{name}={record[name]!r:.40}: {item}, but {[problem.sentence for problem in found]}"
        for name, record, item in zip(names, odd, items, strict=True)
        if not _agree(found := form.book.check(record), item)
    ]
    assert disagreed == []
    assert {item["status"] for item in items} == {"success", "error"}


def _agree(found: list[Problem], item: JsonObject) -> bool:
    refused = item["status"] != "success"
    if refused and (item["message"] in ONLY_THE_CRM_KNOWS or any(one.rule == "format" for one in found)):
        return True
    return refused == any(not one.is_warning for one in found)
