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
    "RESOURCE_NOT_FOUND": (404, "The requested resource doesn't exist."),
    # of Bulk Read and Bulk Write; the words are printed for some of them only
    "MEDIA_TYPE_NOT_SUPPORTED": (415, "Media type is not supported"),
    "REQUEST_BODY_IS_EMPTY": (400, "Request body is empty"),
    "REQUEST_BODY_NOT_READABLE": (400, "Request body is not readable"),
    "QUERY_NOT_SUPPORTED": (400, "Query is not supported"),
    "MODULE_NOT_AVAILABLE": (400, "Requested module is not available."),
    "MODULE_NOT_SUPPORTED": (400, "Module is not supported"),
    "PAGE_RANGE_EXCEEDED": (400, "Page range exceeded"),
    "FIELD_NOT_AVAILABLE": (400, "Field is not available"),
    "FIELD_NOT_SUPPORTED": (400, "Field is not supported"),
    "CVID_NOT_SUPPORTED": (400, "cvid is not supported"),
    "INVALID_CRITERIA": (400, "Criteria is invalid"),
    "AMBIGUOUS_CRITERIA": (400, "Criteria is ambiguous"),
    "GROUP_OPERATOR_NOT_SUPPORTED": (400, "Group operator is not supported"),
    "VALUE_LIMIT_EXCEEDED_IN_CRITERIA": (400, "Too many values in criteria"),
    "FIELD_IN_CRITERIA_NOT_AVAILABLE": (400, "Field in criteria is not available"),
    "FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE": (400, "Field and comparator in criteria are not compatible"),
    "FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE": (400, "Field and value in criteria are not compatible"),
    "COMPARATOR_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE": (400, "Comparator and value in criteria are not compatible"),
    "INVALID_CALLBACK_URL": (400, "Callback URL is invalid"),
    "INVALID_CALLBACK_METHOD": (400, "Callback method is invalid"),
    "INVALID_FILE_FORMAT": (400, "invalid file format. only zip format is supported"),
    "FILE_TOO_LARGE": (400, "File size too large to process"),
    "FILE_NOT_SUPPORTED": (400, "File not supported for bulk write"),
    "FILE_NOT_FOUND": (400, "File not found"),
    "INVALID_FILE_ID": (400, "improper file id"),
    "MISSING_REQUIRED_KEY": (400, "required key is not found in request body."),
    "INVALID_FIELD": (400, "invalid mapping."),
    "HEADER_LIMIT_EXCEEDED": (400, "Header limit exceeded"),
    "COLUMN_INDEX_NOT_FOUND": (400, "Column index not found"),
    "MANDATORY_FIELDS_NOT_MAPPED": (400, "All mandatory fields are not mapped for the layout"),
    "COEXISTENCE_NOT_ALLOWED": (400, "Keys cannot be given together"),
    "CANNOT_PROCESS": (400, "The request cannot be processed"),
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
