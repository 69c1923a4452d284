"""The grammar of COQL: a query's text read into its clauses (bulk.md, section 6). What names and values mean is not
known here.

unverified: a quote inside a quoted text is written twice, and a backslash stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crm_client.standin.errors import ApiError

DEFAULT_LIMIT = 200
DEEPEST = 30
FUNCTIONS = ("SUM", "AVG", "MIN", "MAX", "COUNT")
SIZES = ("=", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<word>[A-Za-z$_][\w$.#]*)"
    r"|(?P<mark><=|>=|!=|[=<>(),]))",
    re.ASCII,
)
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_CLAUSES = ("select", "from", "where", "group", "order", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # text, number, word, mark or end
    value: str  # unquoted
    at: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of SELECT. `function` "" : the value itself."""

    name: str
    function: str
    alias: str

    @property
    def key(self) -> str:
        """The key of the value in a row. unverified: a function without an alias is written in upper case."""
        return self.alias or (f"{self.function}({self.name})" if self.function else self.name)


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    operator: str  # "=", "like", "not in", "is null" …
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two conditions that hold both, or of which one is enough."""

    left: Comparison | Pair
    right: Comparison | Pair
    is_and: bool


Where = Comparison | Pair


@dataclass(slots=True)
class Query:
    columns: list[Column]
    module: str
    cvid: str
    where: Where
    group_by: list[str] = field(default_factory=list)
    order_by: list[tuple[str, bool]] = field(default_factory=list)  # name or alias, and whether descending
    limit: int = DEFAULT_LIMIT
    offset: int = 0


def comparisons(where: Where) -> Iterator[Comparison]:
    """Every condition of a WHERE."""
    if isinstance(where, Comparison):
        yield where
    else:
        yield from comparisons(where.left)
        yield from comparisons(where.right)


def read(text: str) -> Query:
    """The query of a text. Raises ApiError (SYNTAX_ERROR, INVALID_ALIAS)."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._next = 0

    def _split(self, text: str) -> list[Token]:
        tokens, at = [], 0
        end = len(text.rstrip())
        while at < end:
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong(at + len(text[at:]) - len(text[at:].lstrip()))
            kind = str(found.lastgroup)
            value = found[kind]
            if kind == "text":
                value = value[1:-1].replace(value[0] * 2, value[0])
            tokens.append(Token(kind, value, found.start(kind)))
            at = found.end()
        return [*tokens, Token("end", "", len(text))]

    def _wrong(self, at: int) -> ApiError:
        before = self._text[:at]
        details = {
            "line": before.count("\n") + 1,
            "column": at - (before.rfind("\n") + 1) + 1,
            "near": self._text[at : at + 20].split(" ")[0],
        }
        return ApiError("SYNTAX_ERROR", details, "error occured while parsing the query")

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _fail(self) -> ApiError:
        return self._wrong(self._here.at)

    def _take(self) -> Token:
        token = self._here
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _is_word(self, *words: str) -> bool:
        return self._here.kind == "word" and self._here.value.lower() in words

    def _skip_word(self, *words: str) -> bool:
        if self._is_word(*words):
            self._take()
            return True
        return False

    def _skip_mark(self, mark: str) -> bool:
        if self._here.kind == "mark" and self._here.value == mark:
            self._take()
            return True
        return False

    def _mark(self, mark: str) -> None:
        if not self._skip_mark(mark):
            raise self._fail()

    def _clause(self, word: str) -> None:
        """The word that begins a mandatory clause."""
        if not self._skip_word(word):
            if self._here.kind == "end" or self._is_word(*_CLAUSES):
                raise ApiError("SYNTAX_ERROR", {"clause": word}, "missing clause")
            raise self._fail()

    def query(self) -> Query:
        self._clause("select")
        columns = [self._column()]
        while self._skip_mark(","):
            columns.append(self._column())
        self._clause("from")
        module, _, cvid = self._name().partition("#")
        self._clause("where")
        query = Query(columns, module, cvid, self._where(0))
        if self._skip_word("group"):
            self._by()
            query.group_by = self._names()
        if self._skip_word("order"):
            self._by()
            query.order_by = [self._ordered()]
            while self._skip_mark(","):
                query.order_by.append(self._ordered())
        if self._skip_word("limit"):
            query.limit = self._number()
            if self._skip_mark(","):
                query.offset, query.limit = query.limit, self._number()
        if self._skip_word("offset"):
            query.offset = self._number()
        if self._here.kind != "end":
            raise self._fail()
        return query

    def _by(self) -> None:
        if not self._skip_word("by"):
            raise self._fail()

    def _name(self) -> str:
        """A name; names that are words of the language stand in quotes."""
        if self._here.kind not in ("word", "text") or self._is_word(*_CLAUSES, "and", "or", "by"):
            raise self._fail()
        return self._take().value

    def _names(self) -> list[str]:
        names = [self._name()]
        while self._skip_mark(","):
            names.append(self._name())
        return names

    def _column(self) -> Column:
        name, function, alias = self._name(), "", ""
        if name.upper() in FUNCTIONS and self._skip_mark("("):
            function, name = name.upper(), self._name()
            self._mark(")")
        if self._skip_word("as"):
            alias = self._name()
            if not _ALIAS.fullmatch(alias) or alias.lower() in _CLAUSES:
                raise ApiError("INVALID_ALIAS", {"alias": alias})
        return Column(name, function, alias)

    def _ordered(self) -> tuple[str, bool]:
        name = self._name()
        if name.upper() in FUNCTIONS and self._skip_mark("("):
            name = f"{name.upper()}({self._name()})"
            self._mark(")")
        if self._skip_word("desc"):
            return name, True
        self._skip_word("asc")
        return name, False

    def _number(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.value.isdigit() or len(token.value) > 9:
            raise self._wrong(token.at)
        return int(token.value)

    def _where(self, depth: int) -> Where:
        """At most two conditions side by side: more are bracketed in pairs."""
        left = self._operand(depth)
        if not self._is_word("and", "or"):
            return left
        is_and = self._take().value.lower() == "and"
        pair = Pair(left, self._operand(depth), is_and)
        if self._is_word("and", "or"):
            raise self._fail()
        return pair

    def _operand(self, depth: int) -> Where:
        if depth > DEEPEST:
            raise self._fail()
        if self._skip_mark("("):
            inner = self._where(depth + 1)
            self._mark(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        name = self._name()
        if self._here.kind == "mark" and self._here.value in SIZES:
            return Comparison(name, self._take().value, (self._value(),))
        if self._skip_word("is"):
            negated = self._skip_word("not")
            if not self._skip_word("null"):
                raise self._fail()
            return Comparison(name, "is not null" if negated else "is null", ())
        no = "not " if self._skip_word("not") else ""
        if self._skip_word("like"):
            return Comparison(name, no + "like", (self._value(),))
        if self._skip_word("between"):
            first = self._value()
            if not self._skip_word("and"):
                raise self._fail()
            return Comparison(name, no + "between", (first, self._value()))
        if self._skip_word("in"):
            self._mark("(")
            values = [self._value()]
            while self._skip_mark(","):
                values.append(self._value())
            self._mark(")")
            return Comparison(name, no + "in", tuple(values))
        raise self._fail()

    def _value(self) -> str:
        """A quoted text, a number, true or false."""
        if self._here.kind in ("text", "number") or self._is_word("true", "false"):
            return self._take().value
        raise self._fail()
