"""The words in which the made wizards are described: a button, a rule, a screen, a container, a wizard."""

from __future__ import annotations

from dataclasses import dataclass

EVERYBODY = "administrator standard sales"


@dataclass(frozen=True, slots=True)
class ButtonSpec:
    """A button. `to` names a screen of the same container by its label; "" for one that saves or is custom."""

    label: str
    to: str = ""
    type: str = "transition"  # transition, save, custom
    when: str = ""  # criteria, such as "Purpose = Vehicle" or "Loan_Amount > 50000 and Region = North"
    visibility: str = "show"
    profiles: str = ""  # keys of profiles; "" for everybody
    portals: str = ""  # names of portal user types
    colour: str = ""  # background
    shape: str = "square"
    summary: str = ""
    message: tuple[str, str] | None = None  # title, content
    transition: str = ""  # blueprint transition on save
    arrow: bool = True  # False: the chart has no arrow for it (a planted defect)


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A conditional rule. `do` lists actions: "require A B; lock C unless administrator; set D = x; show @Segment"."""

    when: str
    do: str
    on: str = "create_edit"


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """A screen. `parts` lists segments: "Title: A B C; Title|1: D" (one column), "Title ~ text" (a text label),
    "Title # Subform" and "Title % Widget"."""

    label: str
    parts: str
    buttons: tuple[ButtonSpec, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    at: tuple[int, int] | None = None  # place on the canvas; None: worked out from the order of the arrows


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """The screens for one layout; the first is the start."""

    layout: str
    screens: tuple[ScreenSpec, ...]
    starts: tuple[str, ...] | None = None  # labels, when it is not the first one alone
    extra_arrows: tuple[tuple[str, str], ...] = ()  # (from, to) that no button takes


@dataclass(frozen=True, slots=True)
class WizardSpec:
    """A wizard. `plants` says which findings it must give, and no others: "code@Screen" parted by blanks, one per
    container; the name of a screen has "_" for blanks; without "@" it is about the wizard."""

    name: str
    module: str
    containers: tuple[ContainerSpec, ...]
    profiles: str = EVERYBODY
    portals: str = ""
    active: bool = True
    plants: tuple[str, ...] = ()


def save(label: str = "Save", **more: object) -> ButtonSpec:
    """A button that stores the record."""
    return ButtonSpec(label, type="save", **more)  # type: ignore[arg-type]


def to(screen: str, label: str = "Next", **more: object) -> ButtonSpec:
    """A button that goes to a screen."""
    return ButtonSpec(label, screen, **more)  # type: ignore[arg-type]
