"""Wizards: a long form cut into screens that buttons lead through; one container per layout.

    for short in crm.wizards.all():
        wizard = crm.wizards.get(short.id, short.containers[0].layout_id)
        for arrow in wizard.containers[0].arrows:
            print(arrow.connection_id, arrow.source_id, arrow.target_id)

A "connection" of the CRM is an `Arrow` here, because a connection is a sign-in in this project.

source  GET /settings/wizards, GET /settings/wizards/{id}?layout_id=
        zoho.com/crm/developer/docs/api/v8/get-wizards.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_client.names import checked_id
from crm_client.values import (
    JSON,
    JsonObject,
    Ref,
    as_api_ref,
    as_colour,
    as_flag,
    as_id,
    as_list,
    as_object,
    as_ref,
    as_refs,
    as_text,
    as_text_or_none,
    as_whole,
)
from crm_client.wizard_notes import Notes, made, quoted
from crm_client.wizard_rules import labelled
from crm_client.wizard_screens import Screen

if TYPE_CHECKING:
    from crm_client.transport import Transport


@dataclass(slots=True)
class Node:
    """Where a screen stands on the canvas of the CRM's editor."""

    screen_id: str
    label: str
    pos_x: int | None                    # pixels; None: missing
    pos_y: int | None                    # pixels, growing downwards
    start_node: bool

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Node:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        screen = labelled(raw.get("screen"))
        if screen is None or not screen.id:
            notes.add(place, "a node of the chart names no screen")
        return cls(screen.id if screen else "", screen.name if screen else "", _pixels(raw.get("pos_x")),
                   _pixels(raw.get("pos_y")), raw.get("start_node") is True)


@dataclass(slots=True)
class Arrow:
    """A way from one screen to another: a "connection" of the CRM. Records store the ids of those they took."""

    connection_id: str
    source_id: str                       # screen; "" when the arrow names none
    source_label: str
    target_id: str
    target_label: str
    source_button_id: str                # older answers name the button instead of the screen

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Arrow:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        source, target = labelled(raw.get("source_screen")), labelled(raw.get("target_screen"))
        button = labelled(raw.get("source_button"))
        id_ = as_id(raw.get("id"))
        if not id_:
            notes.add(place, f"an arrow has the id {quoted(raw.get('id'))}, which is none")
        return cls(id_, source.id if source else "", source.name if source else "", target.id if target else "",
                   target.name if target else "", button.id if button else "")


@dataclass(slots=True)
class Container:
    """The wizard for one layout: the chart of its screens, and the screens themselves."""

    id: str
    layout: Ref | None
    nodes: list[Node]
    arrows: list[Arrow]
    palette: list[str]                   # "#rrggbb"; only where a button uses a colour of its own
    screens: list[Screen]                # in the list of wizards: short, and often missing
    raw: JsonObject

    @property
    def layout_id(self) -> str:
        """The layout to ask for; the container's own id where the layout is missing (equal in every known answer)."""
        return self.layout.id if self.layout and self.layout.id else self.id

    @property
    def label(self) -> str:
        return (self.layout.name if self.layout else "") or self.layout_id or "(no layout)"

    @classmethod
    def from_api(cls, raw: JSON, notes: Notes | None = None, place: str = "") -> Container:
        raw, notes = as_object(raw), Notes() if notes is None else notes
        chart = raw.get("chart_data")
        if chart is not None and type(chart) is not dict:
            notes.add(place, "the chart is no object and could not be read")
        chart = as_object(chart)
        palette = as_object(chart.get("color_palette")).get("button_background")
        screens = made(raw.get("screens"), Screen.from_api, notes, place, "screens")
        arrows = made(chart.get("connections"), Arrow.from_api, notes, "the chart", "arrows")
        _name_sources(arrows, screens)
        return cls(
            as_id(raw.get("id")),
            labelled(raw.get("layout")),
            made(chart.get("nodes"), Node.from_api, notes, "the chart", "nodes"),
            arrows,
            [colour for item in palette if (colour := as_colour(item))] if type(palette) is list else [],
            screens,
            raw,
        )


