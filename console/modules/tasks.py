"""Background work of this room: fetching everything that is told about all modules, and the field workbook of it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from console.exports import file_name
from console.jobs import files
from console.jobs.handle import JobHandle
from console.modules import workbook
from console.modules.everything import KIND_WORDS, KINDS, Step, is_worth_fetching, left_to_do, steps
from console.templatetags.console import environment_word
from crm_client.errors import CrmError, NoAnswer, NotSent, ScopeMissing, SignInError, TokenRefused, TooManyRequests
from crm_client.modules import Module

WORKBOOK = "field_workbook"
FORMS = ("xlsx", "md")

# So many calls in a row without an answer mean that the CRM is down, not that one module is odd.
MOST_SILENT = 3


@dataclass(slots=True)
class Failure:
    """A call that the CRM would not answer; the job goes on with the next."""

    kind: str
    module: str
    label: str
    code: str
    text: str


def fetch_everything(handle: JobHandle) -> None:
    """All fields, layouts, related lists and custom views; may be run again at any time and goes on where it was.

    A copy kept since the job was created counts as done. What the CRM refuses is listed in `result["failures"]` and
    passed over; when it cannot be asked at all (down, throttled, signed out) the job waits or ends with that error.
    """
    since = handle.job.created_at
    listed = handle.kept.known("modules")
    modules = listed.value if listed and listed.fetched_at >= since else handle.kept.fetch("modules").value
    every = steps(modules)
    failures = [Failure(**item) for item in handle.job.result.get("failures", [])]
    ages = {kind: handle.kept.ages(kind) for kind in KINDS}
    waiting = left_to_do(every, ages, since, [(failure.kind, failure.module) for failure in failures])
    done = len(every) - len(waiting)
    silent: list[Failure] = []
    missing_scopes: dict[str, ScopeMissing] = {}
    for step in waiting:
        handle.progress(done, len(every), f"{step.label}: {KIND_WORDS[step.kind]}")
        try:
            if step.kind in missing_scopes:  # every further call of this kind would be refused alike
                raise missing_scopes[step.kind]
            handle.kept.fetch(step.kind, step.name)
        except (TooManyRequests, SignInError, TokenRefused):
            raise
        except (NoAnswer, NotSent) as exc:
            silent.append(_failure(step, exc))
            if len(silent) >= MOST_SILENT or isinstance(exc, NotSent):
                raise
        except CrmError as exc:
            if isinstance(exc, ScopeMissing):
                missing_scopes[step.kind] = exc
            failures.append(_failure(step, exc))
            _tell(handle, failures)
        else:
            # The CRM answers again, so what it would not answer before is that module's own trouble.
            if silent:
                failures += silent
                silent = []
                _tell(handle, failures)
        done += 1
    _tell(handle, failures + silent)
    handle.progress(len(every), len(every))


def make_workbook(handle: JobHandle) -> None:
    """The workbook from kept copies alone: not one call to the CRM beyond the list of modules.

    params  form: "xlsx" or "md"
    """
    connection, form = handle.job.connection, str(handle.job.params["form"])
    wanted = [module for module in handle.kept.modules().value if is_worth_fetching(module)]
    fields, layouts = handle.kept.ages("fields"), handle.kept.ages("layouts")
    about = workbook.About(
        connection.org_name,
        environment_word(connection.environment),
        connection.crm_user_name,
        f"{timezone.now():%Y-%m-%d %H:%M} UTC",
        [module.api_name for module in wanted if module.api_name not in fields or module.api_name not in layouts],
    )
    with files.made(handle, form, file_name(connection.org_name, "fields")) as draft:
        if form == "md":
            with draft.open("w", encoding="utf-8") as text:
                text.writelines(f"{line}\n" for line in workbook.markdown_lines(about, _entries(handle, wanted)))
        else:
            with draft.open("wb") as out:
                workbook.write_xlsx(out, about, _entries(handle, wanted))
    handle.progress(len(wanted), len(wanted))


def _entries(handle: JobHandle, modules: list[Module]) -> Iterator[workbook.Entry]:
    for number, module in enumerate(modules):
        handle.progress(number, len(modules), module.plural_label or module.api_name)
        fields = handle.kept.known("fields", module.api_name)
        layouts = handle.kept.known("layouts", module.api_name)
        yield workbook.Entry(module, fields.value if fields else None, layouts.value if layouts else None)


def _failure(step: Step, exc: CrmError) -> Failure:
    return Failure(step.kind, step.name, step.label, exc.code or exc.message_code, exc.sentence())


def _tell(handle: JobHandle, failures: list[Failure]) -> None:
    told: list[dict[str, Any]] = [asdict(failure) for failure in failures]
    handle.result(failures=told)
