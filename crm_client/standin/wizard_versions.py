"""How a wizard differs between v7 and v8 (wizards.md, the section on v7 and v8).

v7 sends null where v8 leaves a key out, names no display labels of wizards and layouts, and puts the short list of
screens beside the containers. Saved organisations may hold anything, so whatever is no object passes through.
"""

from __future__ import annotations

from typing import Any

from crm_client.standin.organisation import JSON
from crm_client.standin.viewer import dicts

_V8_ONLY = frozenset(("display_label", "source"))
_KEPT_NULL = frozenset(("portal_user_types",))  # the one null that v8 keeps, on the wizard
# keys that v7 always sends on a button
_BUTTON_V7 = ("resource", "criteria", "profiles", "target_screen", "type", "transition")


def list_keys(wizard: JSON, version: int) -> JSON:
    """A wizard as the list shows it."""
    made = _head(wizard, version)
    containers = dicts(made.get("containers"))
    if version < 8:
        made.pop("portal_user_types", None)
        screens = [screen for container in containers for screen in dicts(container.get("screens"))]
        made["containers"] = [
            _layout({key: value for key, value in container.items() if key != "screens"}) for container in containers
        ]
        if screens:
            made["screens"] = screens
    return made


def detail_keys(wizard: JSON, version: int) -> JSON:
    """A wizard as the single call shows it."""
    made = _head(wizard, version)
    if "containers" in made and isinstance(made["containers"], list):
        made["containers"] = [
            _container(container, version) if isinstance(container, dict) else container
            for container in made["containers"]
        ]
    return made


def _head(wizard: JSON, version: int) -> JSON:
    if version < 8:
        return {key: value for key, value in wizard.items() if key not in _V8_ONLY}
    return {key: value for key, value in wizard.items() if value is not None or key in _KEPT_NULL}


def _layout(container: JSON) -> JSON:
    layout = container.get("layout")
    if isinstance(layout, dict):
        return container | {"layout": {key: value for key, value in layout.items() if key not in _V8_ONLY}}
    return container


def _container(container: JSON, version: int) -> JSON:
    made = _layout(dict(container)) if version < 8 else dict(container)
    if isinstance(made.get("screens"), list):
        made["screens"] = [
            _screen(screen, version) if isinstance(screen, dict) else screen for screen in made["screens"]
        ]
    return made


def _screen(screen: JSON, version: int) -> JSON:
    made = dict(screen) if version < 8 else _without_nulls(screen)
    if isinstance(made.get("segments"), list):
        made["segments"] = [
            _segment(segment, version) if isinstance(segment, dict) else segment for segment in made["segments"]
        ]
    return made


def _segment(segment: JSON, version: int) -> JSON:
    made = dict(segment)
    if version >= 8:
        made.pop("tab_traversal", None)
    if isinstance(made.get("buttons"), list):
        made["buttons"] = [
            _button(button, version) if isinstance(button, dict) else button for button in made["buttons"]
        ]
    return made


def _button(button: JSON, version: int) -> JSON:
    if version >= 8:
        return _without_nulls(button)
    missing: dict[str, Any] = {key: None for key in _BUTTON_V7 if key not in button}
    return missing | button


def _without_nulls(value: JSON) -> JSON:
    return {key: item for key, item in value.items() if item is not None}
