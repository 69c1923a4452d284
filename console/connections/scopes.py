"""The scopes that the console asks for: one place, because a scope Zoho does not know fails the whole sign-in."""

from collections.abc import Iterable

from crm_client.scopes import missing

READ_SCOPES = [
    "ZohoCRM.org.READ",
    "ZohoCRM.users.READ",
    "ZohoCRM.settings.modules.READ",
    "ZohoCRM.settings.fields.READ",
    "ZohoCRM.settings.layouts.READ",
    "ZohoCRM.settings.related_lists.READ",
    "ZohoCRM.settings.custom_views.READ",
    "ZohoCRM.settings.profiles.READ",
    "ZohoCRM.settings.roles.READ",
    "ZohoCRM.settings.wizards.READ",
    "ZohoCRM.apis.READ",
    "ZohoCRM.settings.pipeline.READ",
    "ZohoCRM.settings.map_dependency.READ",
    "ZohoCRM.settings.assignment_rules.READ",
    "ZohoCRM.settings.blueprint.READ",
    "ZohoCRM.modules.READ",
    "ZohoCRM.coql.READ",
    "ZohoCRM.Files.READ",
    "ZohoSearch.securesearch.READ",
]
"""Asked for at the first consent: what the pages of today read, and nothing that writes."""

WRITE_SCOPES = [
    "ZohoCRM.modules.CREATE",
    "ZohoCRM.modules.UPDATE",
    "ZohoCRM.modules.DELETE",
    "ZohoCRM.Files.CREATE",
]
"""Asked for at the second, explained consent: what creating, changing and deleting records takes (D3)."""

SCOPE_WORDS = {
    "ZohoCRM.org.READ": "the organisation: its name, edition, time zone and currency",
    "ZohoCRM.users.READ": "the users of the organisation",
    "ZohoCRM.settings.modules.READ": "the list of modules and what each can do",
    "ZohoCRM.settings.fields.READ": "the fields of each module",
    "ZohoCRM.settings.layouts.READ": "the layouts: sections, order, required fields",
    "ZohoCRM.settings.related_lists.READ": "the related lists of each module",
    "ZohoCRM.settings.custom_views.READ": "the custom views of each module",
    "ZohoCRM.settings.profiles.READ": "the profiles and their permissions",
    "ZohoCRM.settings.roles.READ": "the role hierarchy",
    "ZohoCRM.settings.wizards.READ": "the wizards with their screens, buttons and rules",
    "ZohoCRM.apis.READ": "the list of the CRM's own APIs, with their scopes and prices",
    "ZohoCRM.settings.pipeline.READ": "the pipelines of deals and their stages",
    "ZohoCRM.settings.map_dependency.READ": "which picklist values depend on which",
    "ZohoCRM.settings.assignment_rules.READ": "the assignment rules",
    "ZohoCRM.settings.blueprint.READ": "the blueprints with their states and transitions",
    "ZohoCRM.modules.READ": "the records that your profile sees, with notes and attachments",
    "ZohoCRM.coql.READ": "records by a query of your own (COQL)",
    "ZohoCRM.Files.READ": "files and images in fields of records",
    "ZohoSearch.securesearch.READ": "records by searching, and how many there are",
}
"""What each scope lets the console read, for people: "It may read <words>."."""

WRITE_WORDS = {
    "ZohoCRM.modules.CREATE": "create records, with their notes",
    "ZohoCRM.modules.UPDATE": "change records, and move them through their blueprint",
    "ZohoCRM.modules.DELETE": "delete records (they go to the CRM's recycle bin)",
    "ZohoCRM.Files.CREATE": "send files and images for fields of records",
}
"""What each scope lets the console change: "It may <words>."."""


def may_write(granted: Iterable[str]) -> bool:
    """Whether these scopes carry everything that creating, changing and deleting records takes."""
    return not missing(granted, WRITE_SCOPES)


def for_writing(granted: Iterable[str]) -> list[str]:
    """What to ask for so that the console may write: nothing that was granted is lost."""
    have = list(granted)
    return [*have, *missing(have, [*READ_SCOPES, *WRITE_SCOPES])]


def for_reading(granted: Iterable[str]) -> list[str]:
    """What to ask for so that the console can only read: what reads of that which was granted, and READ_SCOPES."""
    have = [scope for scope in granted if scope.upper().endswith(".READ")]
    return [*have, *missing(have, READ_SCOPES)]
