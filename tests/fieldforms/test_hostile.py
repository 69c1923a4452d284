"""Whatever the CRM or a browser sends, a form is made, read, checked and drawn without a crash and without markup."""

import copy
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.fieldforms import RecordForm, changes, pipelines_of, refusals, subform_modules
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.values import JsonObject
from tests.fieldforms.making import book, field, raw_field, raw_layout

_TYPES = """
    text textarea email phone website picklist multiselectpicklist date datetime integer bigint double currency percent
    boolean lookup ownerlookup userlookup multiuserlookup multiselectlookup multi_module_lookup fileupload imageupload
    subform RRULE ALARM multireminder participants linetax formula autonumber rollup_summary profileimage territories
    unknown_type
"""
TYPES = _TYPES.split()
_DETAILS = """
    api_name json_path expected_data_type maximum_length minimum_length limit range supported_values regex dependee
    mapped_field duplicate_record errors expected_fields ambiguity_due_to permissions owner_status layout_rule
    Modified_By more_records id
"""
ODD: list[Any] = [
    None, True, 5, -1, 10**5000, 1e308, float("nan"), "", "x", "\0\ud800", "9" * 5000, "<script>", [], [None], [[]],
    ["x"], [{}], {}, {"id": 5}, {"id": "5", "name": 7}, {"a": {"b": {"c": {"d": {"e": 1}}}}},
    [{"id": "5", "_delete": None}], [{"id": {}}], {"id": []}, [[], {"name": {}}],
]  # fmt: skip


def everything(module: str = "Events") -> tuple[list[JsonObject], JsonObject]:
    """A field of every type, and a layout that holds them all."""
    raw = [raw_field(f"F_{name}", name, values="A|B" if "pick" in name else "") for name in TYPES]
    return raw, raw_layout(*raw, required="F_text F_subform")


def made_of(raw: list[JsonObject], layout: JsonObject | None, module: str = "Leads") -> RecordForm:
    fields = [Field.from_api(one) for one in raw]
    rows = [field("Q", "integer"), field("P", "picklist", values="A|B"), field("Who", "lookup")]
    subforms = dict.fromkeys(subform_modules(fields), rows) | {"F_subform": rows}
    return RecordForm.of(
        module,
        fields,
        Layout.from_api(layout) if layout is not None else None,
        subforms=subforms,
        pipelines={"A": ["B"]},
    )


def drawn(form: RecordForm, **more: Any) -> str:
    return render_to_string("shared/fieldforms/_form.html", {"form": form.blank(), "lookup_url": "/lookup/", **more})


def test_a_form_of_nothing_says_so() -> None:
    form = made_of([], None)
    assert form.read({}).values == {}
    assert "no field that can be filled in" in drawn(form)
    assert "no field that can be filled in" in drawn(made_of([], {}))


@pytest.mark.parametrize("key", sorted(raw_field("F", "picklist", values="A|B")))
def test_a_field_with_anything_at_any_key_still_makes_a_form(key: str) -> None:
    extra = (
        "lookup",
        "multiselectlookup",
        "textarea",
        "range",
        "tooltip",
        "layout_associations",
        "decimal_place",
        "display_label",
    )
    for wrong in ODD:
        for data_type in ("picklist", "subform", "multi_module_lookup", "double"):
            raw = raw_field("F", data_type, values="A|B") | dict.fromkeys(extra, wrong) | {key: wrong}
            form = made_of([raw], raw_layout(raw))
            reading = form.read({"F": ["1"], "F-order": ["0"], "F-0-Q": ["x"]})
            form.answered(reading)
    assert drawn(form)


@pytest.mark.parametrize("depth", ["layout", "section", "field", "value"])
def test_a_layout_with_anything_at_any_key_still_makes_a_form(depth: str) -> None:
    raw = [raw_field("F", "picklist", values="A|B"), raw_field("S", "subform")]
    good = raw_layout(*raw)
    for wrong in ODD:
        layout = copy.deepcopy(good)
        for section in layout["sections"]:
            for one in section["fields"]:
                for value in one["pick_list_values"]:
                    if depth == "value":
                        value.update(dict.fromkeys(("actual_value", "display_value", "maps", "type"), wrong))
                if depth == "field":
                    one.update(
                        dict.fromkeys(("required", "sequence_number", "default_value", "pick_list_values"), wrong)
                    )
            if depth == "section":
                section.update(dict.fromkeys(("column_count", "properties", "mode", "display_label", "fields"), wrong))
        if depth == "layout":
            layout = {"id": wrong, "sections": wrong, "name": wrong}
        form = made_of(raw, layout)
        form.answered(form.read({"F": ["A"], "S-order": ["0"]}))
    assert drawn(form)


