"""The client: one namespace per kind of thing, over one transport.

from crm_client import CrmClient

crm = CrmClient.with_token("https://www.zohoapis.eu", token)
for module in crm.modules.all():
    print(module.api_name, module.plural_label)
"""

from __future__ import annotations

from copy import copy

from crm_client.apis import Apis
from crm_client.assignment_rules import AssignmentRules
from crm_client.attachments import Attachments
from crm_client.blueprints import Blueprints
from crm_client.bulk import Bulk
from crm_client.coql import Coql
from crm_client.custom_views import CustomViews
from crm_client.fields import Fields
from crm_client.files import Files
from crm_client.layouts import Layouts
from crm_client.map_dependencies import MapDependencies
from crm_client.modules import Modules
from crm_client.notes import Notes
from crm_client.org import Org
from crm_client.pipelines import Pipelines
from crm_client.profiles import Profiles
from crm_client.records import Records
from crm_client.related_lists import RelatedLists
from crm_client.roles import Roles
from crm_client.timeline import Timeline
from crm_client.transport import CallListener, Http, Param, StaticToken, TokenSource, Transport
from crm_client.users import Users
from crm_client.values import JsonObject
from crm_client.wizards import Wizards


class CrmClient:
    """One organisation, one user, one API version. Holds no global state; many may live in one process.

    api         origin of the API host, such as "https://www.zohoapis.eu"; it comes from the table of data centres
    tokens      where access tokens come from: StaticToken, RefreshingToken, or the console's own
    version     8 or 7
    http        connections to share between clients and threads; None: one of its own, closed with `close()`
    upload      origins for bulk work, from the same row of the table; "": there is none
    download
    deadline_s  seconds that one call may take in all, retries and waiting included
    on_call     told about each HTTP call (CallEvent); what it raises is logged, not passed on
    """

    def __init__(
        self,
        api: str,
        tokens: TokenSource,
        *,
        version: int = 8,
        http: Http | None = None,
        upload: str = "",
        download: str = "",
        deadline_s: float = 15.0,
        on_call: CallListener | None = None,
    ) -> None:
        shared = http or Http()
        self._own_http = shared if http is None else None
        self._files_at = upload, download
        self._speak_through(Transport(shared, api, version, tokens, deadline_s=deadline_s, on_call=on_call))

    def _speak_through(self, transport: Transport) -> None:
        self.transport = transport
        self.modules = Modules(self.transport)
        self.fields = Fields(self.transport)
        self.layouts = Layouts(self.transport)
        self.related_lists = RelatedLists(self.transport)
        self.custom_views = CustomViews(self.transport)
        self.profiles = Profiles(self.transport)
        self.roles = Roles(self.transport)
        self.users = Users(self.transport)
        self.org = Org(self.transport)
        self.records = Records(self.transport)
        self.coql = Coql(self.transport)
        self.notes = Notes(self.transport)
        self.attachments = Attachments(self.transport)
        self.files = Files(self.transport)
        self.timeline = Timeline(self.transport)
        self.pipelines = Pipelines(self.transport)
        self.map_dependencies = MapDependencies(self.transport)
        self.assignment_rules = AssignmentRules(self.transport)
        self.wizards = Wizards(self.transport)
        self.blueprints = Blueprints(self.transport)
        self.apis = Apis(self.transport)
        self.bulk = Bulk(self.transport, *self._files_at)

    @classmethod
    def with_token(cls, api: str, token: str, *, version: int = 8) -> CrmClient:
        """A client for a script that already has an access token."""
        return cls(api, StaticToken(token), version=version)

    def at_version(self, version: int) -> CrmClient:
        """The same organisation and user through another API version; connections and tokens are shared.

        raises   InvalidName for a version that is not supported
        """
        twin = copy(self)
        twin._own_http = None
        twin._speak_through(self.transport.at_version(version))
        return twin

    @property
    def version(self) -> int:
        return self.transport.version

    def get(self, path: str, **params: Param) -> JsonObject:
        """Any GET that has no method yet; {} when the CRM answers 204 or 304.

        path     after the version, such as "/settings/pipeline"; letters, digits and _ . - between slashes
        params   query parameters; None leaves one out
        raises   InvalidName for a path that is none, else any CrmError
        """
        return self.transport.get(path, params)

    def close(self) -> None:
        """Closes the connections, unless they came from outside."""
        if self._own_http is not None:
            self._own_http.close()

    def __enter__(self) -> CrmClient:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
