"""A typed client for the Zoho CRM REST API, versions 8 and 7. No Django; usable from a script or a notebook."""

from crm_client import errors
from crm_client.client import CrmClient
from crm_client.errors import CrmError
from crm_client.transport import CallEvent, Http, StaticToken, TokenSource

__all__ = ["CallEvent", "CrmClient", "CrmError", "Http", "StaticToken", "TokenSource", "errors"]
