"""The scopes that the console asks for: one list, because a scope Zoho does not know fails the whole sign-in."""

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
]
"""Asked for at the first consent: what the pages of today read, and nothing that writes."""

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
}
"""What each scope lets the console read, for people: "It may read <words>."."""
