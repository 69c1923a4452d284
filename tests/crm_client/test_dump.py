"""Saving an organisation, and loading it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_client import CrmClient, dump
from crm_client.standin import StandIn
from crm_client.standin.organisations import load_directory


@pytest.fixture
def token(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> str:
    found: str = standin.token()["access_token"]
    monkeypatch.setenv("CRM_TOKEN", found)
    monkeypatch.setenv("CRM_API", standin.api())
    return found


def read(path: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_an_administrator_saves_the_whole_organisation(
    standin: StandIn, token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved é"
    assert dump.main([str(saved)]) == 0
    demo = standin.organisation("demo")
    assert read(saved / "org.json")["org"][0]["company_name"] == demo.name
    assert len(read(saved / "modules.json")["modules"]) == len(demo.modules)
    assert len(read(saved / "users.json")["users"]) == len(demo.users)
    assert all("permissions_details" in profile for profile in read(saved / "profiles.json")["profiles"])
    for kind in ("fields", "layouts", "related_lists", "custom_views"):
        assert len(read(saved / kind / "Leads.json")[kind]) == len(getattr(demo, kind)["Leads"])
    assert {path.stem for path in (saved / "pipelines").iterdir()} == {
        layout["id"] for layout in demo.layouts["Deals"] if layout["id"] in demo.pipelines
    }
    assert not (saved / "records").exists()
    told = capsys.readouterr()
    assert "files in" in told.out
    assert token not in told.out + told.err
    assert not any(token in path.read_text(encoding="utf-8") for path in saved.rglob("*.json"))


def test_what_was_saved_is_an_organisation_of_the_stand_in(standin: StandIn, token: str, tmp_path: Path) -> None:
    assert dump.main([str(tmp_path / "saved"), "--records", "Deals", "--most-records", "20"]) == 0
    loaded = load_directory(tmp_path / "saved")
    with StandIn(organisations=[loaded]) as twin, CrmClient.with_token(standin.api(), token) as original:
        copied = CrmClient.with_token(twin.api(), twin.token(loaded.key, "alice")["access_token"])
        assert [module.raw for module in copied.modules.all()] == [module.raw for module in original.modules.all()]
        assert copied.layouts.all("Leads") == original.layouts.all("Leads")
        assert len(list(copied.records.all("Deals", ["Deal_Name"]))) == 20
        copied.close()


def test_records_are_saved_only_when_asked_for(standin: StandIn, token: str, tmp_path: Path) -> None:
    assert dump.main([str(tmp_path / "saved"), "--records", "Deals", "--most-records", "30"]) == 0
    assert [path.name for path in (tmp_path / "saved/records").iterdir()] == ["Deals.json"]
    deals = read(tmp_path / "saved/records/Deals.json")["data"]
    assert len(deals) == 30
    assert {"Deal_Name", "Stage", "$process_flow"} <= deals[0].keys()


def test_what_may_not_be_read_is_left_out_and_listed(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scopes = "ZohoCRM.settings.modules.READ,ZohoCRM.settings.fields.READ,ZohoCRM.org.READ"
    monkeypatch.setenv("CRM_TOKEN", standin.token(scopes=scopes)["access_token"])
    assert dump.main([str(tmp_path / "saved"), "--api", standin.api(), "--api-version", "7"]) == 0
    assert {path.name for path in (tmp_path / "saved").iterdir()} == {"org.json", "modules.json", "fields"}
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("left out: users.json: ") and "ZohoCRM.users.READ" in line for line in lines)
    assert any(line.startswith("left out: layouts/Leads.json: ") for line in lines)


@pytest.mark.parametrize(
    ("environment", "arguments", "says"),
    [
        ({"CRM_TOKEN": ""}, [], "There is no access token"),
        ({"CRM_TOKEN_FILE": "/no/such/file"}, [], "/no/such/file cannot be read"),
        ({"CRM_API": ""}, [], "Which organisation?"),
        ({}, ["--api", "https://evil.test"], "none of Zoho's API hosts"),
        ({}, ["--api", "https://www.zohoapis.eu.evil.test"], "none of Zoho's API hosts"),
        ({}, ["--api", "http://www.zohoapis.eu"], "none of Zoho's API hosts"),
        ({}, ["--api", "http://127.0.0.1:9"], "could not be reached"),
        ({"CRM_TOKEN": "wrong"}, [], "Sign in again"),
    ],
)
def test_each_failure_is_one_sentence(
    environment: dict[str, str],
    arguments: list[str],
    says: str,
    standin: StandIn,
    token: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dump, "DEADLINE_S", 0.5)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert dump.main([str(tmp_path / "saved"), *arguments]) == 1
    told = capsys.readouterr().err
    assert says in told
    assert len(told.strip().splitlines()) == 1
    assert "Traceback" not in told


def test_a_folder_in_use_or_unusable_is_refused(token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    assert dump.main([str(tmp_path)]) == 1
    assert dump.main([str(tmp_path / "file")]) == 1
    assert dump.main([str(tmp_path / "file" / "below")]) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert ["holds something already" in told[0], "cannot be used" in told[1], "cannot be used" in told[2]] == [
        True
    ] * 3
    assert (tmp_path / "file").read_text() == "mine"


def test_the_token_may_come_from_a_file(
    standin: StandIn, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(token + "\n")
    monkeypatch.delenv("CRM_TOKEN")
    monkeypatch.setenv("CRM_TOKEN_FILE", str(tmp_path / "token"))
    assert dump.main([str(tmp_path / "saved")]) == 0
