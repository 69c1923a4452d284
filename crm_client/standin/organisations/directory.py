"""An organisation from a directory of saved API answers.

The directory (contract.md): `org.json users.json profiles.json roles.json modules.json fields/<Module>.json
layouts/<Module>.json related_lists/<Module>.json custom_views/<Module>.json pipelines/<layout id>.json wizards.json
wizards/<wizard id>/<layout id>.json blueprints/settings/<id>.json blueprints/<Module>/<record id>.json
records/<Module>.json apis.json`, each the API's own answer. What is missing is not there; what is broken is named.

What the files say is not judged: labels with markup, ids that are numbers, unknown data types are served as they are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from crm_client.standin.organisation import JSON, Organisation, Shelf
from crm_client.standin.organisations.positions import items, line_column, members, not_a_number

_PREFIX = "4990001"  # of the ids that are made up for a directory without org.json or users.json


class BrokenDirectory(ValueError):
    """A saved organisation cannot be read: which file, where in it, and what is wrong.

    path     the file, or the directory itself
    line     counted from 1; None when it is not about a place in a file
    column   counted from 1; None likewise
    problem  one sentence without the place
    """

    def __init__(self, path: Path, problem: str, place: tuple[int, int] | None = None) -> None:
        self.path = path
        self.problem = problem
        self.line: int | None
        self.column: int | None
        self.line, self.column = place or (None, None)
        where = f"{path}, line {self.line}, column {self.column}" if place else str(path)
        super().__init__(f"{where}: {problem}")


def load_directory(path: str | Path, dc: str = "standin-us", key: str = "") -> Organisation:
    """The organisation that a directory holds.

    dc       the data centre that it is put into
    key      how tokens and the consent page name it; "" takes the directory's name
    returns  with `environment` "sandbox" when org.json says so, else "production". Without org.json there is an
             organisation of the directory's name, without users.json one administrator, so that one can sign in.
    raises   BrokenDirectory, for the first thing that is wrong
    """
    root = Path(path)
    if not root.is_dir():
        raise BrokenDirectory(root, "there is no such directory" if not root.exists() else "this is not a directory")
    files = {file.relative_to(root) for file in root.rglob("*.json")}
    if not files & {Path("org.json"), Path("modules.json")}:
        raise BrokenDirectory(
            root, "neither org.json nor modules.json is here; is this the directory of an organisation?"
        )
    name = root.resolve().name
    org = _only(root / "org.json", "org") or {
        "id": f"{_PREFIX}000000020005",
        "company_name": name,
        "type": "production",
        "zgid": "799000001",
    }
    profiles = _list(root / "profiles.json", "profiles")
    return Organisation(
        key=key or re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "directory",
        name=str(org.get("company_name") or name),
        dc=dc,
        environment="sandbox" if org.get("type") == "sandbox" else "production",
        org=org,
        users=_list(root / "users.json", "users") or [_administrator(profiles)],
        profiles=profiles,
        roles=_list(root / "roles.json", "roles"),
        modules=_list(root / "modules.json", "modules"),
        wizards=_list(root / "wizards.json", "wizards"),
        wizard_details=Shelf.of(
            ((file.parent.name, file.stem), _one(file, "wizards")) for file in sorted(root.glob("wizards/*/*.json"))
        ),
        blueprint_settings=Shelf.of(
            (file.stem, _one(file, "blueprints")) for file in sorted(root.glob("blueprints/settings/*.json"))
        ),
        record_blueprints=Shelf.of(
            ((file.parent.name, file.stem), _object(file, "blueprint"))
            for file in sorted(root.glob("blueprints/*/*.json"))
            if file.parent.name != "settings"
        ),
        pipelines=_by_file(root / "pipelines", "pipeline"),
        records=_by_file(root / "records", "data"),
        apis=_list(root / "apis.json", "__apis") or None,
        fields=_by_file(root / "fields", "fields"),
        layouts=_by_file(root / "layouts", "layouts"),
        related_lists=_by_file(root / "related_lists", "related_lists"),
        custom_views=_by_file(root / "custom_views", "custom_views"),
    )


def _by_file(folder: Path, root_key: str) -> Shelf[str, list[JSON]]:
    """Every file of a folder, by its name without the ending."""
    return Shelf.of((file.stem, _list(file, root_key)) for file in sorted(folder.glob("*.json")))


def _list(file: Path, root_key: str) -> list[JSON]:
    """The objects of the list under the answer's root key; [] when there is no such file."""
    if not file.exists():
        return []
    text, answer = _read(file)
    listed = _member(file, text, answer, root_key)
    if not isinstance(listed, list):
        _broken(file, text, root_key, None, f'"{root_key}" must be a list, but is {_kind(listed)}')
    seen: set[str] = set()
    for index, item in enumerate(listed):
        if not isinstance(item, dict):
            _broken(
                file, text, root_key, index, f'each item of "{root_key}" must be an object, but this is {_kind(item)}'
            )
        if item.get("id") is not None:
            item_id = str(item["id"])
            if item_id in seen:
                _broken(file, text, root_key, index, f'two items of "{root_key}" have the id {item_id}')
            seen.add(item_id)
    return listed


