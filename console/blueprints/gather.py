"""A process with everything that its pages and its examination need, from the kept copies."""

from __future__ import annotations

from dataclasses import dataclass

from console.blueprints import assembled
from console.blueprints.facts import Facts, People, Value, values_of
from console.blueprints.findings import Report, check
from console.blueprints.graph import ProcessGraph
from console.blueprints.tasks import last_sample, sampled
from console.connections.models import Connection, User
from console.metadata.kept import Kept, KeptMetadata
from console.parts import part
from crm_client.blueprints import Blueprint
from crm_client.errors import CrmError, InvalidRequest, NotAllowed, NotFound, ScopeMissing

REFUSED = (InvalidRequest, NotAllowed, NotFound, ScopeMissing)
"""How the settings of blueprints are refused: by version (v7), by profile, by edition, by scope."""


@dataclass(slots=True)
class Gathered:
    """A process and what is known around it.

    kept      its age; None for one that was put together from records
    seen      how it was put together; None where the settings gave it
    refused   why the settings did not give it
    """

    process: Blueprint
    graph: ProcessGraph
    facts: Facts
    report: Report
    kept: Kept[Blueprint | None] | None = None
    seen: assembled.Seen | None = None
    refused: CrmError | None = None


def gather(
    metadata: KeptMetadata, connection: Connection, person: User, id_: str, *, refresh: bool = False
) -> Gathered | None:
    """The process as configured; where that is refused, as it was seen on records. None: there is none of this id.

    raises  CrmError when the settings cannot be read for another reason than a refusal (no answer, too many calls)
    """
    refused: CrmError | None = None
    try:
        kept = metadata.blueprint(id_, refresh=refresh)
    except REFUSED as exc:
        refused = exc
    else:
        if kept.value is not None:
            return _gathered(metadata, kept.value, kept=kept, refresh=refresh)
    seen = seen_process(connection, person, id_)
    if seen is None:
        return None
    found = _gathered(metadata, seen.process, refresh=refresh)
    found.seen, found.refused = seen, refused
    return found


def seen_process(connection: Connection, person: User, id_: str) -> assembled.Seen | None:
    """A process as the last looks at records saw it."""
    for job in last_sample(connection, person):
        for seen in sampled(job):
            if seen.process.id == id_:
                return seen
    return None


def _gathered(
    metadata: KeptMetadata, process: Blueprint, *, kept: Kept[Blueprint | None] | None = None, refresh: bool = False
) -> Gathered:
    graph = ProcessGraph(process)
    facts = facts_of(metadata, process, refresh=refresh)
    return Gathered(process, graph, facts, check(graph, facts), kept)


def facts_of(metadata: KeptMetadata, process: Blueprint, *, refresh: bool = False) -> Facts:
    """What the CRM says about fields, people and values; what it will not say becomes a reason."""
    facts = Facts()
    if process.module_name:
        fields = part(lambda: metadata.fields(process.module_name, refresh=refresh))
        if fields.kept:
            facts.fields = {one.api_name: one for one in fields.kept.value if one.api_name}
            facts.values = values_of(facts.fields.get(process.field_name))
        elif fields.problem:
            facts.reasons.append(fields.problem.sentence())
    if process.pipeline and process.layout and process.layout.id:
        layout = process.layout.id
        pipelines = part(lambda: metadata.pipelines(layout, refresh=refresh))
        if pipelines.problem:
            facts.reasons.append(pipelines.problem.sentence())
        ref = process.pipeline
        for one in pipelines.kept.value if pipelines.kept else []:
            if one.id == ref.id or (not ref.id and ref.name in (one.display_value, one.actual_value)):
                facts.values = [
                    Value(stage.actual_value, stage.display_value or stage.actual_value) for stage in one.stages
                ]
    facts.people = people_of(metadata)
    return facts


def people_of(metadata: KeptMetadata) -> People:
    """Users, roles and profiles, as far as the CRM tells."""
    users, roles = part(metadata.users), part(metadata.roles)
    profiles = part(metadata.profiles)
    return People(
        users.kept.value if users.kept else None,
        roles.kept.value if roles.kept else None,
        profiles.kept.value if profiles.kept else None,
    )
