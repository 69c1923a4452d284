"""What is wrong in a query before anybody is asked: the mistakes that people make in COQL, with the query as it was
meant. Only what the CRM is certain to refuse; everything else is the CRM's to judge. Pure.

source  zoho.com/crm/developer/docs/api/v8/COQL-Overview.html, COQL-Limitations.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crm_client.coql_text import MOST_ROWS

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_FROM = re.compile(r"\bfrom\s+([A-Za-z]\w*)", re.IGNORECASE | re.ASCII)
_AFTER_FROM = re.compile(r"\bfrom\s+\w+(?:#\d+)?", re.IGNORECASE | re.ASCII)
_STAR = re.compile(r"\bselect\s+\*", re.IGNORECASE)
_COUNT_STAR = re.compile(r"\b(count)\s*\(\s*\*\s*\)", re.IGNORECASE)
_NULL = re.compile(r"(<>|!=|==?)\s*null\b", re.IGNORECASE)
_SIGN = re.compile(r"<>|==")
_JOIN = re.compile(r"\b(?:inner|left|right|outer|cross)?\s*join\b.*?\bon\b", re.IGNORECASE | re.DOTALL)
_LIMIT = re.compile(r"\blimit\s+(?:(\d{1,9})\s*,\s*)?(\d{1,9})", re.IGNORECASE)
_WHERE = re.compile(
    r"\bwhere\b(.*?)(?=\bgroup\s+by\b|\border\s+by\b|\blimit\b|\boffset\b|\Z)", re.IGNORECASE | re.DOTALL
)
_JOINT = re.compile(r"[()]|\bbetween\b|\band\b|\bor\b", re.IGNORECASE)
_MOST = 9  # mistakes that are named in one query


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sentence, and the query as it may have been meant; "" where nobody can tell."""

    sentence: str
    meant: str = ""


def mistake(text: str, modules: Mapping[str, str] | None = None, columns: Sequence[str] = ()) -> Mistake | None:
    """What the CRM would refuse in the query, with all of it put right; None when it may be asked.

    modules  what people call modules, in lower case, to their API names; what is not in it is left to the CRM
    columns  names to select in place of a star
    """
    sentences: list[str] = []
    found, meant = _first(text, modules or {}, columns), ""
    while found is not None and len(sentences) < _MOST:
        sentences.append(found.sentence)
        meant = found.meant
        found = _first(meant, modules or {}, columns) if meant else None
    return Mistake(" ".join(sentences), meant) if sentences else None


def _first(text: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    bare = _QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)  # nothing inside a text counts
    if bare.count("'") % 2:
        return Mistake("A text is not closed: COQL puts texts in single quotes, and writes a quote inside one twice.")
    for look in (_no_module, _other_name, _star, _join, _signs, _no_where, _pairs, _limit):
        if found := look(text, bare, modules, columns):
            return found
    return None


_Look = Callable[[str, str, Mapping[str, str], Sequence[str]], Mistake | None]