def _only(file: Path, root_key: str) -> JSON:
    """The first object of the list; {} when there is no such file, or nothing in it."""
    listed = _list(file, root_key)
    return listed[0] if listed else {}


def _one(file: Path, root_key: str) -> JSON:
    """The one object of an answer's list, which must have it."""
    listed = _list(file, root_key)
    if not listed:
        raise BrokenDirectory(file, f'"{root_key}" is empty; leave the file out when there is nothing', (1, 1))
    return listed[0]


def _object(file: Path, root_key: str) -> JSON:
    """The object under the answer's root key."""
    text, answer = _read(file)
    value = _member(file, text, answer, root_key)
    if not isinstance(value, dict):
        _broken(file, text, root_key, None, f'"{root_key}" must be an object, but is {_kind(value)}')
    found: JSON = value
    return found


def _member(file: Path, text: str, answer: Any, root_key: str) -> Any:
    if not isinstance(answer, dict):
        place = line_column(text, len(text) - len(text.lstrip()))
        raise BrokenDirectory(file, f'must hold an object with the key "{root_key}", but holds {_kind(answer)}', place)
    if root_key not in answer:
        place = line_column(text, text.index("{"))
        keys = ", ".join(f'"{key[:40]}"' for key in list(answer)[:5])
        has = f"it has {keys}" if keys else "it is empty"
        raise BrokenDirectory(file, f'the answer\'s object lacks the key "{root_key}": {has}', place)
    return answer[root_key]


def _read(file: Path) -> tuple[str, Any]:
    try:
        raw = file.read_bytes()
    except OSError as exc:
        raise BrokenDirectory(file, f"cannot be read: {exc.strerror or exc}") from exc
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        place = raw.count(b"\n", 0, exc.start) + 1, exc.start - raw.rfind(b"\n", 0, exc.start)
        raise BrokenDirectory(file, f"is not UTF-8: byte 0x{raw[exc.start]:02x} does not belong there", place) from exc
    if not text.strip():
        raise BrokenDirectory(file, "is empty; leave the file out when there is nothing", (1, 1))
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as exc:
        raise BrokenDirectory(file, f"is not JSON: {exc.msg}", (exc.lineno, exc.colno)) from exc
    except RecursionError as exc:
        raise BrokenDirectory(file, "is nested too deeply to be an answer of the API") from exc
    except ValueError as exc:  # a number of thousands of digits
        raise BrokenDirectory(file, f"cannot be read: {exc}") from exc
    strange = not_a_number(text)
    if strange >= 0:
        raise BrokenDirectory(file, "is not JSON: NaN and Infinity are no values", line_column(text, strange))
    return text, answer


def _broken(file: Path, text: str, root_key: str, index: int | None, problem: str) -> NoReturn:
    """Raises with the line of the root key's value, or of one item of its list."""
    offset = [where for key, where in members(text) if key == root_key][-1]
    if index is not None:
        offset = next(where for n, where in enumerate(items(text, offset)) if n == index)
    raise BrokenDirectory(file, problem, line_column(text, offset))


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _administrator(profiles: list[JSON]) -> JSON:
    """Somebody to sign in as, with the first profile there is."""
    profile = next((profile for profile in profiles if profile.get("name") == "Administrator"), (profiles or [{}])[0])
    return {
        "id": f"{_PREFIX}000000280001",
        "first_name": "Alice",
        "last_name": "Administrator",
        "full_name": "Alice Administrator",
        "email": "alice@directory.example",
        "zuid": "799000102",
        "status": "active",
        "confirm": True,
        "profile": {"id": profile.get("id", f"{_PREFIX}000000026011"), "name": profile.get("name", "Administrator")},
        "role": {"id": f"{_PREFIX}000000026005", "name": "CEO"},
    }
