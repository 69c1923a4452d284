"""What the granted scopes allow: for each page of the console, whether it works. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm_client.scopes import missing


@dataclass(frozen=True, slots=True)
class Access:
    """A page, and the scopes that it lacks; it works when it lacks none."""

    page: str
    lacks: Sequence[str]


def access(granted: Iterable[str], needs: Mapping[str, Sequence[str]]) -> list[Access]:
    """For each page what the granted scopes lack.

    needs  {page in words: the scopes its view declares}
    """
    have = list(granted)
    return [Access(page, missing(have, scopes)) for page, scopes in needs.items()]
