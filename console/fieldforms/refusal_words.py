"""The sentences of every documented error code of record calls: what happened, and what to do next. Pure.

source  zoho.com/crm/developer/docs/api/v8/insert-records.html, update-records.html, status-codes.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.fieldforms.problems import shown
from crm_client.values import JSON, JsonObject, as_object, as_objects, as_text, as_texts, as_whole

Sentence = tuple[str, str]  # what happened, what to do next

_TYPES = {
    "text": "text", "string": "text", "integer": "a whole number", "long": "a long integer", "bigint": "a long integer",
    "double": "a number", "currency": "an amount", "boolean": "true or false", "email": "an email address",
    "phone": "a phone number", "website": "a web address", "date": "a date", "datetime": "a date and time",
    "jsonobject": "a record by its id", "jsonarray": "a list", "lookup": "a record by its id",
    "picklist": "one of its values", "percent": "a percentage",
}  # fmt: skip


@dataclass(slots=True)
class Refusal:
    """An error with what its sentence needs: `label` of the field it names, "" for none; `label_of` other places."""

    code: str
    message: str
    details: JsonObject
    label: str
    label_of: Callable[[JSON], str]

    @property
    def it(self) -> str:
        """The field in quotation marks, or the record."""
        return f"“{self.label}”" if self.label else "The record"

    @property
    def quoted(self) -> str:
        """The CRM's own words, bounded; "" when it gave none."""
        return shown(self.message, 200) if self.message.strip() else ""

    def number(self, *names: str) -> int | None:
        return next((found for name in names if (found := _sensible(self.details.get(name))) is not None), None)


def _sensible(value: JSON) -> int | None:
    """A number short enough to be said."""
    found = as_whole(value)
    return found if found is not None and abs(found) < 10**18 else None


Make = Callable[[Refusal], Sentence | None]


def _plain(text: str, step: str = "") -> Make:
    """A sentence that needs nothing but the field: {it}."""
    return lambda refusal: (text.replace("{it}", refusal.it), step)


def _says(words: str, text: str, step: str) -> Make:
    """A sentence for a code whose cases only the message tells apart; another wording falls to the general one."""
    return lambda refusal: (text.replace("{it}", refusal.it), step) if words in refusal.message.lower() else None


def _missing_by_rule(refusal: Refusal) -> Sentence | None:
    rule = as_object(refusal.details.get("layout_rule"))
    if not rule:
        return None
    name = as_text(rule.get("name"))
    return f"{refusal.it} must be filled in: the layout rule {shown(name)} asks for it.", "Fill it in and send again."


def _missing(refusal: Refusal) -> Sentence:
    if not refusal.label:
        name = as_text(refusal.details.get("api_name"))
        what = f"the key {shown(name)}" if name else "something mandatory"
        return f"The CRM misses {what}.", "Fill in what is required and send again."
    return f"{refusal.it} must be filled in; the CRM does not take the record without it.", "Fill it in and send again."


def _wrong_type(refusal: Refusal) -> Sentence | None:
    wanted = as_text(refusal.details.get("expected_data_type"))
    if not wanted:
        return None
    return (
        f"{refusal.it} takes {_TYPES.get(wanted, wanted[:60])}, and the CRM read something else.",
        "Put it right and send again.",
    )


def _wrong_length(refusal: Refusal) -> Sentence | None:
    most, least = refusal.number("maximum_length", "limit"), refusal.number("minimum_length")
    if most is not None:
        return f"{refusal.it} is too long: the CRM takes at most {most:,}.", "Shorten it and send again."
    if least is not None:
        return f"{refusal.it} is too short: the CRM takes at least {least:,}.", "Make it longer and send again."
    return None


def _wrong_range(refusal: Refusal) -> Sentence | None:
    span = as_object(refusal.details.get("range"))
    low, high = _sensible(span.get("from")), _sensible(span.get("to"))
    if low is None and high is None:
        return None
    if low is None or high is None:
        side = f"at least {low:,}" if low is not None else f"at most {high:,}"
        return f"{refusal.it} must be {side}.", "Put it right and send again."
    return f"{refusal.it} must lie between {low:,} and {high:,}.", "Put it right and send again."


