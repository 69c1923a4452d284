"""A small organisation whose every detail the tests know."""

from __future__ import annotations

from typing import Any

from crm_client.standin import Organisation

ADMIN, SELLER, CLERK = "100000000000000001", "100000000000000002", "100000000000000003"
LEADS, DEALS, SECRET_MODULE, WEB, TREE = (f"20000000000000000{n}" for n in range(1, 6))


def reference(id_: str, name: str) -> dict[str, str]:
    return {"id": id_, "name": name}


PROFILES = {ADMIN: "Administrator", SELLER: "Seller", CLERK: "Clerk"}


def profile(id_: str, **denied: bool) -> dict[str, Any]:
    names = [
        "Crm_Implied_Api_Access",
        "Crm_Implied_Customize_Zoho_CRM",
        "Crm_Implied_View_Deals",
        "Crm_Implied_Edit_Leads",
    ]
    details = [
        {"id": f"30000000000000000{n}", "name": name, "module": name.split("_", 3)[3], "enabled": name not in denied}
        for n, name in enumerate(names)
    ]
    return {"id": id_, "name": PROFILES[id_], "permissions_details": details, "sections": []}


def user(number: int, first: str, profile_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"40000000000000000{number}",
        "zuid": f"70000000{number}",
        "first_name": first,
        "last_name": "Miller",
        "full_name": f"{first} Miller",
        "email": f"{first.lower()}@town.example",
        "status": "active",
        "confirm": True,
        "profile": reference(profile_id, PROFILES[profile_id]),
        "role": reference("500000000000000001", "CEO"),
        "Modified_Time": f"2026-01-0{number}T10:00:00+00:00",
    } | more


def module(id_: str, name: str, seen_by: tuple[str, ...] = (ADMIN, SELLER, CLERK), **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "api_name": name,
        "module_name": name,
        "status": "visible",
        "generated_type": "default",
        "api_supported": True,
        "viewable": True,
        "creatable": True,
        "editable": True,
        "deletable": True,
        "isBlueprintSupported": True,
        "lookupable": True,
        "global_search_supported": True,
        "public_fields_configured": False,
        "track_current_data": True,
        "profiles": [reference(one, PROFILES[one]) for one in seen_by],
    } | more


def field(number: int, name: str, seller: str = "read_write", **more: Any) -> dict[str, Any]:
    return {
        "id": f"6000000000000000{number:02}",
        "api_name": name,
        "data_type": "text",
        "type": "used",
        "visible": True,
        "read_only": False,
        "field_read_only": False,
        "history_tracking_enabled": False,
        "pick_list_values": [],
        "profiles": [
            {**reference(ADMIN, "Administrator"), "permission_type": "read_write"},
            {**reference(SELLER, "Seller"), "permission_type": seller},
        ],
    } | more


