"""The smallest set of scopes for a set of operations. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from crm_client.scopes import NOT_IN_SETTINGS_ALL, covers, is_known, spelled

_WIDE = ("ZohoCRM.modules", "ZohoCRM.settings")  # groups whose ALL reaches every item below


def exactly(scopes: Iterable[str]) -> list[str]:
    """The least that allows them all and nothing more: each scope once, without those that another one covers."""
    kept: list[str] = []
    for scope in sorted({scope.lower(): spelled(scope) or scope for scope in scopes if scope}.values()):
        if covers(kept, scope):
            continue
        kept = [other for other in kept if not covers([scope], other)]
        kept.append(scope)
    return sorted(kept)


def fewest(scopes: Iterable[str]) -> list[str]:
    """The smallest number of scopes that allow them all, which may allow more besides.

    Several operations of one group become its ALL; several items of modules or settings that group's READ or ALL.
    Only scopes that Zoho knows are made.
    """
    return sorted(_joined(_joined(exactly(scopes), _same_item), _same_group))


def _same_item(scope: str) -> str:
    return scope.rpartition(".")[0]


def _same_group(scope: str) -> str:
    for group in _WIDE:
        inside = scope.startswith(group + ".") and not scope.lower().startswith(NOT_IN_SETTINGS_ALL)
        if inside:
            return group
    return ""


def _joined(scopes: list[str], group_of: Callable[[str], str]) -> list[str]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    alone: list[str] = []
    for scope in scopes:
        group = group_of(scope)
        if group:
            groups[group].append(scope)
        else:
            alone.append(scope)
    for group, members in groups.items():
        operations = {member.rpartition(".")[2].upper() for member in members}
        wider = f"{group}.{operations.pop() if len(operations) == 1 else 'ALL'}"
        fits = len(members) > 1 and is_known(wider) and all(covers([wider], member) for member in members)
        alone += [wider] if fits else members
    return alone
