"""Which OAuth scope covers which (source: Zoho's scope pages; `ZohoCRM.<group>[.<item>].<OPERATION>`)."""

from collections.abc import Iterable

# Settings-level blueprint calls are named by their own scope only: the pages do not say that settings.ALL covers them.
NOT_IN_SETTINGS_ALL = ("zohocrm.settings.blueprint.",)


def covers(granted: Iterable[str], needed: str) -> bool:
    """Whether one of the granted scopes allows what `needed` allows.

    The operation ALL covers every operation of its group and, for `settings` and `modules`, of every item below it.
    WRITE covers CREATE and UPDATE. Compared without regard to case, because the CRM's own pages mix it.
    """
    wanted = needed.lower()
    group, _, operation = wanted.rpartition(".")
    for scope in granted:
        have = scope.lower()
        if have == wanted:
            return True
        have_group, _, have_operation = have.rpartition(".")
        inside = group == have_group or (
            group.startswith(have_group + ".")
            and have_group in ("zohocrm.settings", "zohocrm.modules")
            and not wanted.startswith(NOT_IN_SETTINGS_ALL)
        )
        allows = have_operation in ("all", operation) or (have_operation == "write" and operation in ("create", "update"))
        if inside and allows:
            return True
    return False


def missing(granted: Iterable[str], needed: Iterable[str]) -> list[str]:
    """The needed scopes that nothing granted covers, in the order given."""
    have = list(granted)
    return [scope for scope in needed if not covers(have, scope)]
