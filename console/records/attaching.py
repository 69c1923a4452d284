"""A file attached to a record, as an operation of the one door: how it is sent, and how a lost answer is looked up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from console.records import attached_files
from console.records.attached_files import ATTACH
from console.records.values import as_moment
from console.submissions import clocks
from console.submissions.models import Row, Submission
from console.submissions.operations import Found, Operation, Unsure, Verdict
from crm_client import CrmClient
from crm_client.attachments import Attachment
from crm_client.bodies import FileToSend
from crm_client.errors import InvalidName
from crm_client.values import JsonObject
from crm_client.writes import RowAnswer

_KIND = re.compile(r"[a-z]{1,40}/[a-z0-9][a-z0-9.+\-]{0,80}", re.ASCII | re.IGNORECASE)
_MOST_PAGES = 10  # of a record's attachments that are looked through, 200 each
_SLACK = timedelta(seconds=2)  # the CRM tells whole seconds
_ABOUT = timedelta(seconds=60)  # where its clock was not known when the call was sent


def values(record: str, name: str, size: int, content_type: str, file: str) -> JsonObject:
    """The row of one file; `file` is where its bytes lie (attached_files)."""
    return {"id": record, "name": name, "size": size, "type": content_type, "file": file}


def _send(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> list[RowAnswer | None]:
    """One file. The row stays about its record, so that its page leads there."""
    (row,) = rows
    told = row.payload or {}
    content = attached_files.read(str(told.get("file", "")))
    if content is None:
        raise InvalidName("the console does not keep its file any more; attach it anew", what="an attachment")
    kind = str(told.get("type", ""))
    file = FileToSend(str(told.get("name", "")), content, kind if _KIND.fullmatch(kind) else "application/octet-stream")
    answer = crm.attachments.upload(submission.module, row.crm_id, file)
    return [replace(answer, id=row.crm_id) if answer is not None and answer.is_success else answer]


def _look_up(crm: CrmClient, submission: Submission, rows: Sequence[Row]) -> Mapping[int, Verdict]:
    """The record's attachments tell: lists are read from the data itself, not from an index that lags.

    Ours is there when more of that name and size were attached by this person since it was sent than other rows of the
    console can have made. When there are only theirs, or none, a person says whether to send it again.
    """
    found: dict[int, Verdict] = {}
    for row in rows:
        since = _since(row)
        alike = sum(_is_like(one, row, submission, since) for one in _attachments(crm, submission.module, row.crm_id))
        made, perhaps = _others(row, since)
        if alike > made + perhaps:
            found[row.pk] = Found(row.crm_id)
        else:
            found[row.pk] = Unsure((row.crm_id,), "NOT-FOUND-SEND-AGAIN" if alike <= made else "SENT-UNKNOWN")
    return found


def _since(row: Row) -> datetime:
    """The earliest that its attachment can have been made, by the CRM's clock."""
    return clocks.sent_at(row.call, row.submission.connection) - _slack(row)


def _slack(row: Row) -> timedelta:
    return _SLACK if row.call.crm_sent_at else _ABOUT


def _attachments(crm: CrmClient, module: str, record: str) -> Iterator[Attachment]:
    for number in range(1, _MOST_PAGES + 1):
        page = crm.attachments.of(module, record, number)
        yield from page.attachments
        if not page.info.more_records:
            return


def _is_like(one: Attachment, row: Row, submission: Submission, since: datetime) -> bool:
    told, made = row.payload or {}, as_moment(one.created_time)
    by = one.created_by.id if one.created_by else ""
    is_same = (one.file_name, one.size) == (told.get("name"), told.get("size")) and not one.is_link
    return is_same and by == submission.connection.crm_user_id and made is not None and made >= since


def _others(row: Row, since: datetime) -> tuple[int, int]:
    """How many other rows for the same file on the same record have made an attachment since, and how many may have."""
    rows = Row.objects.filter(submission__operation=ATTACH, crm_id=row.crm_id, call__sent_at__isnull=False)
    rows = rows.exclude(pk=row.pk).select_related("call", "submission__connection")
    states, told = Row.State, row.payload or {}
    made = perhaps = 0
    for one in rows.filter(state__in=[states.SENT, states.SUCCEEDED, states.UNKNOWN]):
        is_same = all((one.payload or told).get(key) == told.get(key) for key in ("name", "size"))
        if not is_same or clocks.sent_at(one.call, one.submission.connection) < since - _ABOUT:
            continue
        if one.state != states.SUCCEEDED:
            perhaps += 1
        elif one.settled_at is None or row.call.sent_at is None or one.settled_at > row.call.sent_at - _slack(row):
            made += 1
    return made, perhaps


OPERATION = Operation(
    ATTACH, "attach", "attached", "POST", "/{module}/{id}/Attachments", _send, _look_up, with_id=True, size=1
)