@dataclass(slots=True)
class Wizard:
    """One wizard. From `all()`: short, without charts; from `get()`: one container in full."""

    id: str
    name: str
    display_label: str                   # "" in v7
    module: Ref | None                   # .name is the API name
    active: bool | None
    source: str                          # crm, platform_plugin, marketplace_plugin; "" in v7
    profiles: list[Ref] | None           # None: null or missing, so nobody is named
    portal_user_types: list[Ref] | None
    exempted_portal_user_types: list[Ref]
    containers: list[Container]
    created_time: str | None
    created_by: Ref | None
    modified_time: str | None
    modified_by: Ref | None
    screens: list[Screen]                # v7's short list beside the containers; see `short_screens`
    unread: list[str]                    # sentences: what of the answer could not be read
    raw: JsonObject

    @property
    def label(self) -> str:
        return self.display_label or self.name or self.id or "(no name)"

    @property
    def module_name(self) -> str:
        return self.module.name if self.module else ""

    def container(self, layout_id: str) -> Container | None:
        """The container for a layout; None when the wizard does not serve it."""
        return next((item for item in self.containers if item.layout_id == layout_id), None)

    @classmethod
    def from_api(cls, raw: JSON) -> Wizard:
        raw, notes = as_object(raw), Notes()
        get = raw.get
        profiles, portals = get("profiles"), get("portal_user_types")
        containers = made(get("containers"), Container.from_api, notes, "the wizard", "containers")
        return cls(
            as_id(get("id")),
            as_text(get("name")),
            as_text(get("display_label")),
            as_api_ref(get("module")),
            as_flag(get("active")),
            as_text(get("source")),
            as_refs(profiles) if type(profiles) is list else None,
            as_refs(portals) if type(portals) is list else None,
            as_refs(get("exempted_portal_user_types")),
            containers,
            as_text_or_none(get("created_time")),
            as_ref(get("created_by")),
            as_text_or_none(get("modified_time")),
            as_ref(get("modified_by")),
            made(get("screens"), Screen.from_api, notes, "the wizard", "screens"),
            notes.all,
            raw,
        )


class Wizards:
    """`CrmClient.wizards`"""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def all(self) -> list[Wizard]:
        """Every wizard of the organisation in short form: no charts, and screens only in newer answers.

        returns  [Wizard]; empty when the CRM answers 204
        raises   NotAllowed if the profile may not see wizards, ScopeMissing without ZohoCRM.settings.wizards.READ,
                 InvalidRequest if the edition has no wizards, TooManyRequests (see .retry_after_s), any NoAnswer
        source   GET /settings/wizards
        """
        body = self._transport.get("/settings/wizards", what="the wizards")
        return as_list(body.get("wizards"), Wizard.from_api)

    def get(self, id: str, layout_id: str) -> Wizard | None:
        """One wizard in full, for one of its layouts; None when the CRM answers 204.

        id         digits, from `all()`
        layout_id  digits, from `Container.layout_id`; the CRM demands it
        raises     InvalidRequest (INVALID_DATA) for an unknown wizard or a layout without it, else as `all`
        source     GET /settings/wizards/{id}?layout_id=
        """
        path = f"/settings/wizards/{checked_id(id, 'the wizard')}"
        params = {"layout_id": checked_id(layout_id, "a wizard's layout")}
        body = self._transport.get(path, params, what="a wizard")
        wizards = as_list(body.get("wizards"), Wizard.from_api)
        return wizards[0] if wizards else None


def _name_sources(arrows: list[Arrow], screens: list[Screen]) -> None:
    """Fills in the source screen of arrows that name a button instead."""
    owners = {button.id: screen for screen in screens for button in screen.buttons if button.id}
    for arrow in arrows:
        owner = owners.get(arrow.source_button_id)
        if not arrow.source_id and owner is not None:
            arrow.source_id, arrow.source_label = owner.id, owner.label


def _pixels(value: JSON) -> int | None:
    """A place on the canvas; None for what is none, and for what no screen could show."""
    number = round(value) if type(value) is float and abs(value) < 1e6 else as_whole(value)
    return number if number is not None and abs(number) <= 1_000_000 else None
