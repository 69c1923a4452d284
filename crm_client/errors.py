"""What can go wrong between us and the CRM, as one tree. Nothing else comes out of this package.

    CrmError
    ├ InvalidName        NOT-FOUND       a module name, API name or id that cannot exist; nothing was sent
    ├ NotSent            CRM-DOWN        no connection (DNS, refused, TLS, connect timeout); nothing was sent
    ├ Refused                            the CRM answered with an error; nothing was done
    │ ├ TokenRefused     SIGNIN-AGAIN    401 INVALID_TOKEN and its like, also after one refresh
    │ ├ ScopeMissing     CRM-SCOPE       401 OAUTH_SCOPE_MISMATCH; a refresh cannot help
    │ ├ NotAllowed       CRM-DENIED      NO_PERMISSION, AUTHORIZATION_FAILED, any other 403
    │ ├ TooManyRequests  CRM-LIMIT       429; `.retry_after_s`
    │ ├ NotFound         NOT-FOUND       404, INVALID_MODULE, INVALID_URL_PATTERN, RESOURCE_NOT_FOUND
    │ ├ RecordLocked     CRM-LOCKED      RECORD_LOCKED
    │ └ InvalidRequest   CRM-REFUSED     every other error the CRM gives a code for
    ├ NoAnswer           CRM-DOWN        sent, and the connection broke; a write's outcome is unknown
    │ ├ TooSlow          CRM-SLOW        the total deadline passed
    │ ├ ServerFault      CRM-DOWN        5xx
    │ ├ BadAnswer        CRM-BAD         HTML, cut JSON, another type, a redirect, nested too deep
    │ └ TooBig           TOO-BIG         more than 10 MB after unpacking
    │   └ FileTooBig     TOO-BIG         a file of more than 24 MB
    ├ NotKept            NO-SPACE        a good answer that the disk here would not take
    └ SignInError                        the accounts server
      ├ ReauthRequired   SIGNIN-AGAIN    the refresh token or code no longer counts
      ├ SignInThrottled  SIGNIN-LIMIT    too many tokens asked for; keep what there is and wait; `.retry_after_s`
      ├ SignInUnavailable CRM-DOWN       down or answering oddly; keep what there is and try later
      └ SignInRefused    SIGNIN-REFUSED  the client's own registration is wrong
        └ ForeignServer  SIGNIN-REFUSED  a server that is not in the table of data centres

Each class tells a page: `.sentence()` what happened, `.safe` what is safe, `.next_step` what to do.
None of them names a token, a secret or a field's value.
"""

from __future__ import annotations

import re
from typing import ClassVar, TypedDict, Unpack

from crm_client.values import JsonObject, as_text, as_texts

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)


class Told(TypedDict, total=False):
    """What every error may be told beside its reason."""

    what: str
    code: str
    status: int | None
    details: JsonObject | None
    message: str


class CrmError(Exception):
    """Something went wrong with a call to the CRM.

    what      what was asked for, in words that finish "Zoho CRM would not give …": "the fields of Invoices"
    code      the CRM's own code, such as "NO_PERMISSION", or ""
    status    HTTP status of the answer, None when there was none
    details   the CRM's details object; may hold values of records, so it is never printed here
    message   the CRM's own sentence, which tells cases of one code apart ("invalid transition"); not printed either
    """

    message_code: ClassVar[str] = "CRM-BAD"
    safe: ClassVar[str] = "Nothing was changed in Zoho CRM."
    next_step: ClassVar[str] = "Try again in a moment."
    happened: ClassVar[str] = "Zoho CRM could not be asked for {what}"

    def __init__(
        self,
        reason: str = "",
        *,
        what: str = "",
        code: str = "",
        status: int | None = None,
        details: JsonObject | None = None,
        message: str = "",
    ) -> None:
        self.reason = reason
        self.what = what or "this"
        self.code = code if _CODE.fullmatch(code) else ""
        self.status = status
        self.details = details or {}
        self.message = message
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """What happened, as one sentence that may be shown to anybody."""
        text = self.happened.format(what=self.what)
        if self.reason:
            text += f": {self.reason}"
        if self.code:
            text += f" ({self.code})"
        return text + "."


class InvalidName(CrmError, ValueError):
    """A name or id that cannot exist in the CRM, so that nothing was sent."""

    message_code = "NOT-FOUND"
    safe = "Nothing was sent."
    next_step = "Check the address, or go back to the list and choose from it."
    happened = "Zoho CRM was not asked for {what}"


class NotSent(CrmError):
    """There was no connection; not one byte of the request was sent."""

    message_code = "CRM-DOWN"
    safe = "Nothing was sent, so nothing was changed."
    next_step = "Check the network, then try again."
    happened = "Zoho CRM could not be reached for {what}"


class Refused(CrmError):
    """The CRM answered with an error and did nothing."""

    happened = "Zoho CRM would not give {what}"
    next_step = "Go back and try something else."


class TokenRefused(Refused):
    message_code = "SIGNIN-AGAIN"
    safe = "Nothing was changed; what was kept here stays."
    next_step = "Sign in again to this organisation."


