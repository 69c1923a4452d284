"""The doors of the house: who may import whom (README, "Map of the house"), read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HALL = ["audit", "connections", "metadata", "costs", "jobs", "submissions"]  # each may import those before it
PURE_HALLS = ["fieldforms", "diagrams"]
OUTSIDE_ROOMS = {"management", "templatetags", "running", *HALL, *PURE_HALLS}
ROOMS = sorted(
    place.parent.name for place in (ROOT / "console").glob("*/urls.py") if place.parent.name not in OUTSIDE_ROOMS
)
PURE = [
    "crm_client/scopes.py",
    "crm_client/values.py",
    "crm_client/errors.py",
    "console/modules/browse.py",
    "console/choices.py",
    "console/conditions.py",
    "console/exports.py",
    "console/paging.py",
    "console/raw_json.py",
    "console/spreadsheets.py",
    "console/zoho_links.py",
    "console/catalogue/browse.py",
    "console/catalogue/lines.py",
    "console/catalogue/needed.py",
    "console/catalogue/recipes.py",
    "console/costs/allowance.py",
    "console/costs/chart.py",
    "console/costs/endpoints.py",
    "console/costs/prices.py",
    "crm_client/credits.py",
]
_PURE_OF_WIZARDS = """
    browse compare document facts finding findings findings_fields findings_rules findings_ways graph look picture
    rules_in_words screen_card search
"""
PURE += [f"console/wizards/{name}.py" for name in _PURE_OF_WIZARDS.split()]
_PURE_OF_RECORDS = "asked_for choice columns exporting lines query search told values walk"
PURE += [f"console/records/{name}.py" for name in _PURE_OF_RECORDS.split()]
_PURE_OF_BLUEPRINTS = """
    assembled cards compare document facts finding findings graph impossible look numbers offered picture refusals stuck
    words
"""
PURE += [f"console/blueprints/{name}.py" for name in _PURE_OF_BLUEPRINTS.split()]
PURE += [f"console/{hall}/{path.name}" for hall in PURE_HALLS for path in (ROOT / "console" / hall).glob("*.py")]
SENDERS = {"crm_client/transport.py", "crm_client/auth.py"}
HTTP_LIBRARIES = {"requests", "urllib3", "http.client", "urllib.request", "httpx", "authlib"}


def _sources(folder: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path, *, only_running: bool = False) -> list[str]:
    """Dotted names a file imports; `only_running` leaves out what stands under `if TYPE_CHECKING:`."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: list[str] = []
    for node in ast.walk(tree):
        if only_running and id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def _is_inside(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def test_the_gate_knows_no_django() -> None:
    strangers = {"django", "console", "celery"}
    wrong = [
        f"{_name(path)}: {name}"
        for path in _sources("crm_client")
        for name in _imports(path)
        if _is_inside(name, strangers)
    ]
    assert wrong == []


def test_only_the_transport_and_the_sign_in_send_http() -> None:
    wrong = []
    for folder in ("crm_client", "console"):
        for path in _sources(folder):
            is_plumbing = _name(path) in SENDERS or "standin" in path.parts or _name(path) == "crm_client/deadline.py"
            if not is_plumbing:
                wrong += [f"{_name(path)}: {name}" for name in _imports(path) if _is_inside(name, HTTP_LIBRARIES)]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_never_imports_another_room(room: str) -> None:
    others = {f"console.{other}" for other in ROOMS if other != room}
    wrong = [
        f"{_name(path)}: {name}"
        for path in _sources(f"console/{room}")
        for name in _imports(path)
        if _is_inside(name, others)
    ]
    assert wrong == []


@pytest.mark.parametrize("hall", [hall for hall in HALL if (ROOT / "console" / hall).exists()])
def test_a_hall_imports_only_what_stands_before_it_and_never_a_room(hall: str) -> None:
    later = {f"console.{name}" for name in [*HALL[HALL.index(hall) + 1 :], *ROOMS]}
    wrong = [
        f"{_name(path)}: {name}"
        for path in _sources(f"console/{hall}")
        for name in _imports(path)
        if _is_inside(name, later)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", [file for file in PURE if (ROOT / file).exists()])
def test_a_pure_module_knows_neither_django_nor_http(file: str) -> None:
    impure = {"django", "celery", *HTTP_LIBRARIES}
    assert [name for name in _imports(ROOT / file, only_running=True) if _is_inside(name, impure)] == []


def test_no_import_hides_inside_a_function() -> None:
    allowed = {"ready", "main"}  # Django's own place for it, and manage.py before Django is installed
    wrong = []
    for folder in ("crm_client", "console"):
        for path in _sources(folder):
            for function in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(function, ast.FunctionDef) and function.name not in allowed:
                    inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                    ours = [node for node in inner if isinstance(node, ast.ImportFrom) and _is_ours(node.module or "")]
                    wrong += [f"{_name(path)}:{node.lineno}" for node in ours]
    assert wrong == []


def _is_ours(module: str) -> bool:
    return _is_inside(module, {"console", "crm_client"})


def test_every_room_and_hall_is_on_the_map() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    halls = [hall for hall in [*HALL, *PURE_HALLS] if (ROOT / "console" / hall).exists()]
    assert [place for place in [*ROOMS, *halls] if f"console/{place}" not in readme] == []


def test_the_top_level_is_what_was_agreed() -> None:
    agreed = {"manage.py", "pyproject.toml", "README.md", "console", "crm_client", "templates", "static", "tests"}
    found = {place.name for place in ROOT.iterdir() if not place.name.startswith((".", "__"))}
    assert {name for name in found if not name.endswith(".egg-info")} == agreed


def test_no_file_of_the_project_names_the_shared_folder_or_this_machine() -> None:
    marks = ["../" + "shared", "/work/" + "shared", "/work/" + "main"]
    wrong = []
    for folder in ("console", "crm_client", "tests", "templates", "static"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".css", ".js", ".json", ".md"}:
                text = path.read_text("utf-8", errors="replace")
                wrong += [f"{_name(path)}: {mark}" for mark in marks if mark in text]
    assert wrong == []
