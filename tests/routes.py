"""Every page of the console, found in the URL configuration, so that one added later is tried without a reminder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from console.connections.models import Connection
from console.jobs.models import Job
from crm_client.standin.organisations import built_in
from tests.submissions.written import in_every_state

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """`name` as `reverse` takes it; `arguments` are the names in its path; `view` the function behind it."""

    name: str
    arguments: tuple[str, ...]
    view: Any

    def path(self, values: dict[str, str]) -> str:
        return reverse(self.name, kwargs={argument: values[argument] for argument in self.arguments})


def all_routes() -> list[Route]:
    """Every named route, in the order of the URL configuration; Django's admin has its own tests (tests/operators)."""
    return list(_below(get_resolver().url_patterns, "", ()))


def _below(patterns: list[Any], prefix: str, arguments: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        # Not its converters: Django shares that dictionary among all patterns of one text, and adds outer names to it.
        here = (*arguments, *_ARGUMENT.findall(str(pattern.pattern)))
        if isinstance(pattern, URLResolver) and pattern.namespace == "admin":
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _below(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield Route(f"{prefix}{pattern.name}", here, pattern.callback)


def sample_values(connection: Connection) -> dict[str, str]:
    """An argument's value for every name that a path may hold; a new name fails here until it is added.

    Where one names something of the person's own (a job, a submission), it is made.
    """
    job = Job.objects.create(kind="nothing", title="Nothing to do", connection=connection, person=connection.user)
    return {
        "connection": connection.slug,
        "module": "Leads",
        "form": "csv",
        "part": "fields",
        "job": str(job.pk),
        "submission": str(in_every_state(connection).pk),
        **_ids(),
    }


def _ids() -> dict[str, str]:
    demo = next(organisation for organisation in built_in() if organisation.key == "demo")
    wizard, layout = next(iter(demo.wizard_details))
    process = next(iter(demo.blueprint_settings))
    screens = demo.wizard_details[wizard, layout]["containers"][0]["screens"]
    return {
        "field": demo.fields["Leads"][4]["id"],
        "layout": layout,
        "wizard": wizard,
        "screen": screens[0]["id"],
        "process": process,
        "state": demo.blueprint_settings[process]["states"][0]["id"],
        "transition": demo.blueprint_settings[process]["transitions"][0]["id"],
        "record": demo.records["Leads"][0]["id"],
        "related": "Tasks",
        "attachment": "1",  # nothing's
        "note": "1",  # nothing's
        "browser": "00000000-0000-0000-0000-000000000000",  # nobody's
    }