class ScopeMissing(Refused):
    """The token lacks a scope. `.scope` names what the call needs where the client knows it, else ""."""

    message_code = "CRM-SCOPE"
    next_step = "Connect this organisation again and grant the missing access."

    def __init__(self, reason: str = "", *, scope: str = "", **told: Unpack[Told]) -> None:
        self.scope = scope
        super().__init__(reason, **told)


class NotAllowed(Refused):
    """The user's profile or role forbids it. `.permissions` are the CRM's names of what is missing."""

    message_code = "CRM-DENIED"
    next_step = "Ask an administrator of the organisation for this permission, then reload."

    @property
    def permissions(self) -> list[str]:
        return [name for name in as_texts(self.details.get("permissions")) if _CODE.fullmatch(name)]

    def sentence(self) -> str:
        names = ", ".join(self.permissions)
        return super().sentence().removesuffix(".") + (f"; missing permission: {names}." if names else ".")


class TooManyRequests(Refused):
    """A limit was hit. `.retry_after_s`: seconds to wait, None when the CRM did not say."""

    message_code = "CRM-LIMIT"
    next_step = "Wait a moment, then try again."

    def __init__(self, reason: str = "", *, retry_after_s: float | None = None, **told: Unpack[Told]) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason, **told)


class NotFound(Refused):
    message_code = "NOT-FOUND"
    next_step = "Check the name, or go back to the list: it may have been renamed, removed or hidden from your profile."
    happened = "Zoho CRM does not know {what}"


class RecordLocked(Refused):
    message_code = "CRM-LOCKED"
    next_step = "Have the record unlocked in Zoho CRM, then try again."


class InvalidRequest(Refused):
    """Every other error of the CRM; `.param` names the query parameter it minds, where it says so."""

    message_code = "CRM-REFUSED"
    next_step = "Reload the page; if it happens again, tell whoever runs this console the code."

    @property
    def param(self) -> str:
        return as_text(self.details.get("param_name") or self.details.get("param"))


class NoAnswer(CrmError):
    """Sent, but no answer that counts. What a write did is unknown then, which whoever wrote has to say itself."""

    message_code = "CRM-DOWN"
    safe = "Nothing was changed in Zoho CRM: it was only being read."
    happened = "The connection to Zoho CRM broke while it was asked for {what}"


class TooSlow(NoAnswer):
    message_code = "CRM-SLOW"
    happened = "Zoho CRM took too long to give {what}"


class ServerFault(NoAnswer):
    message_code = "CRM-DOWN"
    next_step = "Try again in a few minutes; the fault is on Zoho's side."
    happened = "Zoho CRM failed while it was asked for {what}"


class BadAnswer(NoAnswer):
    message_code = "CRM-BAD"
    next_step = "Try again; if it stays, a proxy between here and Zoho CRM may be answering in its place."
    happened = "The answer to the request for {what} is not one that Zoho CRM gives"


class TooBig(NoAnswer):
    message_code = "TOO-BIG"
    next_step = "Ask for less at once."
    happened = "The answer to the request for {what} is too big to be read"


class FileTooBig(TooBig):
    next_step = "Open the record in Zoho CRM and download the file there."
    happened = "The answer to the request for {what} is bigger than a file that this console passes on"


class NotKept(CrmError):
    """A file came from the CRM, and could not be written here."""

    message_code = "NO-SPACE"
    next_step = "Free some space where this console keeps its files, then try again."
    happened = "There was no room for {what}"


class SignInError(CrmError):
    """Something went wrong at the accounts server."""

    safe = "Your Zoho account and data are untouched."
    happened = "Zoho's accounts server could not finish the sign-in"


class ReauthRequired(SignInError):
    message_code = "SIGNIN-AGAIN"
    next_step = "Sign in again."
    happened = "Zoho no longer accepts this sign-in"


class SignInThrottled(SignInError):
    """Too many tokens in a short time. Keep the tokens, wait `.retry_after_s`."""

    message_code = "SIGNIN-LIMIT"
    safe = "You stay signed in; nothing was lost."
    next_step = "Wait a few minutes, then try again."
    happened = "Zoho asks us to wait before it gives another token"

    def __init__(self, reason: str = "", *, retry_after_s: float | None = 600.0, **told: Unpack[Told]) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason, **told)


class SignInUnavailable(SignInError):
    message_code = "CRM-DOWN"
    safe = "You stay signed in; nothing was lost."
    next_step = "Try again in a few minutes."
    happened = "Zoho's accounts server could not be reached or gave no sensible answer"


class SignInRefused(SignInError):
    message_code = "SIGNIN-REFUSED"
    next_step = (
        "Whoever runs this console should compare its client id, secret and redirect address with Zoho's API console."
    )
    happened = "Zoho refused this console's sign-in request"


class ForeignServer(SignInRefused):
    """An address in a callback or token answer that is not in the table of data centres. Nothing was sent to it."""

    next_step = "Start the sign-in again from this console; do not use the link that led here."
    happened = "The sign-in answer names a server that this console does not know"


def without_frames(error: CrmError) -> CrmError:
    """The error, and what caused it, without the frames they came through.

    Those hold the token and up to 10 MB of an answer for as long as a page keeps the error to show it.
    """
    one: BaseException | None = error
    while one is not None:
        one.__traceback__ = None
        one = one.__cause__ or one.__context__
    return error
