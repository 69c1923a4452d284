"""The organisations that the stand-in has built in, and those that it loads from a directory."""

from __future__ import annotations

from functools import lru_cache

from crm_client.standin.organisation import Organisation
from crm_client.standin.organisations.directory import BrokenDirectory, load_directory
from crm_client.standin.organisations.made import companies, drift, make
from crm_client.standin.organisations.samples import organisation as of_the_documentation

__all__ = ["BrokenDirectory", "built_in", "load_directory"]


def built_in(seed: int = 1) -> list[Organisation]:
    """The built-in organisations made from a seed: the same seed gives the same content, ids included.

    Each call returns copies, so a caller may change what it gets.
    """
    return [organisation.copy() for organisation in _masters(seed)]


@lru_cache(maxsize=4)
def _masters(seed: int) -> tuple[Organisation, ...]:
    """What the copies are taken from; nobody else holds these."""
    demo, europe = companies.demo(seed), companies.europe(seed)
    made = (demo, drift.sandbox(demo), europe, drift.sandbox(europe))
    fresh = (*(make.organisation(company) for company in made), of_the_documentation())
    return tuple(organisation.copy() for organisation in fresh)  # a copy is frozen, so that copying it costs little
