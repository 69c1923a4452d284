"""Profiles with their permissions, roles, users and the organisation's own object."""

from __future__ import annotations

from crm_client.standin.organisations.made.spec import ModuleSpec
from crm_client.standin.organisations.made.world import JSON, ProfileSpec, World

PROFILES = (
    ProfileSpec(
        "administrator", "Administrator", "This profile will have all the permissions.", deletes=True, admin=True
    ),
    ProfileSpec("standard", "Standard", "This profile will have all the permissions except administrative privileges."),
    ProfileSpec("sales", "Sales", "Advisers in the branches: customers, deals and loans, no purchasing."),
    ProfileSpec("read_only", "Read only", "Auditors: may look at records, and change nothing.", writes=False),
    ProfileSpec(
        "back_office", "Back office", "Clerks who work in the browser only; the API is closed to them.", api=False
    ),
)

# permission, label, who has it besides administrators: a(ll), w(riters), p (those with API access), - nobody
_GENERAL = (
    ("Crm_Implied_Api_Access", "Zoho CRM API Access", "p", "Developer Permissions"),
    ("Crm_Implied_Customize_Zoho_CRM", "Module Customization", "-", "Customization"),
    ("Crm_Implied_Manage_Layouts", "Manage Layouts", "-", "Customization"),
    ("Crm_Implied_Manage_Wizards", "Manage Wizards", "-", "Customization"),
    ("Crm_Implied_Manage_Blueprint", "Manage Blueprint", "-", "Automation"),
    ("Crm_Implied_Manage_Workflow", "Manage Workflow", "-", "Automation"),
    ("Crm_Implied_Manage_Users", "Manage Users", "-", "Users and Control"),
    ("Crm_Implied_Manage_Profiles", "Manage Profiles", "-", "Users and Control"),
    ("Crm_Implied_View_Users", "View Users", "a", "Users and Control"),
    ("Crm_Implied_Edit_Org", "Edit Company Details", "-", "Users and Control"),
    ("Crm_Implied_Edit_Tags", "Manage Tags", "w", "Tools"),
    ("Crm_Implied_Mass_Update", "Mass Update", "w", "Tools"),
    ("Crm_Implied_Import", "Import", "w", "Tools"),
    ("Crm_Implied_Export", "Export", "-", "Tools"),
    ("Crm_Implied_Convert_Leads", "Convert Leads", "w", "Tools"),
)
ACTIONS = ("View", "Create", "Edit", "Delete")


def profiles(world: World) -> list[JSON]:
    """Every profile as GET /settings/profiles/{id} gives it."""
    return [_profile(world, spec) for spec in world.company.profiles]


def may(profile: ProfileSpec, action: str, module: ModuleSpec) -> bool:
    """Whether a profile may View, Create, Edit or Delete records of a module."""
    if profile.key in module.hidden_from.split() or (action == "View" and not module.viewable):
        return False
    if action == "View":
        return True
    return module.creatable and (profile.deletes or profile.admin if action == "Delete" else profile.writes)


def _profile(world: World, spec: ProfileSpec) -> JSON:
    permissions: list[JSON] = []
    categories: dict[str, list[JSON]] = {"Basic Permissions": []}

    def permit(name: str, label: str, enabled: bool, module: str) -> str:
        permission_id = world.id(30_001 + len(permissions))
        permissions.append({"id": permission_id, "name": name, "display_label": label, "enabled": enabled,
                            "customizable": not spec.admin, "module": module, "parent_permissions": []})  # fmt: skip
        return permission_id

    for name, label, who, section in _GENERAL:
        enabled = spec.admin or {"a": True, "w": spec.writes, "p": spec.api, "-": False}[who]
        category = {
            "display_label": label,
            "name": name,
            "permissions_details": [permit(name, label, enabled, "General")],
        }
        categories.setdefault(section, []).append(category)
    for module in world.company.modules:
        if module.api_supported and module.generated in ("default", "custom", "linking"):
            ids = [
                permit(f"Crm_Implied_{action}_{module.api}", action, may(spec, action, module), module.api)
                for action in ACTIONS
            ]
            categories["Basic Permissions"].append(
                {
                    "display_label": module.plural,
                    "name": module.plural,
                    "module": module.api,
                    "permissions_details": ids,
                }
            )
    made = spec.key not in ("administrator", "standard")
    return {
        "id": world.profile_id(spec.key),
        "name": spec.name,
        "display_label": spec.name,
        "description": spec.description,
        "type": "normal_profile",
        "custom": made,
        "category": made,
        "default": not made,
        "created_time": world.ago(700) if made else None,
        "created_by": world.user_ref(0) if made else None,
        "modified_time": world.ago(90) if made else None,
        "modified_by": world.user_ref(0) if made else None,
        "permissions_details": permissions,
        "sections": [{"name": name, "categories": listed} for name, listed in categories.items()],
    }


