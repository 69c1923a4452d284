"""Rules beyond one field: mandatory fields, pipelines of deals, layout rules, the way through a wizard."""

from __future__ import annotations

from typing import Any

from crm_client.standin.calls import Call
from crm_client.standin.criteria import matches
from crm_client.standin.items import ItemError, Place
from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts, reference_id
from crm_client.standin.write_fields import LayoutRules, ModuleRules

EMPTY: tuple[Any, ...] = (None, "", [])


def check_mandatory(
    rules: ModuleRules, layout: LayoutRules | None, record: JSON, sent: JSON | None, place: Place
) -> None:
    """Every mandatory field has a value; for a change (`sent`) only the fields that it sends. Raises ItemError."""
    names = [*rules.mandatory, *(layout.required if layout is not None else ())]
    for name in dict.fromkeys(names):
        if record.get(name) in EMPTY and (sent is None or name in sent):
            raise place.inside(name, name).missing()


def check_layout_rules(call: Call, module: str, record: JSON, place: Place) -> None:
    """The "set mandatory" action of layout rules, where the call applies them. Raises ItemError."""
    for rule in dicts(call.organisation.layout_rules.get(module)):
        layout = rule.get("layout")
        if layout and layout != reference_id(record.get("Layout")):
            continue
        if not matches(record, rule.get("criteria")):
            continue
        for name in rule.get("mandatory") or []:
            if record.get(name) in EMPTY:
                shown = {"name": rule.get("name"), "id": rule.get("id")}
                raise place.inside(name, name).missing(layout_rule=shown)


def check_ranges(rules: ModuleRules, sent: JSON, place: Place) -> None:
    """The `range` of fields that have one, where the call applies range validation. Raises ItemError."""
    for name, value in sent.items():
        limits = rules.fields.get(name, {}).get("range")
        if not isinstance(limits, dict) or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        low, high = limits.get("from"), limits.get("to")
        if (low is not None and value < low) or (high is not None and value > high):
            raise place.inside(name, name).invalid(range={"from": low, "to": high})


def check_deal(call: Call, module: str, record: JSON, sent: JSON, place: Place) -> None:
    """Pipeline and stage of a deal go together, and the pipeline is one of the layout's. Raises ItemError.

    unverified: the codes; the pages print the messages only.
    """
    if module != "Deals":
        return
    probability = sent.get("Probability")
    if probability is not None and not 0 <= probability <= 100:
        raise place.inside("Probability", "Probability").invalid("Given Probability is not valid")
    pipelines = dicts(call.organisation.pipelines.get(reference_id(record.get("Layout"))))
    if not pipelines or not {"Pipeline", "Stage", "Layout"} & set(sent):
        return
    by_name = {one.get("actual_value"): one for one in pipelines}
    pipeline, stage = place.inside("Pipeline", "Pipeline"), place.inside("Stage", "Stage")
    found = by_name.get(record.get("Pipeline"))
    if found is None:
        mapped = place.inside("Layout", "Layout").details()
        raise ItemError(
            "MAPPING_MISMATCH", pipeline.details(mapped_field=mapped), "Layout doesn't contain the Pipeline"
        )
    stages = [one.get("actual_value") for one in dicts(found.get("maps"))]
    if record.get("Stage") not in stages:
        details = stage.details(mapped_field=pipeline.details())
        raise ItemError("MAPPING_MISMATCH", details, "Pipeline doesn't contain the Stage")


def finish_deal(call: Call, module: str, record: JSON, sent: JSON) -> None:
    """Writes what follows from stage and amount into a deal that nobody else has seen yet.

    unverified: a new stage brings its probability unless one is sent; the expected revenue is that share of the amount.
    """
    if module != "Deals" or not {"Stage", "Probability", "Amount"} & set(sent):
        return
    fields = layout_fields(call, module, reference_id(record.get("Layout")))
    if "Stage" in sent and "Probability" not in sent and "Stage" in fields:
        chances = {
            one.get("actual_value"): one.get("probability") for one in dicts(fields["Stage"].get("pick_list_values"))
        }
        record["Probability"] = chances.get(record.get("Stage"), record.get("Probability"))
    amount, probability = record.get("Amount"), record.get("Probability")
    if "Expected_Revenue" in record and amount is not None and probability is not None:
        record["Expected_Revenue"] = round(amount * probability / 100, 2)


