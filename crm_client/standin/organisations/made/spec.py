"""The words in which the made organisations are described: a field, a section, a layout, a module.

These are descriptions, written by hand and short; `fields.py`, `layouts.py` and `records.py` turn them into the API's
objects. Names of profiles are keys of `people.PROFILES` ("sales", "read_only" …), several of them parted by blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

NONE = "-None-"  # the CRM's own entry for "empty" in every picklist


@dataclass(frozen=True, slots=True)
class Value:
    """One entry of a picklist."""

    display: str
    actual: str
    colour: str | None = None
    used: bool = True


def values_of(text: str) -> list[Value]:
    """Reads "Open|Shown=>stored|Coloured#2c73d2|~No longer used" into a list of values."""
    values = []
    for part in text.split("|"):
        used = not part.startswith("~")
        rest, _, colour = part.removeprefix("~").partition("#")
        display, _, actual = rest.partition("=>")
        values.append(Value(display, actual or display, f"#{colour}" if colour else None, used))
    return values


@lru_cache(maxsize=4096)
def _name_of(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. What is left out follows from its kind (a row of `kinds.KINDS`)."""

    label: str
    kind: str = "text"
    api: str = ""  # api_name; "" makes it from the label
    shown: str = ""  # field_label, when it differs from the stored label (renamed or translated)
    mandatory: bool = False  # system_mandatory
    custom: bool = False
    length: int | None = None
    decimals: int | None = None
    values: str = ""  # picklists: see values_of
    coloured: bool = False
    global_set: str = ""  # api_name of the shared value set
    parent: str = ""  # picklist that decides which values are offered
    maps: str = ""  # "Parent value:a,b,c|Next parent value:d" (actual values)
    to: str = ""  # target module(s) of a lookup; for subforms the row module; for uploads the system's own module
    via: str = ""  # linking module of a multi-select lookup
    related: str = ""  # title of the related list in the target module; "": the plural of this module
    unique: bool = False
    external: bool = False
    tooltip: str = ""
    section: str = ""  # key of the section it stands in; "" the first, "-" on no layout
    default: str | bool | None = None
    quick: bool = False  # on the quick-create form
    card: bool = False  # on the business card
    unused: bool = False
    private: bool = False
    encrypted: bool = False
    tracked: str = ""  # history module
    returns: str = ""  # formula and rollup: return type
    rollup: str = ""  # "Deals.Amount.SUM"
    prefix: str = ""  # autonumber
    convert: str = ""  # "Contacts=Email Accounts=Website"
    hidden_from: str = ""
    read_only_for: str = ""
    sample: str = ""  # what records hold: "one|or another", # a digit, @ a letter
    between: tuple[float, float] | None = None  # numbers; dates: days after the record was created
    filled: float = 0.75  # share of records that have a value

    @property
    def api_name(self) -> str:
        """The name for URLs and payloads."""
        return self.api or _name_of(self.label)


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A block of a layout."""

    key: str
    name: str
    columns: int = 2
    traversal: str = "left_to_right"
    used: bool = True


@dataclass(frozen=True, slots=True)
class LayoutSpec:
    """One page layout: the module's fields in the order of their sections, less some, with some made mandatory."""

    name: str
    api: str = ""
    required: str = ""  # api_names, beside the system-mandatory ones
    without: str = ""  # api_names and section keys that this layout lacks
    one_column: str = ""  # section keys drawn in one column here
    unused: str = ""  # section keys that are kept but not drawn
    status: str = "active"
    hidden_from: str = ""
    created_for: str = ""
    pipelines: str = ""  # Deals: "Name:stage,stage|Name:…", the first is the default

    @property
    def api_name(self) -> str:
        """`Standard__s` for the one that the system made."""
        return self.api or ("Standard__s" if self.name == "Standard" else re.sub(r"\W+", "_", self.name, flags=re.A))


@dataclass(frozen=True, slots=True)
class ModuleSpec:
    """One module."""

    api: str
    singular: str
    plural: str
    fields: tuple[FieldSpec, ...] = ()
    name: str = ""  # module_name, when it differs from the api_name
    actual: tuple[str, str] = ("", "")  # labels as stored, when users see others
    generated: str = "default"
    status: str = "visible"
    visibility: int = 1
    parent: str = ""
    api_supported: bool = True
    tab: bool = True
    viewable: bool = True
    creatable: bool = True
    convertable: bool = False
    quick_create: bool = True
    lookupable: bool = True
    blueprint: bool = True
    searchable: bool = True
    feeds: bool = False
    public_fields: bool = False
    team: bool = False
    sequence: bool = True  # False: the key sequence_number is missing, as the CRM does for some hidden modules
    description: str | None = None
    web_link: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    hidden_from: str = ""
    sections: tuple[SectionSpec, ...] = ()
    layouts: tuple[LayoutSpec, ...] = (LayoutSpec("Standard"),)
    owned: bool = True  # has Owner, Tag and the other fields that the system adds
    image: bool = False
    wizards: bool = False  # has the system field Wizard
    tracks_current: bool = False
    changed: bool = False  # somebody changed the module's properties
    count: int = 0  # records in a made organisation

    def but(self, **changes: object) -> ModuleSpec:
        """The same module with some parts changed (for the sandbox that drifted)."""
        return replace(self, **changes)  # type: ignore[arg-type]
