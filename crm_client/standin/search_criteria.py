r"""The language of search criteria: `((Last_Name:equals:Burns\, B)and(First_Name:starts_with:M))`, read into a tree.

unverified: `and` binds more tightly than `or` where both stand in one bracket; blanks around brackets and words do not
count; upper case is the same in `and` and `or`. A comma that is not escaped is refused outside of `in` and `between`,
and a backslash before anything but ( ) , and \ stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ESCAPED = frozenset("(),\\")
LISTS = ("in", "between")
MOST_CONDITIONS = 10  # unverified: newer OpenAPI files say 15
MOST_VALUES = 100
DEEPEST = 20
_HEAD = re.compile(r"\s*([A-Za-z$][A-Za-z0-9_$.]*)\s*:\s*([a-z_]+)\s*:")
_JOIN = re.compile(r"\s*(and|or)\s*(?=\()", re.IGNORECASE)


class BadCriteriaError(ValueError):
    """The text is no criteria; it says where."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, its values unescaped; several only for `in` and `between`."""

    api_name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups that hold all together, or of which one is enough."""

    parts: tuple[Condition | Group, ...]
    is_all: bool


Tree = Condition | Group


def read(text: str) -> Tree:
    """The tree of a criteria text. Raises BadCriteriaError."""
    reader = _Reader(text)
    tree = reader.chain(0)
    if reader.rest().strip():
        raise BadCriteriaError(f"something follows at {reader.at}")
    return tree


def conditions(tree: Tree) -> Iterator[Condition]:
    """Every condition of a tree."""
    if isinstance(tree, Condition):
        yield tree
    else:
        for part in tree.parts:
            yield from conditions(part)


def holds(tree: Tree, test: Callable[[Condition], bool]) -> bool:
    """Whether the tree holds where each condition is tested alone."""
    if isinstance(tree, Condition):
        return test(tree)
    results = (holds(part, test) for part in tree.parts)
    return all(results) if tree.is_all else any(results)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def rest(self) -> str:
        return self.text[self.at :]

    def chain(self, depth: int) -> Tree:
        """Brackets joined by `and` and `or`."""
        if depth > DEEPEST:
            raise BadCriteriaError("brackets are nested too deep")
        alternatives: list[list[Tree]] = [[self.bracket(depth)]]
        while join := _JOIN.match(self.text, self.at):
            self.at = join.end()
            part = self.bracket(depth)
            if join[1].lower() == "and":
                alternatives[-1].append(part)
            else:
                alternatives.append([part])
        made = [one[0] if len(one) == 1 else Group(tuple(one), True) for one in alternatives]
        return made[0] if len(made) == 1 else Group(tuple(made), False)

    def bracket(self, depth: int) -> Tree:
        """What stands in one pair of brackets: a condition, or again a chain."""
        self._expect("(")
        if self.rest().lstrip().startswith("("):
            tree = self.chain(depth + 1)
            self._expect(")")
            return tree
        return self._condition()

    def _expect(self, mark: str) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        if not self.text.startswith(mark, self.at):
            raise BadCriteriaError(f"{mark} is missing at {self.at}")
        self.at += 1

    def _condition(self) -> Condition:
        head = _HEAD.match(self.text, self.at)
        if head is None:
            raise BadCriteriaError(f"no condition stands at {self.at}")
        self.at = head.end()
        values: list[str] = []
        value = ""
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter == "\\" and self.text[self.at + 1 : self.at + 2] in ESCAPED and self.at + 1 < len(self.text):
                value += self.text[self.at + 1]
                self.at += 2
                continue
            self.at += 1
            if letter == ")":
                return self._made(head[1], head[2], [*values, value])
            if letter == "(":
                raise BadCriteriaError(f"a bracket is not escaped at {self.at - 1}")
            if letter == ",":
                values.append(value)
                value = ""
            else:
                value += letter
        raise BadCriteriaError("the last bracket is missing")

    def _made(self, api_name: str, operator: str, values: list[str]) -> Condition:
        if operator not in LISTS and len(values) > 1:
            raise BadCriteriaError(f"a comma is not escaped in the value of {api_name}")
        if operator == "between" and len(values) != 2:
            raise BadCriteriaError("between takes two values")
        return Condition(api_name, operator, tuple(values))
