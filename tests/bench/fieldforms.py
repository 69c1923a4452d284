"""Forms: a layout of 300 fields from metadata to HTML; 1,000 rows of 50 fields under the rules."""

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string

from console.fieldforms import RecordForm, RuleBook
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JsonObject
from tests.bench.measure import Line, medians
from tests.fieldforms.making import raw_field, raw_layout

FORM, VALIDATION = 150, 1000  # ms

_VALUES = "|".join(f"Value {number}" for number in range(12))
_KINDS: list[tuple[str, dict[str, Any], Any, str]] = [  # data type, more of the field, a good value, what is typed
    ("text", {"length": 200}, "Fairbanks Roofing", "Fairbanks Roofing"),
    ("email", {"length": 100}, "p.boyle@zylker.com", "p.boyle@zylker.com"),
    ("phone", {"length": 30}, "+44 20 7946 0958", "+44 20 7946 0958"),
    ("picklist", {"values": _VALUES}, "Value 3", "Value 3"),
    ("integer", {"length": 9}, 250, "250"),
    ("currency", {"length": 16, "decimal_place": 2}, 250000.9, "250000.9"),
    ("date", {}, "2026-08-16", "2026-08-16"),
    ("datetime", {}, "2026-08-16T14:32:23+05:30", "2026-08-16T14:32"),
    ("lookup", {}, {"id": "3652397000000416001"}, "Acme (3652397000000416001)"),
    ("multiselectpicklist", {"values": _VALUES}, ["Value 1", "Value 5"], "Value 1"),
]


def fieldforms() -> Iterator[Line]:
    """From kept metadata to the page's form; read, wrong and shown again; rows of an import under the rules."""
    raw = _fields(300)
    layout = raw_layout(*raw, required="Field_0 Field_10")

    def page() -> str:
        form = RecordForm.of(
            "Leads", [Field.from_api(one) for one in raw], Layout.from_api(layout), zone="Asia/Kolkata"
        )
        return _html(form)

    (whole,) = medians(page, rounds=15)
    yield Line("form-300-fields", whole, FORM, {"kB": len(page()) // 1000})
    form = RecordForm.of("Leads", [Field.from_api(one) for one in raw], Layout.from_api(layout), zone="Asia/Kolkata")
    posted = {f"Field_{number}": [_KINDS[number % len(_KINDS)][3]] for number in range(300)}
    (answered,) = medians(lambda: form.answered(form.read(posted)), rounds=15)
    yield Line("form-300-fields-read-and-shown-again", answered, FORM, {})
    fifty = _fields(50)
    book = RuleBook.of("Leads", [Field.from_api(one) for one in fifty])
    rows = [_row(number) for number in range(1000)]
    (checked,) = medians(lambda: [book.check(row, number) for number, row in enumerate(rows, 1)], rounds=5)
    wrong = sum(len(book.check(row)) for row in rows)
    yield Line("rules-1000-rows-50-fields", checked, VALIDATION, {"problems": wrong})


def _html(form: RecordForm) -> str:
    return render_to_string("shared/fieldforms/_form.html", {"form": form.blank(), "lookup_url": "/lookup/"})


def _fields(count: int) -> list[JsonObject]:
    return [
        raw_field(f"Field_{number}", _KINDS[number % len(_KINDS)][0], **_KINDS[number % len(_KINDS)][1])
        for number in range(count)
    ]


def _row(number: int) -> JsonObject:
    """A good record; every tenth has two things wrong."""
    row = {f"Field_{place}": _KINDS[place % len(_KINDS)][2] for place in range(50)}
    return row | {"Field_4": "many", "Field_1": "nobody"} if number % 10 == 0 else row
