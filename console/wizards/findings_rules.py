"""Findings about criteria, conditional rules, and buttons that nobody may press. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from console.wizards import rules_in_words as words
from console.wizards.facts import Facts
from console.wizards.finding import Finding
from console.wizards.graph import Place, WizardGraph, is_for
from crm_client.wizard_rules import ConditionalRule, Criteria, RuleAction
from crm_client.wizard_screens import Button
from crm_client.wizards import Wizard

_SHOWS = frozenset({"show", "show_component"})
_LOCKS = frozenset({"set_lock", "make_read_only"})
_VERBS = {"set_values": "sets", "set_lock": "locks", "set_mandatory": "requires", "hide": "hides", "show": "shows",
          "show_component": "shows", "make_read_only": "makes read-only"}  # fmt: skip


def find(wizard: Wizard, graph: WizardGraph, facts: Facts) -> Iterator[Finding]:
    """Every finding about criteria, rules and who may press what."""
    onward, _ = graph.forward()
    for place in graph.places.values():
        yield from _choices(graph, place, facts, set(onward.get(place.key, ())))
        yield from _rules(place, facts)
        if wizard.profiles:
            yield from _nobody(wizard, place)


def _leaving(place: Place) -> list[Button]:
    buttons = place.screen.buttons
    return [button for button in buttons if button.saves or (not button.is_custom and button.target_screen)]


def _aim(button: Button) -> str:
    return button.target_screen.id if button.target_screen else "save"


def _choices(graph: WizardGraph, place: Place, facts: Facts, onward: set[str]) -> Iterator[Finding]:
    """Buttons that depend on the value of one picklist: does each value show exactly one?"""
    by_field: dict[str, list[tuple[Button, Criteria]]] = {}
    is_open = False
    for button in _leaving(place):
        if button.criteria is None:
            is_open = is_open or button.saves or _aim(button) in onward
            continue
        names = {leaf.field.name for leaf in button.criteria.leaves() if leaf.field}
        if len(names) == 1:
            by_field.setdefault(names.pop(), []).append((button, button.criteria))
        else:
            is_open = True  # depends on more than one field: whether it closes a gap cannot be told
    for name, listed in by_field.items():
        offered = dict(facts.choices(name))
        held = [(button, _holds(criteria, list(offered))) for button, criteria in listed]
        if not offered or any(values is None for _, values in held):
            continue
        sets = [(button, values or set()) for button, values in held]
        yield from _overlaps(place, facts.label(name), offered, sets)
        left = [shown for stored, shown in offered.items() if not any(stored in values for _, values in sets)]
        if left and not is_open and len(by_field) == 1:
            one = len(left) == 1
            yield Finding(
                "gap", "error",
                f"On “{place.label}” no button is shown when {facts.label(name)} is {_any_of(left)}.",
                f"Whoever chooses {'this value' if one else 'one of these values'} cannot go on.",
                "Add a button for what is missing, or one without criteria.", place.key, place.label,
            )  # fmt: skip


def _overlaps(
    place: Place, label: str, offered: dict[str, str], sets: list[tuple[Button, set[str]]]
) -> Iterator[Finding]:
    for (one, these), (other, those) in combinations(sets, 2):
        both = [shown for stored, shown in offered.items() if stored in these and stored in those]
        if both and _aim(one) != _aim(other):
            yield Finding(
                "overlap", "warning",
                f"On “{place.label}” both “{one.label}” and “{other.label}” are shown when {label} is {_any_of(both)}.",
                "The two lead to different screens, so which path a record takes is left to the user's guess.",
                "Narrow the criteria so that each value shows one button.", place.key, place.label,
            )  # fmt: skip


def _any_of(values: list[str]) -> str:
    shown = values[:6]
    more = f" or {len(values) - 6} more" if len(values) > 6 else ""
    return (", ".join(shown[:-1]) + " or " + shown[-1] if len(shown) > 1 and not more else ", ".join(shown)) + more


def _holds(criteria: Criteria, offered: list[str]) -> set[str] | None:
    """The values of a picklist for which criteria over this one field hold; None when that cannot be told."""
    if criteria.group:
        parts = [_holds(part, offered) for part in criteria.group]
        if any(part is None for part in parts):
            return None
        sets = [part for part in parts if part is not None]
        return set.union(*sets) if criteria.group_operator == "or" else set.intersection(*sets)
    value = criteria.value
    values = [item for item in value if isinstance(item, str)] if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        return None
    if criteria.comparator in ("equal", "is", "in"):
        return {item for item in offered if item in values}
    if criteria.comparator in ("not_equal", "isn't", "not_in"):
        return {item for item in offered if item not in values}
    return None


def _rules(place: Place, facts: Facts) -> Iterator[Finding]:
    screen = place.screen
    on_screen = set(screen.field_names)
    ids = {segment.id for segment in screen.segments if segment.id}
    labels = {segment.label for segment in screen.segments}
    for rule in screen.conditional_rules:
        for action in rule.actions:
            for name in action.field_names:
                if name not in on_screen and action.type in _VERBS:
                    yield _absent(place, action, name, facts)
            segment = action.segment
            if segment and segment.id not in ids and (segment.id or segment.name not in labels):
                yield Finding(
                    "rule-segment", "warning",
                    f"A rule on “{place.label}” shows the segment “{segment.name or segment.id}”, "
                    "which the screen does not have.",
                    "When the rule's condition holds, nothing appears.",
                    "Choose an existing segment in the rule, or delete the rule.", place.key, place.label,
                )  # fmt: skip
    yield from _conflicts(place, facts)


def _absent(place: Place, action: RuleAction, name: str, facts: Facts) -> Finding:
    why = {
        "set_mandatory": "The user would have to fill in a field that is not there.",
        "set_values": "The value is set where nobody sees it, or not at all.",
    }.get(action.type, "The rule has nothing to act on.")
    return Finding(
        "rule-field", "error" if action.type == "set_mandatory" else "warning",
        f"A rule on “{place.label}” {_VERBS[action.type]} {facts.label(name)}, which is not on this screen.",
        why, f"Put {facts.label(name)} on “{place.label}”, or change the rule.", place.key, place.label,
    )  # fmt: skip


def _conflicts(place: Place, facts: Facts) -> Iterator[Finding]:
    """Rules with the same condition at the same moment that want opposite things."""
    by_condition: dict[str, list[tuple[ConditionalRule, RuleAction]]] = {}
    for rule in place.screen.conditional_rules:
        for action in rule.actions:
            by_condition.setdefault(words.criteria(rule.criteria), []).append((rule, action))
    named: set[tuple[str, str]] = set()
    for condition, pairs in by_condition.items():
        for (rule, action), (other_rule, other) in combinations(pairs, 2):
            if not _same_moment(rule, other_rule):
                continue
            shared = [name for name in action.field_names if name in other.field_names]
            target = facts.label(shared[0]) if shared else ""
            if action.segment and other.segment and action.segment.id == other.segment.id:
                target = target or f"the segment {action.segment.name}"
            if not target or not _opposite(action, other) or (condition, target) in named:
                continue
            named.add((condition, target))
            when = words.criteria(rule.criteria, facts.label)
            yield Finding(
                "rule-conflict", "error",
                f"Two rules on “{place.label}” contradict each other{f' when {when}' if when else ''}: one "
                f"{words.action(action, facts.label)}, the other {words.action(other, facts.label)}.",
                f"What happens to {target} depends on the order in which the CRM runs them.",
                "Keep one of the two, or make their conditions exclude each other.", place.key, place.label,
            )  # fmt: skip


def _same_moment(one: ConditionalRule, other: ConditionalRule) -> bool:
    return one.execute_on == other.execute_on or "create_edit" in (one.execute_on, other.execute_on)


def _opposite(one: RuleAction, other: RuleAction) -> bool:
    kinds = {one.type, other.type}
    if one.type == other.type == "set_values":
        return bool(one.value != other.value)
    if "hide" in kinds and kinds & (_SHOWS | {"set_mandatory"}):
        return True
    # locking with exemptions and requiring can both be meant; without exemptions nobody could fill it in
    return "set_mandatory" in kinds and any(
        item.type in _LOCKS and not item.exempted_profiles for item in (one, other)
    )


def _nobody(wizard: Wizard, place: Place) -> Iterator[Finding]:
    """Buttons limited to profiles that the wizard is not for."""
    mine = [ref.id for ref in wizard.profiles or []]
    leaving = _leaving(place)
    barred = [button for button in leaving if not any(is_for(profile, button.profiles) for profile in mine)]
    if leaving and len(barred) == len(leaving):
        yield Finding(
            "screen-nobody", "error", f"No profile of the wizard can pass the screen “{place.label}”.",
            "Each of its buttons is limited to profiles that the wizard is not for.",
            "Open one of its buttons to a profile of the wizard, or give the wizard to their profiles.",
            place.key, place.label,
        )  # fmt: skip
        return
    for button in barred:
        names = ", ".join(words.names_of(button.profiles)) or "no profile"
        yield Finding(
            "button-nobody", "warning",
            f"No profile of the wizard may press the button “{button.label}” on “{place.label}”: it is for {names}.",
            "The button is never shown to anybody.",
            "Add a profile of the wizard to the button, or delete the button.", place.key, place.label,
        )  # fmt: skip