@pytest.mark.parametrize("module", ["Leads", "Events", "Tasks", "Calls", "Deals", "Quotes", "Price_Books"])
def test_a_record_with_anything_in_any_field_is_shown_checked_and_told(module: str) -> None:
    raw, layout = everything()
    names = {
        "Events": ("Participants", "Remind_At", "Recurring_Activity", "Start_DateTime", "End_DateTime", "What_Id"),
        "Tasks": ("Remind_At", "Recurring_Activity", "What_Id"),
        "Calls": ("Call_Type", "Call_Start_Time", "Call_Duration", "Outbound_Call_Status"),
        "Deals": ("Pipeline", "Stage", "Probability"),
        "Quotes": ("Quoted_Items",),
        "Price_Books": ("Pricing_Details",),
    }.get(module, ())
    raw += [raw_field(name, "picklist" if name in ("Pipeline", "Stage") else "text") for name in names]
    form = made_of(raw, layout, module)
    for wrong in ODD:
        record: JsonObject = {one["api_name"]: copy.deepcopy(wrong) for one in raw}
        form.book.check(record, 1)
        form.book.check(record, None, is_update=True, before=record)
        form.book.check(dict.fromkeys(record, "x"), is_update=True, before=record)
        form.book.check({**record, "Pipeline": "A"}, is_update=True)
        typed = form.typed_of(record)
        reading = form.read(typed | {"F_text": ["x"]}, before=record)
        changes(form, record, reading)
        shown = form.answered(reading, before=record)
        form.filled(record)
    html = render_to_string("shared/fieldforms/_form.html", {"form": shown})
    assert "<script>" not in html


@pytest.mark.parametrize("wrong", ODD, ids=lambda value: repr(value)[:30] if not isinstance(value, int) else "number")
def test_a_refusal_may_hold_anything(wrong: Any) -> None:
    rules = book("Leads", raw_field("Company"))
    keys = _DETAILS.split()
    for code in (
        "INVALID_DATA",
        "MANDATORY_NOT_FOUND",
        "DUPLICATE_DATA",
        "MULTIPLE_OR_MULTI_ERRORS",
        "ALREADY_MODIFIED",
        wrong,
    ):
        for details in (
            wrong,
            dict.fromkeys(keys, wrong),
            {"range": {"from": wrong, "to": wrong}, "errors": [wrong, {"details": wrong}]},
        ):
            for problem in refusals(rules, {"code": code, "message": wrong, "details": details}):
                assert problem.sentence
                assert len(problem.sentence) < 2500


def test_a_post_of_ten_thousand_rows_is_neither_read_nor_drawn() -> None:
    posted = {"F_subform-order": [str(number) for number in range(10_000)], "F_text": ["x"]}
    reading = FORM.read(posted)
    assert "F_subform" not in reading.values
    assert [problem.rule for problem in reading.problems] == ["rows"]
    assert len(FORM.answered(reading).by_name["F_subform"].rows) == 300


def test_pipelines_may_be_anything() -> None:
    assert pipelines_of(ODD) == {}
    assert pipelines_of([{"actual_value": "A", "maps": [{"actual_value": "B"}, None, {"actual_value": 5}]}]) == {
        "A": ["B"]
    }


RAW, LAYOUT = everything()
FORM = made_of(RAW, LAYOUT)
NAMES = sorted(FORM.typed_of({"F_subform": [{}, {}], "F_multireminder": [{}]}))
POSTED = st.dictionaries(
    st.one_of(st.sampled_from(NAMES), st.text(max_size=12)),
    st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from(["0", "1", "true", "2026-01-01", "(5)", "9" * 5000])),
        max_size=3,
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POSTED)
def test_whatever_a_browser_posts_is_read_and_shown_again(posted: dict[str, list[str]]) -> None:
    reading = FORM.read(posted)
    assert set(reading.values) <= {slot.api_name for slot in FORM.slots if slot.is_offered} | {"$se_module", "Layout"}
    shown = FORM.answered(reading)
    assert len(shown.summary) == len(reading.problems)
    FORM.pressed(posted | {"_add_row": ["F_subform"]})
    again = FORM.read(reading.typed)
    assert again.values == reading.values


PAYLOADS = [
    '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "</textarea><script>x</script>", "{{ 7*7 }}",
    "javascript:alert(1)", "</template><script>x</script>", "\u202egnp.exe", "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_texts_of_the_crm_and_of_people_stay_text(payload: str) -> None:
    raw, _ = everything()
    for one in raw:
        one["field_label"] = payload
        one["tooltip"] = {"name": "static_text", "value": payload}
        for value in one["pick_list_values"]:
            value["display_value"] = value["actual_value"] = payload
    layout = raw_layout(*raw, display_label=payload)
    form = made_of(raw, layout)
    names = [name for name in form.typed_of({}) if not name.endswith("-order")]
    reading = form.read({name: [payload] for name in names} | {"F_subform-order": ["0"], "F_subform-0-Who": [payload]})
    shown = form.answered(reading, [*reading.problems, *refusals(form, {"code": payload, "message": payload})])
    shown.offer("F_lookup", [("5", payload)])
    html = render_to_string("shared/fieldforms/_form.html", {"form": shown, "lookup_url": payload})
    html += render_to_string("shared/fieldforms/_matches.html", {"matches": [("5", payload, payload)]})
    for dangerous in ("<script", "<img", "onerror=alert(1)>", "49"):
        assert dangerous not in html
    assert html.count("</template>") == html.count("<template>")
    assert html.count("</textarea>") == html.count("<textarea")