def _wrong_value(refusal: Refusal) -> Sentence | None:
    values = as_texts(refusal.details.get("supported_values"))
    if not values:
        return None
    some = ", ".join(value[:60] for value in values[:12]) + (" …" if len(values) > 12 else "")
    return f"{refusal.it} holds a value that the CRM does not know.", f"It takes {some}."


def _wrong_form(refusal: Refusal) -> Sentence | None:
    if not as_text(refusal.details.get("regex")):
        return None
    return f"{refusal.it} does not have the form that the CRM asks for.", "Put it right and send again."


def _wrong_owner(refusal: Refusal) -> Sentence | None:
    status = as_text(refusal.details.get("owner_status"))
    words = {"not_crm_user": "is no user of this CRM", "deleted": "was deleted", "inactive": "is inactive"}
    if not status:
        return None
    return f"The owner chosen {words.get(status, 'cannot own records')}.", "Choose an active user."


def _wrong_pair(refusal: Refusal) -> Sentence | None:
    other = refusal.details.get("mapped_field")
    label = refusal.label_of(other) if isinstance(other, dict) else as_text(other)
    return (f"{refusal.it} does not go with “{label}”.", "Choose values that belong together.") if label else None


def _wrong(refusal: Refusal) -> Sentence:
    said = f": it says {refusal.quoted}" if refusal.quoted else ""
    return f"{refusal.it} was not accepted by the CRM{said}.", "Put it right and send again."


def _dependent_missing(refusal: Refusal) -> Sentence | None:
    other = refusal.label_of(refusal.details.get("dependee"))
    if not refusal.label and not other:
        return None
    if not refusal.label or refusal.label == other:
        return f"“{other}” needs another field beside it, which is missing.", "Fill it in, or empty this one."
    beside = f" when “{other}” is filled in" if other else " beside what is filled in"
    return f"{refusal.it} must be filled in{beside}.", f"Fill it in{f', or empty “{other}”' if other else ''}."


def _dependent_mismatch(refusal: Refusal) -> Sentence:
    other = refusal.label_of(refusal.details.get("dependee"))
    beside = f" “{other}”" if other and other != refusal.label else " another field"
    said = f" The CRM says {refusal.quoted}." if refusal.quoted else ""
    return f"{refusal.it} contradicts{beside}.{said}", "Change one of the two and send again."


def _service(refusal: Refusal) -> Sentence:
    kinds = {
        "NO_PERMISSION": "you may not use the service behind it",
        "LIMIT_EXCEEDED": "the service behind it takes at most 100 records at once",
        "PROCESSING_ERROR": "the service behind it failed",
    }
    why = kinds.get(as_text(refusal.details.get("dependency_error")), "the service behind it refused")
    step = "Look whether the record is there before sending again, or ask who administers that service."
    return f"The CRM could not do this: {why}.", step


def _duplicate(refusal: Refusal) -> Sentence:
    owner = as_text(as_object(as_object(refusal.details.get("duplicate_record")).get("Owner")).get("name"))
    held = f"; it belongs to {shown(owner)}" if owner else ""
    more = " There are more than one." if refusal.details.get("more_records") is True else ""
    text = f"{refusal.it} must be unique, and another record has this value already{held}.{more}"
    return text, "Open that record, or type another value."


def _too_many(refusal: Refusal) -> Sentence | None:
    most = refusal.number("maximum_length", "limit")
    if most is None:
        return None
    what = "The call" if as_text(refusal.details.get("api_name")) == "data" or not refusal.label else refusal.it
    things = "records" if what == "The call" else "entries"
    return f"{what} takes at most {most:,} {things}.", f"Send fewer {things}."


def _limit(refusal: Refusal) -> Sentence:
    said = f": {refusal.quoted}" if refusal.quoted else ""
    return f"A limit of the CRM was passed{said}.", "Take some away and send again."


def _several(refusal: Refusal) -> Sentence:
    return "Several fields were not accepted, and the CRM did not say which.", "Check the unique fields first."


def _modified(refusal: Refusal) -> Sentence:
    by = as_text(as_object(refusal.details.get("Modified_By")).get("name"))
    when = as_text(refusal.details.get("Modified_Time"))[:40]
    who = f" by {shown(by)}" if by else ""
    at = f" at {when}" if when else ""
    step = "Nothing was saved. Compare with the record as it is now, then send again."
    return f"Somebody changed this record{who}{at}, after you opened it.", step


