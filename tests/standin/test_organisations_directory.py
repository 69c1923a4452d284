"""Organisations from saved answers: what is missing is not there, what is broken is named, what is hostile served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crm_client.standin.organisations import BrokenDirectory, load_directory

LEADS = {"id": "5000000000000002175", "api_name": "Leads", "generated_type": "default"}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The directory of an organisation with one of everything."""
    root = tmp_path / "Saved Org"
    write(root / "org.json", {"org": [{"id": "5000000000000020005", "company_name": "Saved", "type": "sandbox"}]})
    profile = {"id": "5000000000000026011", "name": "Administrator"}
    write(root / "users.json", {"users": [{"id": "5000000000000280001", "first_name": "Ada", "profile": profile}]})
    write(root / "profiles.json", {"profiles": [profile]})
    write(root / "roles.json", {"roles": [{"id": "5000000000000026005", "name": "CEO"}]})
    write(root / "modules.json", {"modules": [LEADS]})
    write(root / "fields/Leads.json", {"fields": [{"id": "1", "api_name": "Last_Name"}]})
    write(root / "layouts/Leads.json", {"layouts": [{"id": "2", "name": "Standard", "sections": []}]})
    write(root / "related_lists/Leads.json", {"related_lists": [{"id": "3", "api_name": "Notes"}]})
    write(root / "custom_views/Leads.json", {"custom_views": [{"id": "4", "name": "All"}], "info": {"page": 1}})
    write(root / "pipelines/77.json", {"pipeline": [{"id": "5", "maps": []}]})
    write(root / "wizards.json", {"wizards": [{"id": "6", "name": "Loan"}]})
    write(root / "wizards/6/2.json", {"wizards": [{"id": "6", "containers": []}]})
    write(root / "blueprints/settings/8.json", {"blueprints": [{"id": "8", "states": []}]})
    write(root / "blueprints/Leads/9.json", {"blueprint": {"process_info": {}, "transitions": []}})
    write(root / "records/Leads.json", {"data": [{"id": "9", "Last_Name": "Boyle"}], "info": {"count": 1}})
    write(root / "apis.json", {"__apis": [{"path": "/crm/v8/Leads", "operation_types": []}]})
    return root


def write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def test_a_saved_organisation_has_everything_that_was_saved(saved: Path) -> None:
    organisation = load_directory(saved)
    assert (organisation.key, organisation.name, organisation.dc, organisation.environment) == (
        "saved-org", "Saved", "standin-us", "sandbox",
    )  # fmt: skip
    assert organisation.user("ada")["id"] == "5000000000000280001"
    assert organisation.module("Leads") == LEADS
    assert organisation.fields["Leads"] == [{"id": "1", "api_name": "Last_Name"}]
    assert organisation.layouts["Leads"][0]["name"] == "Standard"
    assert organisation.related_lists["Leads"][0]["api_name"] == "Notes"
    assert organisation.custom_views["Leads"][0]["name"] == "All"
    assert organisation.pipelines["77"][0]["id"] == "5"
    assert organisation.wizards[0]["name"] == "Loan"
    assert organisation.wizard_details["6", "2"] == {"id": "6", "containers": []}
    assert organisation.blueprint_settings["8"] == {"id": "8", "states": []}
    assert organisation.record_blueprints["Leads", "9"] == {"process_info": {}, "transitions": []}
    assert organisation.records["Leads"] == [{"id": "9", "Last_Name": "Boyle"}]
    assert organisation.apis == [{"path": "/crm/v8/Leads", "operation_types": []}]
    assert organisation.copy().records["Leads"] == organisation.records["Leads"]


def test_where_it_is_put_can_be_chosen(saved: Path) -> None:
    organisation = load_directory(saved, dc="standin-eu", key="mine")
    assert (organisation.dc, organisation.key) == ("standin-eu", "mine")


def test_what_is_missing_is_not_there_and_somebody_can_sign_in(tmp_path: Path) -> None:
    write(tmp_path / "modules.json", {"modules": [LEADS]})
    organisation = load_directory(tmp_path)
    assert organisation.environment == "production"
    assert organisation.user("Alice")["status"] == "active"
    assert (organisation.profiles, organisation.roles, organisation.wizards, organisation.apis) == ([], [], [], None)
    assert not organisation.fields
    assert not organisation.records
    assert organisation.profile_of(organisation.user("Alice")) is None


def test_answers_without_items_are_empty(saved: Path) -> None:
    write(saved / "modules.json", {"modules": []})
    write(saved / "fields/Leads.json", {"fields": []})
    organisation = load_directory(saved)
    assert (organisation.modules, organisation.fields["Leads"]) == ([], [])


HOSTILE = [
    pytest.param({"id": 5725767000000002175, "api_name": "Leads"}, id="id as number"),
    pytest.param({"id": "1", "api_name": "X", "plural_label": "<script>alert(1)</script>\"'&"}, id="markup"),
    pytest.param({"id": "1", "api_name": "X", "plural_label": "\u202egnp.exe\u2066"}, id="bidi marks"),
    pytest.param({"id": "1", "api_name": "X", "plural_label": "a\x00b\ud800"}, id="NUL and a lone surrogate"),
    pytest.param({"id": "1", "api_name": "X", "plural_label": "x" * 1_000_000}, id="a megabyte"),
    pytest.param(
        {"id": "1", "api_name": "X", "generated_type": "quantum", "web_link": "javascript:alert(1)"}, id="odd"
    ),
    pytest.param({"profiles": None, "parent_module": [], "sequence_number": "seven"}, id="wrong types, nothing else"),
    pytest.param({}, id="nothing"),
]