def check_dependencies(call: Call, module: str, record: JSON, sent: JSON, place: Place) -> None:
    """Dependent picklists of the record's layout, where the call applies them. Raises ItemError.

    unverified: a value without its parent's is DEPENDENT_FIELD_MISSING, one that the parent does not offer
    DEPENDENT_MISMATCH; without `global_map_dependency` nothing is checked, because any value is taken and added.
    """
    for parent, field in layout_fields(call, module, reference_id(record.get("Layout"))).items():
        offered: dict[str, dict[Any, set[Any]]] = {}  # child → value of the parent → values of the child
        for value in dicts(field.get("pick_list_values")):
            for child in dicts(value.get("maps")):
                values = {one.get("actual_value") for one in dicts(child.get("pick_list_values"))}
                offered.setdefault(str(child.get("api_name")), {})[value.get("actual_value")] = values
        for name, by_value in offered.items():
            if sent.get(name) in EMPTY or isinstance(sent[name], list):
                continue
            here, dependee = place.inside(name, name), place.inside(parent, parent).details()
            if record.get(parent) in EMPTY:
                raise ItemError("DEPENDENT_FIELD_MISSING", here.details(dependee=dependee))
            if sent[name] not in by_value.get(record[parent], ()):
                sentence = f"The value of {name} does not go with the value of {parent}."
                raise ItemError("DEPENDENT_MISMATCH", here.details(dependee=dependee), sentence)


def layout_fields(call: Call, module: str, layout_id: str) -> dict[str, JSON]:
    """The fields of a layout as they stand there, by name."""
    layouts = dicts(call.organisation.layouts.get(module))
    layout = next((one for one in layouts if str(one.get("id")) == layout_id), {})
    return {
        str(field.get("api_name")): field
        for section in dicts(layout.get("sections"))
        for field in dicts(section.get("fields"))
    }


def wizard_values(call: Call, module: str, row: JSON, layout_id: str, place: Place) -> JSON:
    """`Wizard` and the way through its screens, checked. {} for a record that was made without one. Raises ItemError.

    `layout_id` is the layout that the record names, "" for none: then that of the wizard's first container.
    """
    asked = row.get("Wizard")
    if asked is None:
        return {}
    here = place.inside("Wizard", "Wizard")
    id_ = asked if isinstance(asked, str) else reference_id(asked)
    wizard = next((one for one in dicts(call.organisation.wizards) if str(one.get("id")) == id_), None)
    told = wizard.get("module") if wizard is not None else None
    if wizard is None or not isinstance(told, dict) or told.get("api_name") != module:
        raise here.invalid("the id given seems to be invalid")
    way = place.inside("$wizard_connection_path", "$wizard_connection_path")
    path = row.get("$wizard_connection_path")
    if path is None:
        raise ItemError("DEPENDENT_FIELD_MISSING", way.details(dependee=here.details()))
    if not isinstance(path, list):
        raise way.invalid(expected_data_type="jsonarray")
    layouts = [reference_id(one.get("layout")) for one in dicts(wizard.get("containers"))]
    layout_id = layout_id or (layouts[0] if layouts else "")
    detail = call.organisation.wizard_details.get((id_, layout_id))
    if detail is None:
        raise here.invalid("the id given seems to be invalid")
    _check_way(detail, path, way)
    return {"Wizard": {"name": wizard.get("name"), "id": id_}, "$wizard_connection_path": list(path)}


def _check_way(detail: JSON, path: list[Any], place: Place) -> None:
    """The connections lead from the start screen on, each from where the one before ended."""
    charts = [one.get("chart_data") for one in dicts(detail.get("containers"))]
    chart = next((one for one in charts if isinstance(one, dict)), {})
    arrows = {str(one.get("id")): one for one in dicts(chart.get("connections"))}
    for number, id_ in enumerate(path):
        if not isinstance(id_, str) or id_ not in arrows:
            raise place.inside(number).invalid("Wizard connection id is invalid")
    starts = [reference_id(one.get("screen")) for one in dicts(chart.get("nodes")) if one.get("start_node") is True]
    here = starts[0] if starts else ""
    for id_ in path:
        if reference_id(arrows[id_].get("source_screen")) != here:
            raise place.invalid("Wizard connections supplied do not form a valid path")
        here = reference_id(arrows[id_].get("target_screen"))
