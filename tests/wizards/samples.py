"""Wizards for tests: the documentation's own, the demo's with what was planted in them, and small ones made here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from console.wizards.facts import Facts
from crm_client import standin
from crm_client.fields import Field
from crm_client.layouts import Layout
from crm_client.standin import Organisation
from crm_client.standin.organisations import built_in
from crm_client.standin.organisations.made import companies
from crm_client.standin.organisations.made.wizards_of import wizards_of
from crm_client.wizards import Container, Wizard

_DATA = Path(standin.__file__).parent / "organisations" / "samples" / "data"


def documented(name: str) -> Any:
    """A wizard of the API's documentation: "wizard-detail" (v7) or "wizard-detail-v8-conditional"."""
    return json.loads((_DATA / f"{name}.json").read_text("utf-8"))["wizards"][0]


@cache
def demo() -> Organisation:
    return next(place for place in built_in(1) if place.key == "demo")


@cache
def _fields(module: str) -> list[Field]:
    return [Field.from_api(raw) for raw in demo().fields[module]]


@cache
def _layouts(module: str) -> list[Layout]:
    return [Layout.from_api(raw) for raw in demo().layouts[module]]


def facts(module: str, layout_id: str) -> Facts:
    return Facts.of(_fields(module), next((one for one in _layouts(module) if one.id == layout_id), None))


def planted() -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """(wizard id, layout id, "wizard (layout)", what was planted: "code@Screen") of every container of the demo."""
    for spec, raw in zip(wizards_of(companies.demo(1)), demo().wizards, strict=True):
        wizard = Wizard.from_api(raw)
        plants = spec.plants or ("",) * len(wizard.containers)
        for container, plant in zip(wizard.containers, plants, strict=True):
            yield wizard.id, container.layout_id, f"{wizard.name} ({container.label})", frozenset(plant.split())


def demo_wizard(name: str, layout: str = "") -> tuple[Wizard, Container]:
    """A wizard of the demo in full, for its first layout or the one named."""
    short = next(wizard for raw in demo().wizards if (wizard := Wizard.from_api(raw)).name == name)
    part = next(one for one in short.containers if not layout or one.label == layout)
    whole = Wizard.from_api(demo().wizard_details[(short.id, part.layout_id)])
    return whole, whole.containers[0]


def screen_id(label: str) -> str:
    """An id that a label always gives, so that tests need no table."""
    return "".join(f"{ord(letter):03d}" for letter in label)[:18].ljust(18, "0")


def made(
    screens: Mapping[str, Sequence[str]],
    *,
    start: str = "",
    fields: Mapping[str, Sequence[str]] | None = None,
    rules: Mapping[str, Sequence[Any]] | None = None,
    arrows: Sequence[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """A wizard as the API gives it: {screen: what its buttons lead to}; "save" saves. The first screen starts.

    arrows  instead of one for each button
    """
    labels = list(screens)
    pairs = [(label, aim) for label, aims in screens.items() for aim in aims if aim in screens]
    return {
        "id": "1", "name": "Made", "display_label": "Made", "module": {"api_name": "Leads", "id": "2"}, "active": True,
        "profiles": [{"id": "3", "name": "Administrator"}],
        "containers": [{
            "id": "9", "layout": {"id": "9", "name": "Standard"},
            "chart_data": {
                "nodes": [
                    {"pos_x": 100 + 400 * n, "pos_y": 100, "start_node": label == (start or labels[0]),
                     "screen": {"id": screen_id(label), "display_label": label}}
                    for n, label in enumerate(labels)
                ],
                "connections": [
                    {"id": str(500 + n), "source_screen": {"id": screen_id(a), "display_label": a},
                     "target_screen": {"id": screen_id(b), "display_label": b}}
                    for n, (a, b) in enumerate(pairs if arrows is None else arrows)
                ],
            },
            "screens": [
                {"id": screen_id(label), "api_name": label.replace(" ", "_"), "display_label": label,
                 "conditional_rules": list((rules or {}).get(label, [])),
                 "segments": [
                     {"id": "71", "type": "composite", "sequence_number": 1, "display_label": "Part",
                      "elements": [_element(name, n) for n, name in enumerate((fields or {}).get(label, []), 1)]},
                     {"id": "72", "type": "buttons", "sequence_number": 2, "display_label": "Dummy",
                      "buttons": [_button(aim, n) for n, aim in enumerate(aims)]},
                 ]}
                for label, aims in screens.items()
            ],
        }],
    }  # fmt: skip


def _element(name: str, number: int) -> dict[str, Any]:
    return {"sequence_number": number, "type": "field", "resource": {"name": name, "id": str(80 + number)}}


def _button(aim: str, number: int) -> dict[str, Any]:
    button = {"id": str(900 + number), "display_label": f"To {aim}", "name": f"WB_{aim}", "sequence_number": number,
              "visibility": "show", "shape": "square", "category": "wizard_button"}  # fmt: skip
    if aim == "save":
        return button | {"type": "save", "display_label": "Save"}
    return button | {"type": "transition", "target_screen": {"id": screen_id(aim), "name": aim}}