def _expected(refusal: Refusal) -> Sentence:
    found = refusal.details.get("expected_fields")
    named = [refusal.label_of(one) for one in as_objects(found)] or as_texts(found)
    labels = ", ".join(f"“{label}”" for label in named[:8] if label)
    return f"One of {labels or 'several fields'} must be filled in.", "Fill in one of them and send again."


def _ambiguous(refusal: Refusal) -> Sentence:
    found = as_objects(refusal.details.get("ambiguity_due_to"))
    names = [refusal.label_of(one) or as_text(one.get("param_name")) for one in found]
    labels = ", ".join(f"“{name}”" for name in names[:8] if name)
    return f"Two things exclude each other{f': {labels}' if labels else ''}.", "Leave one of them out."


def _no_permission(refusal: Refusal) -> Sentence:
    names = as_texts(refusal.details.get("permissions"))
    lacks = f": it lacks {', '.join(name[:80] for name in names[:5])}" if names else ""
    step = "Nothing was saved. Ask an administrator for the permission, then send again."
    return f"Your profile may not do this{lacks}.", step


def unknown(refusal: Refusal) -> Sentence:
    """The sentence for every code that has none."""
    said = f", and says {refusal.quoted}" if refusal.quoted else ""
    where = f" for “{refusal.label}”" if refusal.label else ""
    return (
        f"The CRM refused this{where}{said}.",
        "Nothing is known about this code; look the record up before sending again.",
    )


_LATER = "Nothing was changed. Try again when that is done, or ask who works on it."
_RECONNECT = "Nothing was saved. Connect again and allow it, then send again."
_UNCLEAR = "Look the record up before sending again: it may have been saved."