def roles(world: World) -> list[JSON]:
    """The role hierarchy."""
    return [
        {
            "id": world.role_id(name),
            "name": name,
            "display_label": name,
            "description": "Users with this role have access to the data owned by all other users."
            if not boss
            else None,
            "reporting_to": {"name": boss, "id": world.role_id(boss)} if boss else None,
            "forecast_manager": None,
            "share_with_peers": not boss,
            "admin_user": not boss,
            "created_by__s": None,
            "created_time__s": None,
            "modified_by__s": world.user_ref(0) if boss else None,
            "modified_time__s": world.ago(400) if boss else None,
        }
        for name, boss in world.company.roles
    ]


def users(world: World) -> list[JSON]:
    """The users, with nearly every key that GET /users gives."""
    names = {profile.key: profile.name for profile in world.company.profiles}
    street, city, state, zip_code, _ = world.company.address
    listed = []
    for number, person in enumerate(world.company.people):
        active = person.status == "active"
        listed.append(
            {
                "id": world.user_id(number),
                "zuid": str(int(world.zgid) + 101 + number),
                "first_name": person.first,
                "last_name": person.last,
                "full_name": f"{person.first} {person.last}",
                "alias": None,
                "email": person.email,
                "phone": None,
                "mobile": None,
                "fax": None,
                "website": None,
                "dob": None,
                "signature": None,
                "street": street,
                "city": city,
                "state": state,
                "zip": zip_code,
                "country": world.company.country_code,
                "status": person.status,
                "status_reason__s": None if active else "User is deactivated",
                "confirm": True,
                "type__s": "Regular User",
                "Isonline": number == 0,
                "personal_account": False,
                "sandboxDeveloper": number == 0,
                "microsoft": False,
                "role": {"name": person.role, "id": world.role_id(person.role)},
                "profile": {"name": names[person.profile], "id": world.profile_id(person.profile)},
                "language": person.locale,
                "locale": person.locale,
                "country_locale": person.locale,
                "time_zone": world.company.time_zone,
                "offset": world.company.offset_h * 3_600_000,  # milliseconds
                "time_format": "hh:mm a" if person.locale == "en_US" else "HH:mm",
                "date_format": "MMM d, yyyy" if person.locale == "en_US" else "dd.MM.yyyy",
                "decimal_separator": "Period" if person.locale == "en_US" else "Comma",
                "number_separator": "Comma" if person.locale == "en_US" else "Period",
                "name_format__s": "Salutation,First Name,Last Name",
                "sort_order_preference__s": "First Name,Last Name",
                "default_tab_group": "0",
                "customize_info": {"notes_desc": None, "show_right_panel": None, "bc_view": None, "show_home": False,
                                   "show_detail_view": True, "unpin_recent_item": None, "show_left_panel": True},
                "theme": {"normal_tab": {"font_color": "#FFFFFF", "background": "#222222"},
                          "selected_tab": {"font_color": "#FFFFFF", "background": "#222222"},
                          "new_background": None, "background": "#F3F0EB", "screen": "fixed", "type": "default"},
                "$current_shift": None,
                "$next_shift": None,
                "$shift_effective_from": None,
                "created_by": world.user_ref(0),
                "created_time": world.ago(900 - 20 * number),
                "Modified_By": world.user_ref(0),
                "Modified_Time": world.ago(30 + number),
            }
        )  # fmt: skip
    return listed


def organisation(world: World) -> JSON:
    """The object of GET /org."""
    company = world.company
    street, city, state, zip_code, country = company.address
    name, iso, symbol = company.currency
    return {
        "id": world.id(20_005),
        "company_name": company.name,
        "alias": None,
        "description": None,
        "type": company.environment,
        "zgid": world.zgid,
        "domain_name": f"org{world.zgid}",
        "primary_email": company.people[0].email,
        "primary_zuid": str(int(world.zgid) + 101),
        "employee_count": "240",
        "phone": "+1 617 555 0134" if iso == "USD" else "+49 421 5550 134",
        "mobile": None,
        "fax": None,
        "website": f"https://www.{company.domain}",
        "street": street,
        "city": city,
        "state": state,
        "zip": zip_code,
        "country": country,
        "country_code": company.country_code,
        "time_zone": company.time_zone,
        "currency": name,
        "currency_locale": iso,
        "currency_symbol": symbol,
        "iso_code": iso,
        "created_time": world.ago(910),
        "photo_id": None,
        "mc_status": False,
        "gapps_enabled": False,
        "lite_users_enabled": False,
        "translation_enabled": iso != "USD",
        "deletable_org_account": False,
        "privacy_settings": iso != "USD",
        "hipaa_compliance_enabled": False,
        "zia_portal_id": str(int(world.zgid) + 6_229_512),
        "hierarchy_preferences": {"type": "Role_Hierarchy"},
        "license_details": {
            "paid": True,
            "paid_type": "enterprise",
            "paid_expiry": world.ago(-2000),
            "trial_type": None,
            "trial_expiry": None,
            "users_license_purchased": 25,
            "portal_users_license_purchased": 0,
        },
    }