def value(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": f"6100000000000000{number:02}", "display_value": text, "actual_value": text, "type": "used"} | more


STATUS_MAPS = [{"id": "600000000000000004", "api_name": "Reason", "pick_list_values": [value(9, "Too dear")]}]
FIELDS = [
    field(1, "Last_Name", system_mandatory=True),
    field(2, "Salary", seller="hidden"),
    field(3, "Status", data_type="picklist", pick_list_values=[value(1, "Open"), value(2, "Lost", maps=STATUS_MAPS)]),
    field(4, "Reason", seller="read_only", data_type="picklist", pick_list_values=[value(9, "Too dear")]),
    field(5, "Fossil", type="unused"),
    field(6, "Notes", textarea={"type": "rich_text"}, data_type="textarea"),
    field(7, "Rows", data_type="subform"),
    field(
        8,
        "Friends",
        data_type="multiselectlookup",
        multiselectlookup={
            "linking_details": {
                "module": {"api_name": "Leads_X_Leads", "id": "1"},
                "lookup_field": {"api_name": "Left"},
                "connected_lookup_field": {"api_name": "Right"},
            },
            "connected_details": {"field": {"api_name": "Friends"}, "module": {"api_name": "Leads", "id": LEADS}},
            "related_list": {"display_label": "Friends", "api_name": "Friends1", "id": "7"},
        },
    ),
]
LAYOUT = "800000000000000001"


def layout(id_: str = LAYOUT, name: str = "Standard", **more: Any) -> dict[str, Any]:
    section = {
        "id": "1",
        "name": "All",
        "mode": "create_edit",
        "type": "used",
        "element_type": "section",
        "fields": FIELDS,
    }
    return {
        "id": id_,
        "name": name,
        "api_name": f"{name}__s",
        "status": "active",
        "visible": True,
        "element_type": "layout",
        "profiles": [reference(ADMIN, "Administrator")],
        "sections": [section],
    } | more


def lead(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"90000000000000{number:04}",
        "Last_Name": f"Lead {number:04}",
        "Salary": 100 + number,
        "Status": "Open" if number % 2 else "Lost",
        "Notes": "n" * 600,
        "Rows": [{"id": "1"}],
        "Modified_Time": f"2026-02-{1 + number % 28:02}T10:00:00+00:00",
        "Created_Time": "2026-01-01T10:00:00+00:00",
        "$process_flow": False,
    } | more


def town(key: str = "town", dc: str = "standin-us", environment: str = "production", leads: int = 10) -> Organisation:
    """Anna administers, Sam sells (some things are hidden from him), Clara may not use the API, Olaf has left."""
    org = {
        "id": "110000000000000001",
        "company_name": f"The town of {key}",
        "type": environment,
        "zgid": "700000001",
        "license_details": {"paid_type": "free", "users_license_purchased": 3},
    }
    made = Organisation(key=key, name=org["company_name"], dc=dc, environment=environment, org=org)  # type: ignore[arg-type]
    made.profiles = [
        profile(ADMIN),
        profile(SELLER, Crm_Implied_Customize_Zoho_CRM=True, Crm_Implied_View_Deals=True, Crm_Implied_Edit_Leads=True),
        profile(CLERK, Crm_Implied_Api_Access=True),
    ]
    made.roles = [{"id": "500000000000000001", "name": "CEO"}]
    made.users = [
        user(1, "Anna", ADMIN),
        user(2, "Sam", SELLER),
        user(3, "Clara", CLERK),
        user(4, "Olaf", SELLER, status="disabled", confirm=False),
    ]
    made.modules = [
        module(LEADS, "Leads"),
        module(DEALS, "Deals", status="user_hidden"),
        module(SECRET_MODULE, "Secrets", seen_by=(ADMIN,), generated_type="custom"),
        module(WEB, "Map", generated_type="web", api_supported=False),
        module(TREE, "Reports", api_supported=False),
    ]
    made.module_details["Leads"] = {"display_field": "Last_Name"}
    made.fields["Leads"] = FIELDS
    made.fields["Secrets"] = [field(50, "Name")]
    made.layouts["Leads"] = [layout(), layout("800000000000000002", "Old", status="inactive", profiles=[])]
    made.layouts["Deals"] = [layout("800000000000000003", "Deals")]
    made.pipelines["800000000000000003"] = [{"id": "1", "display_value": "Standard", "maps": []}]
    made.related_lists["Leads"] = [
        {"id": "1", "api_name": "Secrets", "module": {"api_name": "Secrets", "id": SECRET_MODULE}},
        {"id": "2", "api_name": "Deals", "module": {"api_name": "Deals", "id": DEALS}},
    ]
    lost = {"field": {"api_name": "Status"}, "comparator": "equal", "value": "Lost"}
    made.custom_views["Leads"] = [
        {"id": "120000000000000001", "name": "All Leads", "default": True, "criteria": None},
        {
            "id": "120000000000000002",
            "name": "Lost",
            "default": False,
            "criteria": lost,
            "sort_by": {"api_name": "Last_Name"},
        },
    ]
    made.records["Leads"] = [lead(number) for number in range(1, leads + 1)]
    made.records["Deals"] = [
        {"id": "130000000000000001", "Deal_Name": "Big", "Lead": reference("900000000000000001", "Lead 0001")}
    ]
    return made.copy()  # nothing that tests change is shared
