"""Which processes a made company has; those of a sandbox have drifted from production's."""

from __future__ import annotations

from dataclasses import replace

from crm_client.standin.organisations.made.blueprint_spec import ProcessSpec, StateSpec, TransitionSpec
from crm_client.standin.organisations.made.blueprints_demo import CASES, DEALS, LEADS, LOANS, RUNNING
from crm_client.standin.organisations.made.blueprints_planted import PLANTED
from crm_client.standin.organisations.made.world import Company


def blueprints_of(company: Company) -> tuple[ProcessSpec, ...]:
    """The descriptions of a company's processes; the European one has none."""
    if company.key.startswith("europe"):
        return ()
    if company.environment == "production":
        return (*RUNNING, *PLANTED)
    return (_leads(), _deals(), _cases(), _loans(), *PLANTED)


def _without(spec: ProcessSpec, states: str = "", transitions: str = "") -> ProcessSpec:
    gone = transitions.split("|")
    return replace(
        spec,
        states=tuple(state for state in spec.states if state.value not in states.split("|")),
        transitions=tuple(one for one in spec.transitions if one.name not in gone),
    )


def _changed(spec: ProcessSpec, which: str, /, **changes: object) -> ProcessSpec:
    """The process with one transition changed."""
    return replace(
        spec,
        transitions=tuple(
            replace(one, **changes) if one.name == which else one  # type: ignore[arg-type]
            for one in spec.transitions
        ),
    )


def _leads() -> ProcessSpec:
    """A state and its ways gone, one new; an input made mandatory, other criteria."""
    spec = _without(LEADS, "Contact in Future|Junk Lead", "Throw away|Call now|Wake up")
    spec = _changed(spec, "Call later", target="Nurturing", name="Nurture", inputs="")
    spec = _changed(spec, "Lose", source="Attempted to Contact|Contacted|Nurturing", owners="record_owner")
    spec = _changed(spec, "Qualify", when="Email != EMPTY and Phone != EMPTY", inputs="Requested_Amount!; Consent_Date")
    return replace(
        spec,
        states=(*spec.states, StateSpec("Nurturing", 20, "30 days")),
        transitions=(*spec.transitions, TransitionSpec("Try again", "Nurturing", "Attempted to Contact")),
    )


def _deals() -> ProcessSpec:
    """A state added between two; another limit; an owner more."""
    spec = _changed(DEALS, "Win", source="Legal Review", when="Amount < 250000", owners="roles:CEO")
    spec = _changed(spec, "Win a large one", source="Legal Review", when="Amount >= 250000", owners="users:Alice,Dora")
    return replace(
        spec,
        states=(*spec.states, StateSpec("Legal Review", 4, "3 days", fill={"Amount": 48_000.0})),
        transitions=(*spec.transitions, TransitionSpec("To the lawyers", "Negotiation/Review", "Legal Review")),
    )


def _cases() -> ProcessSpec:
    """The same graph; a state escalates later, the process is another's."""
    states = tuple(replace(one, overdue="2 days") if one.value == "Escalated" else one for one in CASES.states)
    return replace(CASES, states=states, owners="roles:CEO")


def _loans() -> ProcessSpec:
    """A child, a transition and an input gone; a shorter wait."""
    checks = next(one for one in LOANS.transitions if one.children)
    spec = _changed(_without(LOANS, "", "Reject at once"), checks.name, children=checks.children[:3])
    spec = _changed(spec, "Documents arrived", inputs="Documents_Received!")
    return _changed(spec, "Cooling-off over", after="7 days")