SENTENCES: dict[str, tuple[Make, ...]] = {
    "MANDATORY_NOT_FOUND": (_missing_by_rule, _missing),
    "INVALID_DATA": (
        _wrong_owner,
        _wrong_type,
        _wrong_length,
        _wrong_range,
        _wrong_value,
        _wrong_form,
        _wrong_pair,
        _says(
            "pipeline doesn't contain", "{it} is no stage of the pipeline chosen.", "Choose a stage of that pipeline."
        ),
        _says(
            "layout doesn't contain", "{it} is no pipeline of the layout chosen.", "Choose a pipeline of that layout."
        ),
        _says("probability", "{it} must be 0 to 100.", "Put it right and send again."),
        _says("wizard connection", "The way through the wizard is no valid one.", "Go through the wizard again."),
        _says("id given", "The CRM knows no such record.", "It may have been deleted; look it up, then send again."),
        _wrong,
    ),
    "DEPENDENT_FIELD_MISSING": (
        _says("wizard", "A wizard needs the way taken through it.", "Go through the wizard again."),
        _dependent_missing,
        _plain("A field is missing beside another one that is filled in.", "Fill it in and send again."),
    ),
    "DEPENDENT_MISMATCH": (
        _says("call duration", "{it} cannot be zero for an inbound or outbound call.", "Say how long the call took."),
        _dependent_mismatch,
    ),
    "MAPPING_MISMATCH": (_wrong_pair, _dependent_mismatch),
    "EXPECTED_FIELD_MISSING": (_expected,),
    "DEPENDENT_SERVICE_ERROR": (_service,),
    "DUPLICATE_DATA": (_duplicate,),
    "DUPLICATE_LINKING_DATA": (_plain("{it} names the same record twice.", "Name it once and send again."),),
    "MULTIPLE_OR_MULTI_ERRORS": (_several,),
    "LIMIT_EXCEEDED": (
        _says("participants", "A meeting takes at most 50 participants.", "Take some away and send again."),
        _too_many,
        _limit,
    ),
    "LIMIT_REACHED": (_too_many, _limit),
    "RECORD_LOCKED": (
        _plain(
            "The record, or one that it is linked to, is locked.",
            "Nothing was changed. Try again when the lock is gone, or ask who works on it.",
        ),
    ),
    "ALREADY_MODIFIED": (_modified,),
    "NOT_APPROVED": (_plain("The record waits for approval, and cannot be changed until it has it.", _LATER),),
    "NOT_REVIEWED": (_plain("The record is in review, and cannot be changed until that is over.", _LATER),),
    "RECORD_IN_BLUEPRINT": (
        _plain(
            "{it} is kept by a running blueprint.", "Nothing was changed. Move the record by the blueprint’s own steps."
        ),
    ),
    "CANNOT_PROCESS": (_plain("The record cannot be worked on in the state it is in.", _LATER),),
    "CANNOT_PERFORM_ACTION": (_plain("The CRM does not allow this for this record.", "Ask an administrator why."),),
    "NOT_ALLOWED": (_plain("The CRM does not allow this for this record.", "Ask an administrator why."),),
    "FEATURE_NOT_ENABLED": (
        _plain("The organisation’s edition does not include this.", "Leave it out, or ask an administrator."),
    ),
    "NOT_SUPPORTED": (_plain("The API does not offer this here.", "Do it in the CRM itself."),),
    "API_NOT_SUPPORTED": (
        _plain("This needs another version of the API.", "Choose another version for the connection."),
    ),
    "RESERVED_KEYWORD_NOT_ALLOWED": (
        _plain("{it} holds a word that the CRM keeps for itself.", "Take another word and send again."),
    ),
    "AMBIGUITY_DURING_PROCESSING": (_ambiguous,),
    "INVALID_MODULE": (
        _plain(
            "There is no such module for this call, or your profile does not see it.",
            "Nothing was saved. Reload the list of modules, or ask an administrator for access.",
        ),
    ),
    "INVALID_REQUEST_METHOD": (
        _plain("The CRM does not know this call.", "Nothing was saved. This is a fault of the console; report it."),
    ),
    "INVALID_URL_PATTERN": (
        _plain("The CRM does not know this address.", "Nothing was saved. This is a fault of the console; report it."),
    ),
    "REQUIRED_PARAM_MISSING": (
        _plain("The call lacks a part.", "Nothing was saved. This is a fault of the console; report it."),
    ),
    "EXPECTED_PARAM_MISSING": (
        _plain("The call lacks a part.", "Nothing was saved. This is a fault of the console; report it."),
    ),
    "UNABLE_TO_PARSE_DATA_TYPE": (
        _plain("The CRM could not read what was sent.", "Check ids and numbers, then send again."),
    ),
    "AUTHORIZATION_FAILED": (
        _plain(
            "Your profile lacks the privilege for this.",
            "Nothing was saved. Ask an administrator for it, then send again.",
        ),
    ),
    "NO_PERMISSION": (_no_permission,),
    "OAUTH_SCOPE_MISMATCH": (_plain("This connection was not granted the scope that this needs.", _RECONNECT),),
    "INVALID_TOKEN": (_plain("The CRM no longer accepts this sign-in.", _RECONNECT),),
    "INVALID_OAUTHTOKEN": (_plain("The CRM no longer accepts this sign-in.", _RECONNECT),),
    "AUTHENTICATION_FAILURE": (_plain("The CRM does not accept this sign-in.", _RECONNECT),),
    "INVALID_HOST": (
        _plain("This organisation lives in another data centre.", "Nothing was saved. Connect it again."),
    ),
    "TOO_MANY_REQUESTS": (
        _plain("Too many calls in a short time.", "Nothing was saved. Wait a minute, then send again."),
    ),
    "RATE_LIMIT_EXCEEDED": (
        _plain("Too many calls in a short time.", "Nothing was saved. Wait a minute, then send again."),
    ),
    "REQUEST_TIMEOUT": (_plain("The CRM took too long.", _UNCLEAR),),
    "INTERNAL_ERROR": (_plain("The CRM failed while working on this.", _UNCLEAR),),
    "INTERNAL_SERVER_ERROR": (_plain("The CRM failed while working on this.", _UNCLEAR),),
    "SERVICE_UNAVAILABLE": (_plain("The CRM is not available just now.", _UNCLEAR),),
    "failure_in_attachment_handling": (_plain("The CRM received no file it could keep.", "Choose the file again."),),
    "FILE_SIZE_MORE_THAN_ALLOWED_SIZE": (_plain("The file is too large: at most 20 MB.", "Choose a smaller one."),),
    "VIRUS_DETECTED": (_plain("The CRM found a virus in the file and did not keep it.", "Choose another file."),),
    "INVALID_REQUEST": (
        _plain("The CRM could not work with this, perhaps for too many files.", "Send at most 10 at once."),
    ),
}
"""By code, ways to say it: the first that fits the details says it; the last of each always does, or `unknown`."""
