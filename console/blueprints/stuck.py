"""Why a record does not get on: a sentence for each thing in the way, and what resolves it. Pure.

A record is free when one transition at least is open to this person that is manual, matches its criteria, is neither a
parallel parent nor a part of one, and lacks no mandatory input. At an end of its process it is never stuck. Any other
record is stuck, for one main reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from console.blueprints import words
from console.blueprints.facts import Facts
from console.blueprints.graph import Move, ProcessGraph
from console.conditions import criteria, listed
from crm_client.blueprint_parts import Owner
from crm_client.blueprints import Blueprint
from crm_client.record_blueprints import OpenTransition, RecordBlueprint
from crm_client.users import User
from crm_client.values import JsonObject, as_object, as_text

REASONS = {
    "criteria": "Criteria are not met",
    "inputs": "Required inputs are missing",
    "profile": "It is for another profile",
    "owner": "It is for somebody else",
    "locked": "The record is locked",
    "waiting": "It waits for its time",
    "parallel": "Parallel parts are open",
    "other_process": "It is in another process",
}
"""Every reason with its heading."""


@dataclass(slots=True)
class Hindrance:
    """One thing in the way.

    code  a key of REASONS
    move  key of the transition on the map that it is about; "" for none
    link  what resolves it, or leads there: edit (the record's form), record, map, process, scopes
    """

    code: str
    sentence: str
    todo: str
    move: str = ""
    link: str = ""

    @property
    def is_resolved_in_zoho(self) -> bool:
        return self.code in ("inputs", "parallel", "locked", "other_process")


@dataclass(slots=True)
class Verdict:
    """`reason`: main reason, a key of REASONS; "" when the record is not stuck."""

    reason: str
    headline: str
    hindrances: list[Hindrance] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    @property
    def is_stuck(self) -> bool:
        return bool(self.reason)


@dataclass(slots=True)
class Case:
    """A record in its process.

    place    as the CRM gives it to this person
    record   the record itself, in the API's shape
    graph    its process; None when it is not known
    me       who asks; None when the CRM would not say
    in_force the active process for the record's module and layout, when it is another one
    """

    place: RecordBlueprint
    record: JsonObject
    graph: ProcessGraph | None
    facts: Facts
    me: User | None = None
    in_force: Blueprint | None = None

    @property
    def is_configured(self) -> bool:
        return self.graph is not None and self.graph.process.status != "seen"


def is_free(one: OpenTransition, parents: Iterable[str]) -> bool:
    """Whether this person can run an open transition as the record is now."""
    is_part = one.parent is not None or one.id in parents
    return not one.is_automatic and one.criteria_matched is not False and not is_part and not one.missing()


def parents_of(place: RecordBlueprint) -> set[str]:
    """Ids of the parallel transitions whose parts are open."""
    return {one.parent.id for one in place.transitions if one.parent}


def explain(case: Case) -> Verdict:
    """Whether the record is stuck, and each thing in the way."""
    place = case.place
    parents = parents_of(place)
    free = [one for one in place.transitions if is_free(one, parents)]
    if free:
        waits = [_waits(case, one) for one in free]
        return Verdict("", f"Nothing is in the way: {_count(len(free))} can be run now.", [], waits)
    here = case.graph.place_of(place.field_value) if case.graph else None
    is_over = here is not None and case.graph is not None and not case.graph.walk.out[here.key] and case.is_configured
    if is_over and not place.transitions:
        return Verdict("", f"“{place.field_value}” is an end of the process: nothing leads on from here.")
    found = [*_other_process(case), *_open(case, parents), *_others(case)]
    reason = _main(case, parents, found)
    if not found:
        found = [_nobody(case)]
    order = {code: number for number, code in enumerate([reason, *REASONS])}
    found.sort(key=lambda one: order.get(one.code, len(order)))
    return Verdict(reason, f"Stuck in “{place.field_value}”. {REASONS[reason]}.", found)


def locked() -> Verdict:
    """The CRM tells nothing of a locked record but that it is locked."""
    return Verdict("locked", f"Stuck. {REASONS['locked']}.", [
        Hindrance(
            "locked", "The record is locked: no transition can be run, and Zoho CRM does not tell which there are.",
            "Have it unlocked in Zoho CRM by who locked it or by an administrator; locks of an approval or a review "
            "end with it.", link="record",
        )
    ])  # fmt: skip


def _main(case: Case, parents: set[str], found: list[Hindrance]) -> str:
    """The reason to name first."""
    codes = {one.code for one in found}
    manual = [one for one in case.place.transitions if not one.is_automatic]
    if "other_process" in codes:
        return "other_process"
    if parents:
        return "parallel"
    if not case.place.transitions:
        return "profile" if "profile" in codes and "owner" not in codes else "owner"
    if not manual:
        return "waiting"
    return "criteria" if any(one.criteria_matched is False for one in manual) else "inputs"


def _other_process(case: Case) -> list[Hindrance]:
    process = case.graph.process if case.graph else None
    if process is None or process.status not in ("inactive", "draft") or case.place.transitions:
        return []
    instead = f" The process in force is “{case.in_force.label}”." if case.in_force else ""
    return [Hindrance(
        "other_process",
        f"The record is still in “{process.label}”, which is {words.STATUSES[process.status]}.{instead}",
        "Take the record out of the old process in Zoho CRM, so that it can enter the one in force, or switch the old "
        "one on again.", link="process",
    )]  # fmt: skip


def _open(case: Case, parents: set[str]) -> list[Hindrance]:
    """What keeps the transitions that are offered to this person from being run."""
    found = []
    for one in case.place.transitions:
        move = case.graph.move_of(one.id, one.name) if case.graph else None
        key = move.key if move else ""
        if one.id in parents:
            found.append(_parallel(case, one, move))
        elif one.parent is not None:
            missing = listed([words.field_label(asked) for asked in one.missing()])
            needs = f" It requires {missing}." if missing else ""
            found.append(Hindrance(
                "parallel", f"Its part “{one.label}” is still open.{needs}",
                "Do this part in Zoho CRM; it is offered to you.", key, "map",
            ))  # fmt: skip
        elif one.is_automatic:
            found.append(_automatic(one, move))
        elif one.criteria_matched is False:
            found.append(_criteria(case, one, move))
        elif one.missing():
            missing = listed([words.field_label(asked) for asked in one.missing()])
            saved = f" ({one.percent_partial_save:.0f} % of it is saved)" if one.percent_partial_save else ""
            found.append(Hindrance(
                "inputs", f"“{one.label}” requires {missing}, which {_is(len(one.missing()))} empty{saved}.",
                "Fill it in while running the transition in Zoho CRM, or on the record beforehand.", key,
                "edit" if all(asked.kind == "field" for asked in one.missing()) else "map",
            ))  # fmt: skip
    return found


def _parallel(case: Case, one: OpenTransition, move: Move | None) -> Hindrance:
    """The parent: what is open, and what others may still have to do."""
    open_ids = {child.id for child in case.place.transitions if child.parent and child.parent.id == one.id}
    elsewhere = [child for child in move.children if child.transition.id not in open_ids] if move else []
    others = [child for child in elsewhere if case.me and not _may(case, child.transition.owners)]
    told = ""
    if others:
        whose = [f"“{child.label}” (for {_owners(case, child.transition.owners)})" for child in others]
        told = f" Not offered to you, so perhaps open for others: {listed(whose)}."
    count = len(open_ids)
    return Hindrance(
        "parallel",
        f"“{one.label}” closes by itself once all its parts are done; {count} {_is(count)} still open for you.{told}",
        "Do the parts that are open.", move.key if move else "", "map",
    )  # fmt: skip


def _automatic(one: OpenTransition, move: Move | None) -> Hindrance:
    at = words.moment(one.execution_time)
    when = f"on {at:%d %b %Y at %H:%M} (UTC{at:%z})" if at else "at a time that Zoho CRM does not tell"
    return Hindrance(
        "waiting", f"“{one.label}” runs by itself {when}; nobody can run it before.",
        "Wait for that moment, or have another transition drawn that leaves this state.",
        move.key if move else "", "map",
    )  # fmt: skip


def _criteria(case: Case, one: OpenTransition, move: Move | None) -> Hindrance:
    """Which condition the record does not meet, with the values it has."""
    rule = move.transition.criteria if move else None
    told = criteria(rule, case.facts.label)
    if rule is not None and told:
        names = dict.fromkeys(leaf.field.name for leaf in rule.leaves() if leaf.field and leaf.field.name)
        has = listed([f"{case.facts.label(name)} is {words.shown(case.record.get(name))}" for name in names])
        sentence = f"“{one.label}” is open only when {told}; here {has}."
    else:
        sentence = f"“{one.label}” is not open: {one.criteria_message or 'the record does not meet its criteria.'}"
    return Hindrance(
        "criteria", sentence, "Change the record so that it meets the criteria, or choose another transition.",
        move.key if move else "", "edit",
    )  # fmt: skip


def _others(case: Case) -> list[Hindrance]:
    """Transitions of this state that are not offered: for whom the settings say they are."""
    here = case.graph.place_of(case.place.field_value) if case.graph and case.is_configured else None
    if case.graph is None or here is None:
        return []
    offered = {one.id for one in case.place.transitions}
    found = []
    for move in case.graph.leaving(here.key):
        one = move.transition
        if one.id in offered or one.is_automatic or not one.owners or _may(case, one.owners):
            continue
        code = "profile" if all(owner.type == "profiles" for owner in one.owners) else "owner"
        whose = _owners(case, one.owners)
        found.append(Hindrance(
            code, f"“{move.label}” waits for {whose}{_who_am_i(case, code)}.",
            f"Ask {whose} to run it, or have the transition given to you in the blueprint.", move.key, "map",
        ))  # fmt: skip
    return found


def _nobody(case: Case) -> Hindrance:
    """Nothing is offered, and nothing is known about why."""
    if case.is_configured:
        return Hindrance(
            "owner", f"No transition out of “{case.place.field_value}” is offered to you.",
            "Ask the owner of the record, or look at the map for who may run what.", link="map",
        )  # fmt: skip
    return Hindrance(
        "owner",
        f"No transition out of “{case.place.field_value}” is offered to you. For whom they are stands in the settings "
        "of the blueprint, which this connection may not read.",
        "Ask the owner of the record, or have the scope of the blueprints’ settings granted.", link="scopes",
    )  # fmt: skip


def _may(case: Case, owners: list[Owner]) -> bool:
    """Whether this person is among the owners; where that cannot be told, yes: nothing is blamed on a guess."""
    if not owners or case.me is None:
        return True
    for owner in owners:
        if owner.type == "record_owner":
            if as_text(as_object(case.record.get("Owner")).get("id")) == case.me.id:
                return True
        elif owner.type in ("users", "roles", "profiles"):
            ref = case.me.role if owner.type == "roles" else case.me.profile
            mine = case.me.id if owner.type == "users" else ref.id if ref else ""
            if any(one.id == mine for one in owner.resources):
                return True
        else:
            return True
    return False


def _owners(case: Case, owners: list[Owner]) -> str:
    """Who may run a transition, with the record's owner by name."""
    told = words.owners(owners, case.facts.people)
    name = as_text(as_object(case.record.get("Owner")).get("name"))
    return told.replace("the record’s owner", f"the record’s owner ({name})") if name else told


def _who_am_i(case: Case, code: str) -> str:
    if case.me is None:
        return ""
    if code == "profile" and case.me.profile:
        return f"; your profile is {case.me.profile.name or case.me.profile.id}"
    return f"; you are {case.me.label}"


def _waits(case: Case, one: OpenTransition) -> str:
    """Which transition waits for whom, when nothing is in the way."""
    move = case.graph.move_of(one.id, one.name) if case.graph else None
    owners = move.transition.owners if move else []
    if not owners:
        return f"“{one.label}” waits for you, or for anybody else who may edit the record."
    return f"“{one.label}” waits for {_owners(case, owners)}: you are among them."


def _count(number: int) -> str:
    return "1 transition" if number == 1 else f"{number} transitions"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