def _no_module(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    if re.search(r"\bfrom\b", bare, re.IGNORECASE):
        return None
    meant = f"{text}\nfrom Leads\nwhere id is not null" if not re.search(r"\bwhere\b", bare, re.IGNORECASE) else ""
    return Mistake("The query does not say which module it reads: from and the module’s API name are missing.", meant)


def _other_name(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    found = _FROM.search(bare)
    if found is None or found[1] in modules.values():
        return None
    api_name = modules.get(found[1].casefold())
    if api_name is None:
        return None
    meant = text[: found.start(1)] + api_name + text[found.end(1) :]
    return Mistake(f"COQL takes API names, letter by letter: “{found[1]}” is called {api_name}.", meant)


def _star(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    if found := _STAR.search(bare):
        names = ", ".join(columns) or "id, Created_Time"
        meant = _with_where(f"{text[: found.start()]}select {names}{text[found.end() :]}")
        return Mistake("COQL knows no *: name the columns, at most 50.", meant)
    if _COUNT_STAR.search(bare):
        return Mistake("COQL counts a column, not *.", _with_where(_COUNT_STAR.sub(r"\1(id)", text)))
    return None


def _join(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    if not _JOIN.search(bare):
        return None
    meant = "select Last_Name, Account_Name.Industry\nfrom Contacts\nwhere Account_Name.Industry is not null"
    return Mistake("COQL has no join: it follows a look-up by a dot, Account_Name.Industry, over two at most.", meant)


def _signs(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    if _NULL.search(bare):
        meant = _replaced(text, bare, _NULL, lambda sign: "is null" if sign[1][0] == "=" else "is not null")
        return Mistake("Whether a field is empty is asked with is null and is not null.", _with_where(meant))
    if found := _SIGN.search(bare):
        meant = _replaced(text, bare, _SIGN, lambda sign: "!=" if sign[0] == "<>" else "=")
        right = "!=" if found[0] == "<>" else "="
        return Mistake(f"COQL writes {right} where this query writes {found[0]}.", _with_where(meant))
    return None


def _no_where(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    if re.search(r"\bwhere\b", bare, re.IGNORECASE):
        return None
    return Mistake("The query has no where, and COQL demands one, even to read everything.", _with_where(text))


def _pairs(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    """Three conditions side by side: COQL wants each pair in brackets."""
    found = _WHERE.search(bare)
    if found is None:
        return None
    start, end = found.span(1)
    counts, is_range = [0], False
    cuts = []  # where conditions on the outermost level are joined
    for mark in _JOINT.finditer(bare, start, end):
        word = mark[0].lower()
        if word == "(":
            counts.append(0)
        elif word == ")":
            if len(counts) > 1:
                counts.pop()
        elif word == "between":
            is_range = True
        elif is_range and word == "and":
            is_range = False
        else:
            counts[-1] += 1
            if len(counts) == 1:
                cuts.append((mark.start(), mark.end()))
            elif counts[-1] > 1:
                return Mistake(_BRACKETS)
    if len(cuts) < 2:
        return None
    tail = len(text[start:end]) - len(text[start:end].rstrip())
    parts = list(_between(text, start, end, cuts))
    joined = parts[0]
    for (left, right), part in zip(cuts, parts[1:], strict=True):
        joined = f"({joined} {text[left:right]} {part})"
    return Mistake(_BRACKETS, f"{text[:start]} {joined}{text[end - tail : end]}{text[end:]}")


_BRACKETS = "COQL takes conditions in pairs: three or more need brackets, ((A and B) and C)."


def _between(text: str, start: int, end: int, cuts: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The conditions between the words that join them."""
    for left, right in cuts:
        yield text[start:left].strip()
        start = right
    yield text[start:end].strip()


def _limit(text: str, bare: str, modules: Mapping[str, str], columns: Sequence[str]) -> Mistake | None:
    found = _LIMIT.search(bare)
    if found is None or int(found[2]) <= MOST_ROWS:
        return None
    meant = f"{text[: found.start()]}limit {found[1] or 0}, {MOST_ROWS}{text[found.end() :]}"
    sentence = (
        f"One call gives at most {MOST_ROWS:,} rows. Without a limit the console reads page by page, to 100,000 rows."
    )
    return Mistake(sentence, meant)


def _with_where(text: str) -> str:
    """The query with a condition that every record fulfils, where it has none."""
    bare = _QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)
    found = _AFTER_FROM.search(bare)
    if found is None or re.search(r"\bwhere\b", bare, re.IGNORECASE):
        return text
    return f"{text[: found.end()]}\nwhere id is not null{text[found.end() :]}"


def _replaced(text: str, bare: str, wanted: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> str:
    """The query with what is found outside its texts replaced."""
    parts, at = [], 0
    for found in wanted.finditer(bare):
        parts += [text[at : found.start()], by(found)]
        at = found.end()
    return "".join([*parts, text[at:]])
