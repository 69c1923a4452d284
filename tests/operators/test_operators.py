"""Operators look into everything but secrets, change nothing, and nobody else knows that there is anything (D25)."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from console.audit import seals
from console.audit.models import Entry
from console.connections.crypto import EncryptedTextField
from console.connections.models import Connection, SignIn, User
from console.costs.models import Call
from console.jobs.models import Job
from console.operators.site import ReadOnly
from crm_client.standin import StandIn
from tests.cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(alice: Person, bob: Person, charlie: Person, standin: StandIn, tmp_path: Any, settings: Any) -> None:
    """At least one row of each model."""
    settings.DATA_DIR = tmp_path
    alice.client.post("/sign-in/", {"dc": "standin-us"})
    alice.get("/modules/")
    Job.objects.create(kind="nothing", title="Nothing", connection=alice.connection, person=alice.user)
    alice.client.post("/browsers/end/", {"which": "others"})
    seals.seal()
    assert Call.objects.exists()


@pytest.fixture
def operator(alice: Person, rows: None) -> Client:
    call_command("make_operator", alice.user.identity)
    return alice.client


def _pages() -> Iterator[str]:
    """Every address of the admin, with the arguments of rows that are there."""
    for name in ("index", "jsi18n", "autocomplete"):
        yield reverse(f"admin:{name}")
    for model in admin.site._registry:
        base = f"{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"admin:{base}_changelist")
        yield reverse(f"admin:{base}_add")
        for row in model._default_manager.all()[:1]:
            for what in ("change", "delete", "history"):
                yield reverse(f"admin:{base}_{what}", args=[row.pk])
    for label in sorted({model._meta.app_label for model in admin.site._registry}):
        yield reverse("admin:app_list", kwargs={"app_label": label})
    yield "/operators/nothing/"
    yield "/operators/login/"


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def _shown(model: type[Model], row: Model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])


@pytest.mark.usefixtures("rows")
def test_to_everybody_else_it_is_as_if_it_were_not_there(bob: Person, charlie: Person) -> None:
    absent = bob.client.get("/no/such/address/")
    for person in (bob, charlie):
        for path in _pages():
            for answer in (person.client.get(path), person.client.post(path)):
                assert (path, answer.status_code) == (path, 404)
                assert answer.content == absent.content


@pytest.mark.usefixtures("rows")
def test_who_is_not_signed_in_goes_through_the_one_sign_in() -> None:
    for path in _pages():
        answer = Client().get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/sign-in/"), path


def test_an_operator_looks_at_every_model(operator: Client) -> None:
    seen = 0
    for path in _pages():
        answer = operator.get(path)
        ends = path.rstrip("/").rpartition("/")[2]
        refused = ends in ("add", "delete")
        absent = path.endswith(("/nothing/", "/login/"))
        expected = 403 if refused or path.endswith("autocomplete/") else 404 if absent else 200
        assert (path, answer.status_code) == (path, expected)
        seen += answer.status_code == 200
    assert seen > 20


def test_no_page_of_it_shows_a_secret(operator: Client, alice: Person) -> None:
    sign_in = SignIn.objects.latest("started_at")
    connection = Connection.objects.get(pk=alice.connection.pk)
    secrets = [
        connection.refresh_token, connection.access_token, sign_in.verifier, sign_in.state_hash, sign_in.browser_hash,
        connection.__dict__["refresh_token"], connection.__dict__["access_token"], sign_in.__dict__["verifier"],
        str(alice.client.session.session_key),
    ]  # fmt: skip
    assert all(secrets)
    for path in _pages():
        page = _text(operator.get(path))
        assert [secret for secret in secrets if secret in page] == [], path


def test_no_encrypted_column_is_ever_among_those_shown(rf: Any) -> None:
    for model, pages in admin.site._registry.items():
        assert isinstance(pages, ReadOnly)
        shown = pages.get_fields(rf.get("/"))
        sealed = {field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)}
        assert not sealed & {*shown, *pages.list_display, *pages.search_fields, *pages.list_filter}, model
        assert sealed <= set(pages.hidden), model


def test_a_hidden_column_cannot_be_guessed_letter_by_letter(operator: Client) -> None:
    hidden = {
        "connection": [
            "refresh_token__startswith=g", "access_token__contains=a", "user__password__startswith=!", "refresh_lease=",
        ],
        "signedinbrowser": ["session__startswith=a", "session__session_key__startswith=a", "session_id__gt=a"],
    }  # fmt: skip
    for model, queries in hidden.items():
        for query in queries:
            assert operator.get(f"/operators/connections/{model}/?{query}").status_code == 400, query


def test_an_operator_changes_nothing(operator: Client, bob: Person) -> None:
    path = _shown(User, bob.user)
    assert operator.post(path, {"full_name": "Somebody else", "is_staff": "on"}).status_code == 403
    assert operator.post(f"{path.removesuffix('change/')}delete/", {"post": "yes"}).status_code == 403
    listing = reverse("admin:connections_user_changelist")
    operator.post(listing, {"action": "delete_selected", "_selected_action": [str(bob.user.pk)], "post": "yes"})
    bob.user.refresh_from_db()
    assert (bob.user.full_name, bob.user.is_staff) == ("Bob Okafor", False)


def test_groups_and_passwords_are_not_to_be_found(operator: Client) -> None:
    assert operator.get("/operators/auth/group/").status_code == 404
    for name in ("admin:login", "admin:logout", "admin:password_change"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_its_pages_carry_the_same_headers(operator: Client) -> None:
    answer = operator.get("/operators/")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", _text(answer))


def test_only_an_operator_is_led_there(operator: Client, bob: Person) -> None:
    assert 'href="/operators/"' in _text(operator.get("/connections/"))
    assert 'href="/operators/"' not in _text(bob.client.get("/connections/"))


def test_an_operator_whose_account_is_closed_is_out(operator: Client, alice: Person) -> None:
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert operator.get("/operators/").status_code == 302


# --- manage.py make_operator -----------------------------------------------------------------------------------------


def test_an_operator_is_named_by_identity_email_or_name(bob: Person, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (bob.user.identity, bob.user.email.upper(), bob.user.full_name.upper()):
        call_command("make_operator", name)
        assert "Bob Okafor" in capsys.readouterr().out
        assert bob.client.get("/operators/").status_code == 200
        call_command("make_operator", name, "--remove")
    assert {entry.identity for entry in Entry.objects.filter(action="operator.made")} == {bob.user.identity}


def test_it_is_taken_away_again_at_once(bob: Person, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_operator", "Bob Okafor")
    call_command("make_operator", "Bob Okafor")
    assert "is one already" in capsys.readouterr().out
    call_command("make_operator", "Bob Okafor", "--remove")
    assert bob.client.get("/operators/").status_code == 404
    assert Entry.objects.filter(action__startswith="operator.").count() == 2


def test_of_two_with_one_name_neither_is_taken(bob: Person) -> None:
    User.objects.create(identity="standin-eu:1:2", full_name="bob okafor", email="other@example.com")
    with pytest.raises(CommandError) as problem:
        call_command("make_operator", "Bob Okafor")
    assert bob.user.identity in str(problem.value)
    assert "standin-eu:1:2  bob okafor  other@example.com" in str(problem.value)
    assert not User.objects.filter(is_staff=True).exists()


def test_who_never_signed_in_is_not_made_up(alice: Person) -> None:
    with pytest.raises(CommandError, match=r"(?s)Nobody called Mallory has signed in here\. These have:.*Alice Moreau"):
        call_command("make_operator", "Mallory")
    User.objects.all().delete()
    with pytest.raises(CommandError, match="Nobody has signed in here yet"):
        call_command("make_operator", "Mallory")
