"""Files and images chosen in a form: sent to the CRM's waiting room first, then named by the record."""

from console.fieldforms import Problem, RecordForm
from console.http import CrmRequest
from crm_client.bodies import FileToSend
from crm_client.errors import CrmError

MOST_FILES = 10
LARGEST = 20_000_000


def upload_chosen(request: CrmRequest, form: RecordForm, posted: dict[str, list[str]]) -> list[Problem]:
    """Sends what was chosen, and adds each file's id to `posted` under its field's name.

    A file that no record names afterwards does no harm: the CRM forgets it.
    returns  what went wrong, on the field
    """
    problems = []
    for name in form.upload_names:
        chosen = request.FILES.getlist(f"{name}-new")
        if not chosen:
            continue
        slot = form.slot(name)
        label = slot.label if slot else name
        if len(chosen) > MOST_FILES or any(not file.size or file.size > LARGEST for file in chosen):
            text = f"{label}: at most {MOST_FILES} files at once, each with something in it and of up to 20 MB."
            problems.append(Problem(None, name, name, label, "files", text, next_step="Choose others."))
            continue
        files = [
            FileToSend(file.name or "file", file.read(), file.content_type or "application/octet-stream")
            for file in chosen
        ]
        try:
            sent = request.crm.files.upload(files)
        except CrmError as exc:
            text = f"{label}: the file was not taken. {exc.sentence()}"
            problems.append(
                Problem(None, name, name, label, exc.code or exc.message_code, text, next_step=exc.next_step)
            )
            continue
        posted[name] = [*posted.get(name, []), *(f"{one.id} {one.name}" for one in sent)]
    return problems
