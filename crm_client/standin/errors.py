"""The CRM's error answers: one class that carries code, status and details, and one function per kind of error."""

from __future__ import annotations

from typing import Any

from crm_client.standin.messages import Answer, json_answer

_WRONG = (
    "unable to process your request. please verify whether you have entered proper method name, parameter and parameter"
    " values."
)
MESSAGES = {
    "INVALID_TOKEN": (401, "invalid oauth token"),
    "AUTHENTICATION_FAILURE": (401, "Authentication failed"),
    # unverified: the pages also print "Unauthorized" here
    "OAUTH_SCOPE_MISMATCH": (401, "invalid oauth scope to access this URL"),
    "NO_PERMISSION": (403, "permission denied"),
    "INVALID_URL_PATTERN": (404, "Please check if the URL trying to access is a correct one"),
    "INVALID_REQUEST_METHOD": (400, "The http request method type is not a valid one"),
    "INVALID_MODULE": (400, "the module name given seems to be invalid"),
    "API_NOT_SUPPORTED": (400, "The given API is not supported in this version"),
    "NOT_SUPPORTED": (400, "The given module is not supported in API"),
    "INVALID_HOST": (400, "The host is not a valid one"),
    "REQUIRED_PARAM_MISSING": (400, "One of the expected parameter is missing"),
    "EXPECTED_PARAM_MISSING": (400, "One of the expected parameter is missing"),
    "INVALID_DATA": (400, "invalid data"),
    "UNABLE_TO_PARSE_DATA_TYPE": (400, "either the request body or parameters is in wrong format"),
    "INVALID_QUERY": (400, "invalid query formed"),
    "SYNTAX_ERROR": (400, "invalid query formed"),
    "INVALID_ALIAS": (400, "alias given seems to be invalid"),
    "DUPLICATE_ALIAS": (400, "duplicate alias"),
    "DUPLICATE_DATA": (400, "duplicate data"),
    "DUPLICATE_LINKING_DATA": (400, "Duplicate association"),
    "RECORD_NOT_IN_PROCESS": (400, "Record not in process"),
    "RECORD_LOCKED": (400, "You cannot perform this operation as the record is locked."),
    "CRITERIA_LIMIT_EXCEEDED": (400, "no of criterium that can be given exceed the limit"),
    "INVALID_REQUEST": (400, _WRONG),
    "failure_in_attachment_handling": (400, "Problem in uploading attachment. kindly upload the file properly"),
    "VIRUS_DETECTED": (400, "virus detected in the file"),
    "FILE_SIZE_MORE_THAN_ALLOWED_SIZE": (415, "Please check if the size of the file is in the correct range"),
    "LIMIT_EXCEEDED": (400, "The limit is exceeded"),
    "LIMIT_REACHED": (400, "The limit is reached"),
    "AMBIGUITY_DURING_PROCESSING": (400, "Ambiguity while processing the request"),
    "DEPENDENT_FIELD_MISSING": (400, "Dependent Field missing"),
    "MANDATORY_NOT_FOUND": (400, "One ore more mandatory keys are missing in the parameter value"),  # sic
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED": (400, "Use page_token to fetch more than 2000 records"),
    "PAGINATION_LIMIT_EXCEEDED": (400, "The pagination limit is exceeded"),
    "TOKEN_BOUND_DATA_MISMATCH": (
        400,
        "The page_token given seems to be invalid or input param is added or altered or deleted",
    ),
    "EXPIRED_VALUE": (400, "Page token expired"),
    "TOO_MANY_REQUESTS": (429, "too many requests. please try again after some time"),
    "INTERNAL_ERROR": (500, "Internal Server Error"),
}


class ApiError(Exception):
    """A call is refused as a whole; carries the answer's status and body."""

    def __init__(self, code: str, details: dict[str, Any] | None = None, message: str = "", status: int = 0) -> None:
        super().__init__(code)
        usual_status, usual_message = MESSAGES[code]
        self.code = code
        self.details = details or {}
        self.message = message or usual_message
        self.status = status or usual_status

    def answer(self) -> Answer:
        """The error as the CRM sends it."""
        body = {"code": self.code, "details": self.details, "message": self.message, "status": "error"}
        return json_answer(body, self.status)


def missing_param(name: str) -> ApiError:
    """A mandatory query parameter is not there."""
    return ApiError("REQUIRED_PARAM_MISSING", {"param_name": name})


def bad_param(name: str, message: str = "", **details: Any) -> ApiError:
    """A query parameter has a value that the CRM does not take."""
    return ApiError("INVALID_DATA", {"param_name": name, **details}, message)


def no_permission(permission: str, message: str = "") -> ApiError:
    """The user's profile lacks this permission."""
    return ApiError("NO_PERMISSION", {"permissions": [permission]}, message)


def bad_path_part(index: int, message: str = "the id given seems to be invalid") -> ApiError:
    """The path part with this number (0 is the first after the version) names nothing."""
    return ApiError("INVALID_DATA", {"resource_path_index": index}, message)
