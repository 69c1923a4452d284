"""Who asks: a user of an organisation, and what the user's profile allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_client.standin.organisation import JSON, Organisation

API_ACCESS = "Crm_Implied_Api_Access"
CUSTOMIZE = "Crm_Implied_Customize"  # how the names of the customisation permissions begin
VERBS = ("View", "Create", "Edit", "Delete")


@dataclass(slots=True)
class Viewer:
    """A user with the rights of the profile.

    A permission counts as given unless the profile lists it as not enabled: saved organisations often lack the list.
    """

    organisation: Organisation
    user: JSON
    profile_id: str
    permissions: dict[str, bool]  # by name
    verbs: dict[tuple[str, str], bool]  # by (module's api_name, "View" …)

    @classmethod
    def of(cls, organisation: Organisation, user: JSON) -> Viewer:
        """The user with what the profile allows."""
        profile = organisation.profile_of(user) or {}
        permissions: dict[str, bool] = {}
        verbs: dict[tuple[str, str], bool] = {}
        for detail in dicts(profile.get("permissions_details")):
            name, enabled = str(detail.get("name") or ""), detail.get("enabled") is not False
            permissions[name] = enabled
            words = name.split("_", 3)  # Crm_Implied_View_Leads
            if len(words) == 4 and words[2] in VERBS:
                verbs[str(detail.get("module") or words[3]), words[2]] = enabled
                verbs.setdefault((words[3], words[2]), enabled)
        profile_id = reference_id(user.get("profile"))
        return cls(organisation, user, profile_id, permissions, verbs)

    @property
    def id(self) -> str:
        """The user's id."""
        return str(self.user.get("id"))

    @property
    def active(self) -> bool:
        """Whether the user may sign in."""
        return is_active(self.user)

    @property
    def customizes(self) -> bool:
        """Whether the profile has the Module Customization permission."""
        return all(on for name, on in self.permissions.items() if name.startswith(CUSTOMIZE))

    def may(self, permission: str) -> bool:
        """Whether the profile has a permission."""
        return self.permissions.get(permission, True)

    def may_do(self, verb: str, module: str) -> bool:
        """Whether the profile may View, Create, Edit or Delete records of a module."""
        return self.verbs.get((module, verb), True)

    def sees_tab(self, module: JSON) -> bool:
        """Whether the module is among the profile's. A list cut at 50 profiles, or an empty one, says nothing."""
        listed = dicts(module.get("profiles"))
        if not listed or module.get("has_more_profiles") is True:
            return True
        return any(reference_id(profile) == self.profile_id for profile in listed)

    def field_permission(self, field: JSON) -> str:
        """`read_write`, `read_only` or `hidden`; a profile that is not listed may write."""
        for profile in dicts(field.get("profiles")):
            if reference_id(profile) == self.profile_id:
                return str(profile.get("permission_type") or "read_write")
        return "read_write"


def is_active(user: JSON) -> bool:
    """Whether a user's status is active, or not told."""
    return bool(user.get("status", "active") == "active")


def dicts(value: Any) -> list[JSON]:
    """The objects of a list; an empty list for anything that is none (a saved organisation may hold anything)."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def reference_id(value: Any) -> str:
    """The id of a reference object such as {"id": "…", "name": "…"}; "" for anything else."""
    return str(value.get("id") or "") if isinstance(value, dict) else ""
