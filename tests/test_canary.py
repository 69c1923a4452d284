"""The watchers of tests/canary.py see a secret wherever one could turn up; every test fails at its end when they do."""

import io
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection as database
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path
from kombu import Connection as Broker

from console.audit.models import Entry
from console.connections.models import Connection, SignIn
from crm_client.standin import StandIn
from tests import canary
from tests.cast import Person
from tests.connections.browsers import begin

SECRET = f"1000.{canary.MARK}77.{canary.MARK}77"


def _archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fields.txt", SECRET)
    return held.getvalue()


ANSWERS: dict[str, Callable[[], Any]] = {
    "page": lambda: HttpResponse(f"<p>{SECRET}</p>"),
    "header": lambda: HttpResponse(headers={"X-Token": SECRET}),
    "stream": lambda: StreamingHttpResponse([SECRET[:30], SECRET[30:]]),
    "archive": lambda: HttpResponse(_archive()),
    "key": lambda: HttpResponse(django_settings.TOKEN_KEYS[0]),
}
ANSWERS["cookie"] = lambda: _with_cookie()


def _with_cookie() -> HttpResponse:
    answer = HttpResponse()
    answer.set_cookie("token", SECRET)
    return answer


def leak(request: Any, what: str) -> Any:
    return ANSWERS[what]()


leak.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("leak/<str:what>/", leak)]


@pytest.mark.parametrize("what", sorted(ANSWERS))
def test_a_secret_in_an_answer_is_seen(what: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.test_canary"
    answer = Client().get(f"/leak/{what}/")
    if answer.streaming:
        list(answer.streaming_content)
    assert [found for found in canary.taken() if f"/leak/{what}/" in found]


def test_a_secret_in_a_log_record_is_seen_in_text_arguments_extras_and_errors() -> None:
    log = logging.getLogger("console.crm")
    log.debug("asked with %s", SECRET)
    log.info("asked", extra={"headers": {"Authorization": SECRET}})
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("failed")
    assert len([found for found in canary.taken() if "console.crm" in found]) >= 3


@pytest.mark.django_db
def test_a_secret_in_the_database_or_a_session_is_seen(client: Client) -> None:
    Entry.objects.create(action="x", detail={"token": SECRET})
    Entry.objects.filter(person=SECRET).first()
    with database.cursor() as cursor:
        cursor.executemany("INSERT INTO audit_entry (action) SELECT %s WHERE 1 = 0", [[SECRET]])
    session = client.session
    session["token"] = SECRET
    session.save()
    found = canary.taken()
    assert len([one for one in found if "database" in one]) >= 3
    assert [one for one in found if "session" in one]


def test_a_secret_in_a_message_the_cache_or_a_file_is_seen(tmp_path: Path) -> None:
    with Broker("memory://canary/") as broker:
        current_app.send_task("nothing", (SECRET,), connection=broker)
    cache.set("token", SECRET)
    cache.delete("token")
    (tmp_path / "export.csv").write_text(f"name,token\nx,{SECRET}\n")
    canary.search_files(tmp_path)
    found = " ".join(canary.taken())
    assert "a message for the workers" in found
    assert "the cache" in found
    assert "export.csv" in found


def test_every_secret_that_is_made_carries_the_mark(standin: StandIn, alice: Person) -> None:
    back = standin.sign_in(begin(Client()), user="alice", org="demo")
    for secret in (*standin.secrets(), standin.client_secret, SignIn.objects.get().verifier):
        assert canary.MARK in secret
    assert canary.MARK in back
    row = Connection.objects.values("refresh_token", "access_token").get()
    assert canary.MARK not in str(row.values())
