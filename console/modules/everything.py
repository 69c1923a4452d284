"""What "Fetch everything" fetches, and what of it is still to do. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.modules.browse import label
from crm_client.modules import Module

KINDS = ("fields", "layouts", "related_lists", "custom_views")
KIND_WORDS = {
    "fields": "fields",
    "layouts": "layouts",
    "related_lists": "related lists",
    "custom_views": "custom views",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One call: a kind of answer for one module. `name` is the module's API name."""

    kind: str
    name: str
    label: str


def is_worth_fetching(module: Module) -> bool:
    """Modules that the API describes to this user: visible ones with records, subforms and linking modules too."""
    return bool(module.api_name and module.api_supported and module.viewable and module.status == "visible")


def steps(modules: Iterable[Module]) -> list[Step]:
    """Every call to make, module by module."""
    return [
        Step(kind, module.api_name, label(module))
        for module in modules
        if is_worth_fetching(module)
        for kind in KINDS
    ]  # fmt: skip


def left_to_do(
    every: Sequence[Step],
    ages: Mapping[str, Mapping[str, datetime]],
    since: datetime,
    failed: Iterable[tuple[str, str]],
) -> list[Step]:
    """The steps that are neither kept since the job began nor known to fail.

    ages    {kind: {module api_name: when its kept copy was fetched}}
    failed  (kind, module api_name) of the calls that the CRM refused
    """
    refused = set(failed)
    return [
        step
        for step in every
        if (step.kind, step.name) not in refused and not _is_new(ages.get(step.kind, {}).get(step.name), since)
    ]


def _is_new(fetched_at: datetime | None, since: datetime) -> bool:
    return fetched_at is not None and fetched_at >= since
