"""What the rest of the CRM’s metadata says about a process: fields, people, values of the state field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_client.blueprint_parts import Owner
from crm_client.fields import Field
from crm_client.profiles import Profile
from crm_client.roles import Role
from crm_client.users import User


@dataclass(slots=True)
class Value:
    """A value of the picklist that a process runs on. `is_open`: the CRM counts it as unfinished; None: not said."""

    actual: str
    shown: str
    is_open: bool | None = None


@dataclass(slots=True)
class People:
    """Users, roles and profiles; each None when the CRM would not say."""

    users: Sequence[User] | None = None
    roles: Sequence[Role] | None = None
    profiles: Sequence[Profile] | None = None

    def name(self, kind: str, id_: str) -> str:
        """The name of a user, role or profile; "" when it is not known."""
        if kind == "users":
            return next((one.label for one in self.users or () if one.id == id_), "")
        if kind == "roles":
            return next((one.name or one.display_label for one in self.roles or () if one.id == id_), "")
        if kind == "profiles":
            return next((one.name or one.display_label for one in self.profiles or () if one.id == id_), "")
        return ""

    def of(self, owner: Owner) -> list[User] | None:
        """The active users that an owner stands for; None: anybody, or it cannot be told."""
        if self.users is None or owner.type not in ("users", "roles", "profiles"):
            return None
        ids = {ref.id for ref in owner.resources if ref.id}
        names = {ref.name for ref in owner.resources if not ref.id and ref.name}
        return [one for one in self.users if one.is_active and _is(one, owner.type, ids, names)]

    def who(self, owners: Iterable[Owner]) -> list[User] | None:
        """The active users that one of the owners stands for; None: anybody, or it cannot be told."""
        found: dict[str, User] = {}
        is_limited = False
        for owner in owners:
            some = self.of(owner)
            if some is None:
                return None
            is_limited = True
            found.update({one.id: one for one in some})
        return list(found.values()) if is_limited else None


def _is(user: User, kind: str, ids: set[str], names: set[str]) -> bool:
    if kind == "users":
        return user.id in ids or user.label in names
    ref = user.role if kind == "roles" else user.profile
    return ref is not None and (ref.id in ids or ref.name in names)


@dataclass(slots=True)
class Facts:
    """What is known when a process is examined.

    fields   {api_name: Field} of the module; None: not known
    values   of the state field, or of the process's pipeline; None: not known
    reasons  sentences: why something is not known
    """

    fields: dict[str, Field] | None = None
    values: list[Value] | None = None
    people: People = field(default_factory=People)
    reasons: list[str] = field(default_factory=list)

    def label(self, name: str) -> str:
        """What people call a field; its API name where that is not known."""
        return self.fields[name].label if self.fields and name in self.fields else name

    def hidden_from(self, name: str) -> set[str]:
        """Ids of the profiles that do not see a field."""
        found = self.fields.get(name) if self.fields else None
        return {one.id for one in (found.profiles or [] if found else []) if one.permission_type == "hidden"}

    def choices(self, name: str) -> set[str] | None:
        """What a picklist can hold; None for what is none, or is not known."""
        found = self.fields.get(name) if self.fields else None
        if found is None or found.data_type != "picklist" or not found.pick_list_values:
            return None
        return {text for item in found.pick_list_values for text in (item.actual_value, item.display_value) if text}

    def missing(self) -> list[str]:
        """Sentences: what could not be examined, and why."""
        found = list(self.reasons)
        if self.fields is None:
            found.append("The module’s fields are not known: hidden inputs were not looked for.")
        if self.values is None:
            found.append("The values of the state field are not known: ignored values were not looked for.")
        if self.people.users is None:
            found.append("The users are not known: transitions that nobody may run were not looked for.")
        return found


def values_of(state_field: Field | None) -> list[Value] | None:
    """The values that a picklist offers, without "none"."""
    if state_field is None or not state_field.pick_list_values:
        return None
    return [
        Value(item.actual_value, item.display_value or item.actual_value)
        for item in state_field.pick_list_values
        if item.type != "unused" and item.actual_value not in ("", "-None-")
    ]
