"""What the answer to a write means for each row that was sent. Pure: no HTTP.

Nothing is settled by guessing. An answer belongs to a row by its place alone, and places count only when the list is as
long as what was sent and no id stands in it twice; an item that does not say how it ended says nothing.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html (also update, upsert, delete); status-codes.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_client.answers import REFRESHABLE, Answer, error_of, parsed, refusal, says_error
from crm_client.errors import BadAnswer, ScopeMissing
from crm_client.values import JSON, JsonObject, as_id, as_object, as_text, as_text_or_none

# With these statuses a list under "data" is one answer per row: done, taken on, mixed, all refused, changed meanwhile.
PER_ROW = frozenset({200, 201, 202, 207, 400, 412})
SERVER_FAULTS = 500  # and above: says nothing, whatever it holds
_SCOPES = {
    "POST": "ZohoCRM.modules.CREATE",
    "PUT": "ZohoCRM.modules.UPDATE",
    "DELETE": "ZohoCRM.modules.DELETE",
}
# Errors of the whole request, which some versions of the CRM put into the list as its only item.
_OF_THE_REQUEST = frozenset(
    {
        "INVALID_MODULE",
        "INVALID_REQUEST_METHOD",
        "INVALID_URL_PATTERN",
        "AUTHORIZATION_FAILED",
        "NO_PERMISSION",
        "OAUTH_SCOPE_MISMATCH",
        "API_NOT_SUPPORTED",
        "TOO_MANY_REQUESTS",
        "LIMIT_EXCEEDED",
        *REFRESHABLE,
    }
)


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What the CRM says became of one row.

    code, message     the CRM's own: "SUCCESS", "record added"
    details           of a refusal: api_name, json_path and what would be valid; may hold values of records
    id                of the record that was made, changed or deleted; "" for a refused row
    action            upsert only: "insert" or "update"
    duplicate_field   upsert only: the field that found the record
    occurrence_ids    of every record that a recurring activity became, the first one's is `id`
    """

    is_success: bool
    code: str
    message: str = ""
    details: JsonObject = field(default_factory=dict)
    id: str = ""
    action: str = ""
    duplicate_field: str | None = None
    occurrence_ids: tuple[str, ...] = ()

    @classmethod
    def from_api(cls, raw: JSON) -> RowAnswer | None:
        """None when the item does not say how it ended: no status, no code, or a success without an id."""
        raw = as_object(raw)
        status, code = raw.get("status"), as_text(raw.get("code"))
        details = as_object(raw.get("details"))
        if not code or status not in ("success", "error"):
            return None
        id_ = as_id(details.get("id")) if status == "success" else ""
        if status == "success" and not id_:
            return None
        return cls(
            status == "success",
            code,
            as_text(raw.get("message")),
            details,
            id_,
            as_text(raw.get("action")),
            as_text_or_none(raw.get("duplicate_field")),
        )


def items_of(answer: Answer, *, method: str, path: str, what: str, sent: int) -> list[JSON]:
    """The items of an answer to a write of `sent` rows, as they came.

    raises   Refused when the CRM refused the request as a whole (nothing was done), NoAnswer (ServerFault, BadAnswer)
             for anything that does not say: the outcome is unknown then
    """
    try:
        items = _items(answer, what, path)
        _refuse_whole(items, sent, answer, what, path)
    except ScopeMissing as error:  # the reading half of the client names the scope for reading
        scope = "ZohoCRM.Files.CREATE" if path == "/files" else _SCOPES[method]
        reason = f"this connection was not granted access to it, it needs {scope}"
        raise ScopeMissing(
            reason, what=what, code=error.code, status=error.status, details=error.details, scope=scope
        ) from None
    return items


def _items(answer: Answer, what: str, path: str) -> list[JSON]:
    if answer.status not in PER_ROW:
        if answer.status < SERVER_FAULTS:
            _nothing_succeeded(answer, what)
        raise error_of(answer, what=what, path=path) or BadAnswer("it is empty", what=what, status=answer.status)
    body = parsed(answer.body, what=what, status=answer.status)
    data = body.get("data")
    if type(data) is list:
        return data
    if says_error(body) or (type(data) is dict and says_error(data)):
        # error_of knows the limits and what a token's refusal looks like; under a good status it finds no error.
        told = as_object(data) or body
        raise error_of(answer, what=what, path=path) or refusal(told, answer.status, what=what, path=path)
    raise BadAnswer("it holds no list of what became of each record", what=what, status=answer.status)


def _nothing_succeeded(answer: Answer, what: str) -> None:
    """Raises BadAnswer where a refusal of the whole says of a row that it was done: nobody knows of the others then."""
    try:
        data = parsed(answer.body, what=what).get("data")
    except BadAnswer:
        return
    if type(data) is list and any(as_object(item).get("status") == "success" for item in data):
        raise BadAnswer("it refuses the whole and says that a part was done", what=what, status=answer.status)


def _refuse_whole(items: Sequence[JSON], sent: int, answer: Answer, what: str, path: str) -> None:
    """Raises Refused where the only item of several rows' list is an error of the request itself."""
    if len(items) != 1 or as_object(items[0]).get("status") != "error":
        return
    code = items[0].get("code")
    if code in REFRESHABLE or (sent > 1 and code in _OF_THE_REQUEST):
        found = error_of(answer, what=what, path=path)
        raise found or refusal(as_object(items[0]), answer.status, what=what, path=path)


def by_row(
    items: Sequence[JSON], sent: int, *, ids: Sequence[str] = (), is_upsert: bool = False
) -> list[RowAnswer | None]:
    """One answer per row, by position; None where the answer says nothing certain about a row.

    sent  how many rows were sent
    ids   what they were sent for (update, delete): an answer about another record says nothing
    """
    nothing: list[RowAnswer | None] = [None] * sent
    if len(items) != sent:
        return nothing
    answers = [RowAnswer.from_api(item) for item in items]
    if ids:
        return [
            None if answer and answer.is_success and answer.id != id_ else answer
            for answer, id_ in zip(answers, ids, strict=True)
        ]
    # Two rows of an upsert may have found the same record; two inserted ones are never the same.
    made = Counter(
        answer.id
        for answer in answers
        if answer and answer.is_success and not (is_upsert and answer.action == "update")
    )
    return nothing if any(count > 1 for count in made.values()) else answers


def of_one_recurring(items: Sequence[JSON]) -> list[RowAnswer | None]:
    """The one answer of a recurring activity, which the CRM answers with an item per occurrence."""
    answers = [RowAnswer.from_api(item) for item in items]
    made = [answer for answer in answers if answer and answer.is_success]
    if not answers or None in answers or len({answer.id for answer in made}) != len(made):
        return [None]
    if not made:
        return [answers[0]]
    first = made[0]
    ids = tuple(answer.id for answer in made)
    return [RowAnswer(True, first.code, first.message, first.details, first.id, first.action, None, ids)]
