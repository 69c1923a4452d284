"""Background work of this room: examining every wizard of the organisation."""

from typing import Any

from console.connections.models import Connection, User
from console.jobs.handle import JobHandle
from console.jobs.models import Job
from console.wizards.gather import STOPS, gather
from crm_client.errors import CrmError
from crm_client.values import as_api_name
from crm_client.wizards import Container, Wizard

CHECK_WIZARDS = "check_wizards"


def check_wizards(handle: JobHandle) -> None:
    """Every wizard for each of its layouts, read afresh; may be run again and goes on where it was.

    result["parts"]     one entry per wizard and layout, with its findings
    result["failures"]  what the CRM would not give, passed over
    """
    result = handle.job.result
    parts: list[dict[str, Any]] = list(result.get("parts", []))
    failures: list[dict[str, str]] = list(result.get("failures", []))
    done = {(item["wizard"], item["layout"]) for item in (*parts, *failures)}
    # fetch() and not refresh=True: where the CRM is silent, an older copy must not pass for what was checked today
    listed = handle.kept.wizards().value if done else handle.kept.fetch("wizards").value
    every = [(wizard, container) for wizard in listed for container in wizard.containers]
    read: set[str] = set()
    for number, (wizard, container) in enumerate(every):
        if (wizard.id, container.layout_id) in done:
            continue
        handle.progress(number, len(every), f"{wizard.label}: {container.label}")
        try:
            if wizard.module_name not in read:  # fields and layouts once per module, not once per wizard
                _read_module(handle, wizard.module_name)
                read.add(wizard.module_name)
            handle.kept.fetch("wizard", f"{wizard.id}/{container.layout_id}")
            found = gather(handle.kept, wizard.id, container.layout_id, patient=True)
        except STOPS:
            raise
        except CrmError as exc:
            failures.append(_failure(wizard, container, exc))
        else:
            if found is not None:
                parts.append({
                    "wizard": wizard.id, "layout": container.layout_id, "label": wizard.label,
                    "layout_label": container.label, "module": wizard.module_name,
                    "findings": [item.as_json() for item in found.report.findings],
                    "not_checked": found.report.not_checked, "unread": found.wizard.unread,
                })  # fmt: skip
        handle.result(parts=parts, failures=failures)
    handle.result(parts=parts, failures=failures)
    handle.progress(len(every), len(every))


def _read_module(handle: JobHandle, module: str) -> None:
    """Fields and layouts afresh; what the CRM will not give is said by each finding's report."""
    for kind in ("fields", "layouts"):
        try:
            handle.kept.fetch(kind, module)
        except STOPS:
            raise
        except CrmError:
            continue


def _failure(wizard: Wizard, container: Container, exc: CrmError) -> dict[str, str]:
    return {
        "kind": "wizard", "module": as_api_name(wizard.module_name), "label": f"{wizard.label} ({container.label})",
        "code": exc.code or exc.message_code, "text": exc.sentence(),
        "wizard": wizard.id, "layout": container.layout_id,
    }  # fmt: skip


def last_check(connection: Connection, person: User) -> Job | None:
    """The last examination that was finished by this person in this organisation."""
    mine = Job.objects.for_user(person).filter(connection=connection, kind=CHECK_WIZARDS)
    return mine.filter(state=Job.State.DONE).order_by("-finished_at").first()


def running_check(connection: Connection, person: User) -> Job | None:
    """The examination that is under way."""
    mine = Job.objects.for_user(person).filter(connection=connection, kind=CHECK_WIZARDS)
    return mine.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
