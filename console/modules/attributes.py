"""Everything the CRM said about one thing, in words: also what this console has never heard of. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.modules.words import UNKNOWN, VALUE_WORDS, Word
from console.raw_json import pretty
from crm_client.values import JSON, as_link, as_text

MOST_TEXT = 20_000


@dataclass(slots=True)
class Shown:
    """One attribute as a page shows it.

    form  yes, no, nothing (null or empty), text, code (a word of the CRM's), moment, list, link or json
    text  what to show, "" for yes, no, nothing and list
    """

    key: str
    name: str
    meaning: str
    form: str
    text: str = ""
    words: str = ""
    items: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    name: str
    rows: list[Shown]

    @property
    def said(self) -> list[Shown]:
        """The rows that hold something; the others are `silent`, and named in one line."""
        return [row for row in self.rows if row.form != "nothing"]

    @property
    def silent(self) -> list[Shown]:
        return [row for row in self.rows if row.form == "nothing"]


def groups(raw: Mapping[str, JSON], words: Mapping[str, Word], leave_out: Iterable[str] = ()) -> list[Group]:
    """The attributes under their headings, in the order of `words`; unknown keys last, under a heading of their own.

    leave_out  keys that the page shows elsewhere
    """
    hidden = set(leave_out)
    found: dict[str, list[Shown]] = {}
    for key, word in words.items():
        if key in raw and key not in hidden:
            found.setdefault(word.group, []).append(shown(key, raw[key], word.name, word.meaning))
    unknown = [shown(key, value, "", "") for key, value in raw.items() if key not in words and key not in hidden]
    if unknown:
        found[UNKNOWN] = unknown
    return [Group(name, rows) for name, rows in found.items()]


def shown(key: str, value: JSON, name: str, meaning: str) -> Shown:
    """One attribute, whatever JSON it holds."""
    row = Shown(as_text(key)[:200], name, meaning, "text")
    if value is True or value is False:
        row.form = "yes" if value else "no"
    elif value is None or value == "" or value == [] or value == {}:
        row.form = "nothing"
    elif isinstance(value, str):
        row.text = as_text(value)[:MOST_TEXT]
        if row.text in VALUE_WORDS:
            row.form, row.words = "code", VALUE_WORDS[row.text]
        elif row.key.endswith("_time"):
            row.form = "moment"
        elif as_link(value):
            row.form = "link"
    elif isinstance(value, int | float):
        row.text = _number(value)
    elif isinstance(value, list) and (items := _names(value)):
        row.form, row.items = "list", items
    elif isinstance(value, dict) and (name_ := _name(value)):
        row.text = name_
    else:
        row.form, row.text = "json", pretty(value)
    return row


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print an integer of more than 4,300 digits
        return "a number too long to be shown"


def _names(values: list[JSON]) -> list[str]:
    """The names in a list of texts or of references; [] when it holds anything else."""
    names = [as_text(value) if isinstance(value, str) else _name(value) for value in values]
    return names if all(names) else []


def _name(value: JSON) -> str:
    """The name of a plain reference ({"name"/"api_name", "id"} and nothing more); "" for any other object."""
    if not isinstance(value, dict) or not value or not set(value) <= {"id", "name", "api_name", "module"}:
        return ""
    return next((as_text(value[key]) for key in ("name", "api_name", "module") if isinstance(value.get(key), str)), "")
