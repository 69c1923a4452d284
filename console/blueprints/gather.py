"""A process with everything that its pages and its examination need, from the kept copies."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from console.blueprints import assembled
from console.blueprints.facts import Facts, People, Value, values_of
from console.blueprints.findings import Report, check
from console.blueprints.graph import ProcessGraph
from console.blueprints.tasks import last_sample, sampled
from console.connections.models import Connection, User
from console.metadata.kept import Kept, KeptMetadata
from console.parts import part
from crm_client.blueprints import Blueprint
from crm_client.errors import InvalidRequest, NotAllowed, NotFound, ScopeMissing
from crm_client.scopes import covers

REFUSED = (InvalidRequest, NotAllowed, NotFound, ScopeMissing)
"""How the settings of blueprints are refused: by version (v7), by profile, by edition, by scope."""


SCOPE = "ZohoCRM.settings.blueprint.READ"
REMEMBERED_S = 600


@dataclass(slots=True)
class Gathered:
    """A process and what is known around it.

    kept      its age; None for one that was put together from records
    seen      how it was put together; None where the settings gave it
    has_page  False for one that a single record shows: it has no map of its own
    """

    process: Blueprint
    graph: ProcessGraph
    facts: Facts
    report: Report
    kept: Kept[Blueprint | None] | None = None
    seen: assembled.Seen | None = None
    has_page: bool = True


def gather(
    metadata: KeptMetadata, connection: Connection, person: User, id_: str, *, refresh: bool = False
) -> Gathered | None:
    """The process as configured; where that is refused, as it was seen on records. None: there is none of this id.

    raises  CrmError when the settings cannot be read for another reason than a refusal (no answer, too many calls)
    """
    kept = configured(metadata, connection, id_, refresh=refresh)
    if kept is not None and kept.value is not None:
        return _gathered(metadata, kept.value, kept=kept, refresh=refresh)
    seen = seen_process(connection, person, id_)
    if seen is None:
        return None
    found = _gathered(metadata, seen.process, refresh=refresh)
    found.seen = seen
    return found


def configured(
    metadata: KeptMetadata, connection: Connection, id_: str, *, refresh: bool = False
) -> Kept[Blueprint | None] | None:
    """A process as the settings give it; None where they are refused. What is known to be refused is not asked."""
    known = metadata.known("blueprint", id_)
    if known is None and not may_ask(connection):
        return None
    try:
        return metadata.blueprint(id_, refresh=refresh)
    except (NotAllowed, ScopeMissing):
        remember_refusal(connection)
    except REFUSED:
        pass
    return None


def heads(metadata: KeptMetadata, connection: Connection) -> list[Blueprint]:
    """The heads of all processes; none where the settings are refused. What is known to be refused is not asked."""
    if metadata.known("blueprints") is None and not may_ask(connection):
        return []
    try:
        return metadata.blueprints().value
    except (NotAllowed, ScopeMissing):
        remember_refusal(connection)
    except REFUSED:
        pass
    return []


def may_ask(connection: Connection) -> bool:
    """Whether the settings of blueprints may be given: by version, by what was granted, by the last refusal."""
    is_granted = connection.api_version >= 8 and covers(connection.scopes.split(), SCOPE)
    return is_granted and not cache.get(_refused(connection))


def remember_refusal(connection: Connection) -> None:
    """So that a page which does without them does not ask again at every look."""
    cache.set(_refused(connection), True, REMEMBERED_S)


def forget_refusal(connection: Connection) -> None:
    """Somebody asks for the settings once more."""
    cache.delete(_refused(connection))


def _refused(connection: Connection) -> str:
    return f"blueprints-refused-{connection.pk}"


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