@pytest.mark.parametrize("module", HOSTILE)
def test_hostile_modules_are_kept_as_they_are(saved: Path, module: dict[str, Any]) -> None:
    write(saved / "modules.json", {"modules": [module]})
    organisation = load_directory(saved)
    assert organisation.modules == organisation.copy().modules == [module]


def test_a_byte_order_mark_is_no_mistake(saved: Path) -> None:
    write(saved / "modules.json", b"\xef\xbb\xbf" + json.dumps({"modules": [LEADS]}).encode())
    assert load_directory(saved).modules == [LEADS]


BROKEN = [
    ("modules.json", '{\n "modules": [\n  {"id" "1"}\n ]\n}', 3, 9, "is not JSON: "),
    ("modules.json", '{"modules": [{"id": "1"}]', 1, 26, "is not JSON: "),
    ("modules.json", "", 1, 1, "is empty; leave the file out when there is nothing"),
    ("modules.json", "<html>", 1, 1, "is not JSON: "),
    ("modules.json", b'{"modules":\n "\xff"}', 2, 3, "is not UTF-8: byte 0xff does not belong there"),
    ("modules.json", '{"modules": [\n {"id": "1", "x": "NaN", "y": NaN}]}', 2, 31, "is not JSON: NaN and Infinity"),
    ("modules.json", "\n []", 2, 2, 'must hold an object with the key "modules", but holds a list'),
    ("modules.json", "7", 1, 1, 'must hold an object with the key "modules", but holds a number'),
    ("modules.json", '{"data": [], "info": {}}', 1, 1, 'lacks the key "modules": it has "data", "info"'),
    ("modules.json", "{}", 1, 1, 'lacks the key "modules": it is empty'),
    ("modules.json", '{"info": {},\n "modules": {}}', 2, 13, '"modules" must be a list, but is an object'),
    ("modules.json", '{"modules": null}', 1, 13, '"modules" must be a list, but is null'),
    (
        "modules.json",
        '{"modules": [\n {},\n "Leads"]}',
        3,
        2,
        'each item of "modules" must be an object, but this is a text',
    ),
    ("modules.json", '{"modules": [\n {"id": "1"},\n {"id": 1}]}', 3, 2, 'two items of "modules" have the id 1'),
    ("fields/Leads.json", '{"fields": [{"id": "1"},\n\n {"id": "1"}]}', 3, 2, 'two items of "fields" have the id 1'),
    ("records/Leads.json", '{"records": []}', 1, 1, 'lacks the key "data"'),
    ("pipelines/77.json", '{"pipelines": []}', 1, 1, 'lacks the key "pipeline"'),
    ("wizards/6/2.json", '{"wizards": []}', 1, 1, '"wizards" is empty; leave the file out'),
    ("blueprints/Leads/9.json", '{"blueprint": []}', 1, 15, '"blueprint" must be an object, but is a list'),
    ("blueprints/settings/8.json", '{"blueprint": {}}', 1, 1, 'lacks the key "blueprints"'),
    ("apis.json", '{"apis": []}', 1, 1, 'lacks the key "__apis"'),
    ("org.json", '{"org": {"id": "1"}}', 1, 9, '"org" must be a list, but is an object'),
]


@pytest.mark.parametrize(("name", "content", "line", "column", "problem"), BROKEN)
def test_what_is_broken_is_named_with_file_and_line(
    saved: Path, name: str, content: str | bytes, line: int, column: int, problem: str
) -> None:
    write(saved / name, content)
    with pytest.raises(BrokenDirectory) as caught:
        load_directory(saved)
    assert (caught.value.path, caught.value.line, caught.value.column) == (saved / name, line, column)
    assert problem in caught.value.problem
    assert str(caught.value) == f"{saved / name}, line {line}, column {column}: {caught.value.problem}"


def test_nesting_without_end_and_numbers_without_end_are_named(saved: Path) -> None:
    write(saved / "modules.json", '{"modules": ' + "[" * 100_000)
    with pytest.raises(BrokenDirectory, match=r"modules\.json: is nested too deeply"):
        load_directory(saved)
    write(saved / "modules.json", '{"modules": [{"id": ' + "9" * 5000 + "}]}")
    with pytest.raises(BrokenDirectory, match=r"modules\.json: cannot be read: Exceeds the limit"):
        load_directory(saved)


def test_a_directory_that_is_none_is_named(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(BrokenDirectory, match="nowhere: there is no such directory"):
        load_directory(tmp_path / "nowhere")
    with pytest.raises(BrokenDirectory, match=r"org\.json: this is not a directory"):
        load_directory(saved / "org.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BrokenDirectory, match=r"neither org\.json nor modules\.json is here"):
        load_directory(tmp_path / "empty")


def test_a_file_that_cannot_be_read_is_named(saved: Path) -> None:
    (saved / "modules.json").unlink()
    (saved / "modules.json").mkdir()
    with pytest.raises(BrokenDirectory, match=r"modules\.json: cannot be read: Is a directory"):
        load_directory(saved)
