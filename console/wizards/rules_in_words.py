"""Criteria, rules and buttons as sentences: "When Lead Source is Referral, on create: shows segment Referral". Pure."""

from __future__ import annotations

from collections.abc import Iterable

from console.conditions import Label, criteria, listed, names_of, same, value
from crm_client.values import as_text
from crm_client.wizard_rules import ConditionalRule, RuleAction
from crm_client.wizard_screens import Button

__all__ = ["action", "conditions", "criteria", "effect", "names_of", "rule", "same", "value"]

_MOMENTS = {"create": "on create", "edit": "on edit", "create_edit": "on create and on edit"}
_DEEDS = {
    "set_mandatory": "makes {} mandatory", "set_lock": "locks {}", "make_read_only": "makes {} read-only",
    "hide": "hides {}", "show": "shows {}", "show_component": "shows {}", "show_widget": "opens {}",
}  # fmt: skip
_SHAPES = {"show": "", "hide": "hidden", "disable": "disabled"}


def rule(found: ConditionalRule, label: Label = same) -> str:
    """A conditional rule as one sentence."""
    when = criteria(found.criteria, label)
    moment = _MOMENTS.get(found.execute_on, f"on “{found.execute_on}”" if found.execute_on else "")
    head = ", ".join(part for part in (f"When {when}" if when else "Always", moment) if part)
    deeds = [action(item, label) for item in found.actions]
    if not deeds:
        return f"{head}: does nothing."
    return f"{head}: {', '.join(deeds)}{_exempted(found.actions)}."


def action(found: RuleAction, label: Label = same) -> str:
    """What one action does, without who is exempted."""
    targets = [label(name) for name in found.field_names]
    if found.segment:
        targets.append(f"segment {found.segment.name or found.segment.id}")
    if found.widget:
        targets.append(f"widget {found.widget.name or found.widget.id}")
    thing = listed(targets) or "something that is not named"
    if found.type == "set_values":
        return f"sets {thing} to {value(found.value)}"
    if found.type in _DEEDS:
        return _DEEDS[found.type].format(thing)
    return f"does “{found.type or 'nothing named'}” with {thing} (not known to this console)"


def _exempted(actions: Iterable[RuleAction]) -> str:
    refs = [ref for item in actions for ref in (*item.exempted_profiles, *item.exempted_portal_user_types)]
    names = names_of(refs)
    return f"; {listed(names)} exempt" if names else ""


def effect(button: Button) -> str:
    """What pressing the button does."""
    if button.saves:
        runs = button.transition
        run = f" and runs the transition {runs.name or runs.id}" if runs else ""
        moments = {"create": "on create", "edit": "on edit", "create_and_edit": "always"}
        summary = moments.get(button.show_summary_on, "")
        return f"saves the record{run}" + (f" (shows a summary first, {summary})" if summary else "")
    if button.is_custom:
        name = as_text((button.resource or {}).get("name"))
        return f"runs the custom button {name}" if name else "runs a custom button"
    if button.target_screen:
        return f"goes to {button.target_screen.name or button.target_screen.id}"
    return "leads nowhere"


def conditions(button: Button, label: Label = same) -> list[str]:
    """Who may press the button, and when."""
    found = []
    when = criteria(button.criteria, label)
    state = _SHAPES.get(button.visibility, button.visibility)
    if when:
        # unverified: the CRM does not say whether criteria of a hidden button show it; read so here
        found.append(f"{state} until {when}" if state else f"shown when {when}")
    elif state:
        found.append(f"{state} at first")
    if button.profiles is not None:
        found.append(f"for {listed(names_of(button.profiles)) or 'no profile'}")
    if button.portal_user_types is not None:
        found.append(f"for portal users: {listed(names_of(button.portal_user_types)) or 'none'}")
    if button.message and any(button.message):
        found.append(f"says “{' – '.join(part for part in button.message if part)}” after saving")
    return found
