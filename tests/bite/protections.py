"""The protections, how each is removed, and the tests that must turn red then.

A removal exists here only: the console has no switch. It replaces the function or constant that protects, for as long
as `without(name)` lasts; where such a place has moved, tests/test_bite.py says so.
"""

import contextlib
import dataclasses
import hmac
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch
from urllib.parse import urljoin

import orjson
from django.conf import settings
from django.template import engines
from requests.utils import get_netrc_auth

from console import environment, exports, limits, logs, middleware, proxies
from console.audit import seals
from console.audit import views as audit_views
from console.connections import connecting, sign_in, table, tokens, views
from console.connections.crypto import EncryptedTextField
from console.connections.models import Connection, ConnectionQuerySet, SignIn
from console.metadata import kept
from console.metadata.models import Answer
from console.operators.site import OperatorSite, ReadOnly
from crm_client import answers, deadline, transport
from crm_client import auth as client_auth
from crm_client.datacentres import DataCentre
from crm_client.errors import SignInThrottled, SignInUnavailable

Place = tuple[Any, str, Any]  # what is patched, the attribute, the replacement


@dataclasses.dataclass(frozen=True, slots=True)
class Protection:
    """`words`: what it keeps out. `remove` gives the places to patch. `bites`: tests that turn red without it.
    `part`: the files of tests that the full run tries."""

    words: str
    remove: Callable[[], list[Place]]
    bites: tuple[str, ...]
    part: tuple[str, ...]


CONNECTIONS = ("tests/connections",)
CLIENT = ("tests/crm_client",)
_SIGN_IN, _TOKENS = "tests/connections/test_sign_in.py::", "tests/connections/test_tokens.py::"
_TRANSPORT, _DEADLINE = "tests/crm_client/test_transport.py::", "tests/crm_client/test_deadline.py::"
_STUMBLING = "tests/connections/test_stumbling.py::"
_RIGHTS = "tests/test_rights.py::"


@contextlib.contextmanager
def without(name: str) -> Iterator[None]:
    """The console without one protection."""
    with contextlib.ExitStack() as stack:
        for owner, attribute, replacement in PROTECTIONS[name].remove():
            stack.enter_context(patch.object(owner, attribute, replacement))
        yield


def _any_server(table: Mapping[str, DataCentre], location: str, server: str, home: str) -> DataCentre:
    """Believes whatever server the callback names."""
    return dataclasses.replace(table[home], accounts=server) if server else table[home]


def _claim(request: Any, state: str) -> SignIn:
    """Takes any sign-in that was ever started, whoever brings it."""
    return SignIn.objects.get(state_hash=sign_in._hash(state)) if state else SignIn.objects.latest("started_at")


def _take_lease(pk: Any, generation: int, lease: str) -> bool:
    Connection.objects.filter(pk=pk).update(refresh_lease=lease)
    return True


def _cool_down_only_in_the_row(pk: Any, generation: int, lease: str) -> bool:
    """The lease as it is, without the cool-down that began since the row was read."""
    free = Connection.objects.filter(pk=pk, generation=generation, refresh_lease="")
    return free.update(refresh_lease=lease) == 1


def _following(send: Callable[..., Any]) -> Callable[..., Any]:
    def follow(self: Any, method: str, url: str, **how: Any) -> Any:
        answer = send(self, method, url, **how)
        where = answer.headers.get("location")
        return follow(self, method, urljoin(url, where), **how) if where else answer

    return follow


def _with_netrc(send: Callable[..., Any]) -> Callable[..., Any]:
    def ask_netrc(self: Any, method: str, url: str, *, headers: Any, **how: Any) -> Any:
        found = get_netrc_auth(url)
        own = {**headers, "Authorization": f"Basic {found[0]}:{found[1]}"} if found else headers
        return send(self, method, url, headers=own, **how)

    return ask_netrc


def _unbounded(raw: Any, headers: Any, **how: Any) -> bytes:
    return bytes(raw.read(decode_content=True))


def _of_anybody(connection: Connection, kind: Any, key: str) -> Any:
    """The kept copy, whoever it was kept for."""
    row = Answer.objects.filter(kind=kind.name, key=key).first()
    if row is None:
        return None
    value = [kind.build(raw) for raw in orjson.loads(zlib.decompress(row.body))]
    return kept.Kept(value, row.fetched_at)


def _believed(answer: Any) -> Any:
    """Every failure of the accounts server is the end of the sign-in."""
    try:
        return _judged(answer)
    except (SignInThrottled, SignInUnavailable) as exc:
        raise client_auth.ReauthRequired from exc


_judged = client_auth.judged


def _claimed_by_anybody(request: Any, state: str) -> SignIn:
    """Forgets who began the sign-in."""
    SignIn.objects.filter(state_hash=sign_in._hash(state)).update(user=None)
    return _claimed(request, state)


def _claimed_again(request: Any, state: str) -> SignIn:
    """Forgets that the sign-in was finished."""
    SignIn.objects.filter(state_hash=sign_in._hash(state)).update(used_at=None)
    return _claimed(request, state)


_claimed = sign_in._claim


def _same_session(request: Any, user: Any, **how: Any) -> None:
    with patch.object(type(request.session), "cycle_key", lambda self: None):
        _logged_in(request, user, **how)


_logged_in = connecting.login


class _Yes:
    """`hmac` that finds everything equal."""

    compare_digest = staticmethod(lambda one, other: True)
    new = staticmethod(hmac.new)


def _unescaped() -> list[Place]:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    return [(engine, "autoescape", False)]


def _without_middleware(name: str) -> list[Place]:
    return [(settings, "MIDDLEWARE", [one for one in settings.MIDDLEWARE if not one.endswith(f".{name}")])]


PROTECTIONS: dict[str, Protection] = {
    "host comparison": Protection(
        "code and secret go only to a server of the table",
        lambda: [(sign_in, "match_callback", _any_server)],
        (_SIGN_IN + "test_a_foreign_accounts_server_is_never_spoken_to[https://accounts.zoho.com.evil.test]",
         _SIGN_IN + "test_a_location_that_contradicts_the_server_is_refused"),
        CONNECTIONS,
    ),
    "API host comparison": Protection(
        "access tokens go only to an API host of the table",
        lambda: [(sign_in, "environment_of", lambda dc, api_domain: "production")],
        (_SIGN_IN + "test_an_api_host_outside_the_table_is_not_believed",),
        CONNECTIONS,
    ),
    "state binding": Protection(
        "a sign-in is finished once, in time, by whom and where it was started",
        lambda: [(sign_in, "_claim", _claim)],
        (_SIGN_IN + "test_a_sign_in_cannot_be_finished_in_another_browser",
         _SIGN_IN + "test_a_sign_in_cannot_be_finished_after_ten_minutes",
         _SIGN_IN + "test_a_sign_in_started_by_alice_cannot_be_finished_as_somebody_else",
         _SIGN_IN + "test_a_callback_nobody_asked_for_is_not_used[change0]"),
        CONNECTIONS,
    ),
    "state bound to the browser": Protection(
        "another browser's sign-in is not finished here",
        lambda: [(sign_in, "hmac", _Yes)],
        (_SIGN_IN + "test_a_sign_in_cannot_be_finished_in_another_browser",),
        CONNECTIONS,
    ),
    "for_user of connections": Protection(
        "an organisation exists only for whoever is connected to it",
        lambda: [(ConnectionQuerySet, "for_user", lambda self, user: self.all())],
        (_RIGHTS + "test_what_is_alices_is_absent_for_everybody_else[bob]",
         _SIGN_IN + "test_charlie_sees_alices_organisation_as_absent"),
        (*CONNECTIONS, "tests/test_rights.py"),
    ),
    "lease of the refresh": Protection(
        "one refresh per expiry",
        lambda: [(tokens, "_take_lease", _take_lease)],
        (_TOKENS + "test_sixteen_callers_of_one_expired_token_make_one_refresh",
         _TOKENS + "test_a_lease_taken_while_we_waited_for_the_database_is_respected"),
        CONNECTIONS,
    ),
    "cool-down": Protection(
        "at most one try a minute after the accounts server failed",
        lambda: [(tokens, "_respect_cool_down", lambda row: None), (tokens, "_take_lease", _cool_down_only_in_the_row)],
        (_TOKENS + "test_a_throttled_refresh_waits_and_is_not_tried_again_within_a_minute",
         _STUMBLING + "test_a_throttled_sign_in_makes_work_wait_and_recovers_unaided[access_denied200-args0]"),
        CONNECTIONS,
    ),
    "throttling is no sign-out": Protection(
        "a stumbling accounts server signs nobody out",
        lambda: [(client_auth, "judged", _believed)],
        (_TOKENS + "test_a_dead_accounts_server_is_not_a_reason_to_sign_out",),
        CONNECTIONS,
    ),
    "scope and permission never refresh": Protection(
        "OAUTH_SCOPE_MISMATCH does not end in a refresh",
        lambda: [(transport, "REFRESHABLE", transport.REFRESHABLE | {"OAUTH_SCOPE_MISMATCH"}),
                 (answers, "ScopeMissing", lambda *a, scope="", **told: answers.TokenRefused(*a, **told))],
        (_TRANSPORT + "test_a_missing_scope_or_permission_never_renews_the_token[answer0]",),
        CLIENT,
    ),
    "redirect refusal": Protection(
        "a token follows nobody to another host",
        lambda: [(transport.Http, "send", _following(transport.Http.send))],
        (_TRANSPORT + "test_a_redirect_is_not_followed[302 x]",),
        CLIENT,
    ),
    "total deadline": Protection(
        "a dripping answer ends in time",
        lambda: [(deadline, "_left", lambda: 30.0)],
        (_DEADLINE + "test_twenty_callers_of_a_dripping_server_all_end_in_time[many headers]",),
        CLIENT,
    ),
    "size cap": Protection(
        "an answer is never held beyond 10 MB",
        lambda: [(transport, "read_whole", _unbounded)],
        (_DEADLINE + "test_an_answer_over_ten_megabytes_is_refused[False]",),
        CLIENT,
    ),
    "depth cap": Protection(
        "what is nested beyond reason is no answer",
        lambda: [(answers, "is_too_deep", lambda body: False), (transport, "is_too_deep", lambda body: False)],
        ("tests/crm_client/test_answers.py::test_an_answer_deeper_than_that_is_refused[65]",),
        CLIENT,
    ),
    "cache key holds the connection": Protection(
        "nobody reads what was kept for somebody else",
        lambda: [(kept, "_load", _of_anybody)],
        ("tests/metadata/test_kept.py::test_bob_never_gets_what_was_kept_for_alice",),
        ("tests/metadata",),
    ),
    "row id inside the ciphertext": Protection(
        "a ciphertext copied to another row does not open",
        lambda: [(EncryptedTextField, "_context", lambda self, pk: "")],
        ("tests/connections/test_crypto.py::test_a_ciphertext_copied_to_another_row_is_refused",
         _TOKENS + "test_a_swapped_access_token_is_replaced_and_told_to_the_audit"),
        CONNECTIONS,
    ),
    ".netrc is not read (trust_env)": Protection(
        "no file of the machine replaces our Authorization",
        lambda: [(transport.Http, "send", _with_netrc(transport.Http.send))],
        ("tests/crm_client/test_transport_hosts.py::test_cookies_are_refused_and_a_netrc_or_proxy_set_later_is_not_used",),
        CLIENT,
    ),
    "replaced tokens are revoked": Protection(
        "at most two refresh tokens of a person live",
        lambda: [(connecting, "give_back", lambda dc, token: True)],
        ("tests/connections/test_reconnecting.py::test_after_25_reconnects_at_most_two_refresh_tokens_live",),
        CONNECTIONS,
    ),
    "local paths": Protection(
        "signing in leads to no other site",
        lambda: [(views, "local_path", str), (middleware, "local_path", str)],
        ("tests/connections/test_local_paths.py::test_whatever_next_says_every_way_of_signing_in_ends_here",),
        CONNECTIONS,
    ),
    "autoescape": Protection(
        "text of the CRM is no markup",
        _unescaped,
        ("tests/modules/test_hostile.py::test_no_text_of_the_crm_becomes_markup[text0]",),
        ("tests/modules", "tests/wizards"),
    ),
    "content security policy": Protection(
        "a script that got into a page does not run",
        lambda: _without_middleware("CSPMiddleware"),
        (_RIGHTS + "test_every_answer_carries_the_headers_that_protect_it",),
        ("tests/test_rights.py",),
    ),
    "guarded cells": Protection(
        "a cell is no formula in a spreadsheet",
        lambda: [(exports, "is_formula", lambda text: False)],
        ("tests/test_exports.py::test_a_cell_like_a_formula_gets_an_apostrophe[=1+1]",),
        ("tests/test_exports.py", "tests/modules"),
    ),
    "scrubbed logs": Protection(
        "no secret is written into a log",
        lambda: [(logs, "scrub", lambda text, secrets=(): text)],
        ("tests/running/test_logs.py::test_secrets_do_not_get_out_by_argument_extra_or_traceback",),
        ("tests/running/test_logs.py",),
    ),
    "state bound to the person": Protection(
        "a sign-in that Alice began is not finished as somebody else",
        lambda: [(sign_in, "_claim", _claimed_by_anybody)],
        (_SIGN_IN + "test_a_sign_in_started_by_alice_cannot_be_finished_as_somebody_else",),
        CONNECTIONS,
    ),
    "single use of a state": Protection(
        "a callback opened again does nothing",
        lambda: [(sign_in, "_claim", _claimed_again)],
        (_SIGN_IN + "test_a_callback_opened_twice_connects_once",),
        CONNECTIONS,
    ),
    "new session at signing in": Protection(
        "a session that somebody planted is not the one that is signed in",
        lambda: [(connecting, "login", _same_session)],
        (_SIGN_IN + "test_signing_in_changes_the_session",),
        CONNECTIONS,
    ),
    "rows off by default": Protection(
        "the shared secret goes to no host that nobody asked for",
        lambda: [(table, "believed", table.data_centres)],
        ("tests/connections/test_checks.py::test_the_shared_secret_never_goes_to_a_host_that_is_off_by_default",),
        CONNECTIONS,
    ),
    "CONSOLE_ORGS at each request": Protection(
        "who is taken off the list is out at once",
        lambda: [(table, "may_enter", lambda dc, zgid: True)],
        ("tests/connections/test_entry.py::test_people_of_an_organisation_that_was_taken_off_the_list_are_out_at_once",
         "tests/connections/test_entry.py::test_no_token_is_used_of_an_organisation_that_was_taken_off_the_list"),
        CONNECTIONS,
    ),
    "keys are whole": Protection(
        "no key is passed over in silence",
        lambda: [(environment, "_KEY", re.compile(r"(?s).*"))],
        ("tests/running/test_settings.py::test_what_is_not_wholly_a_key_is_refused[two in one]",
         "tests/running/test_settings.py::test_what_is_not_wholly_a_key_is_refused[more behind it]"),
        ("tests/running/test_settings.py",),
    ),
    "form token (CSRF)": Protection(
        "a form of another site is not taken",
        lambda: _without_middleware("CsrfViewMiddleware"),
        (_RIGHTS + "test_a_form_without_its_token_is_refused_in_words",),
        ("tests/test_rights.py",),
    ),
    "limits": Protection(
        "nobody begins or forges sign-ins without end",
        lambda: [(limits, "count", lambda name, who: 0)],
        ("tests/connections/test_limits.py::test_a_browser_begins_so_many_sign_ins_and_is_then_told_when_to_go_on",),
        CONNECTIONS,
    ),
    "trusted proxies": Protection(
        "nobody says about themselves from where and how they ask",
        lambda: [(proxies, "_is_in", lambda address, networks: True)],
        ("tests/running/test_proxies.py::test_a_stranger_says_nothing_about_themselves[203.0.113.66]",),
        ("tests/running/test_proxies.py",),
    ),
    "audit of others": Protection(
        "everybody's acts are shown to administrators alone",
        lambda: [(audit_views, "_administers", lambda request: True)],
        ("tests/audit/test_page.py::test_bob_who_does_not_sees_his_own_alone",),
        ("tests/audit",),
    ),
    "seals": Protection(
        "an entry that was changed past the triggers is found",
        lambda: [(seals, "hmac", _Yes)],
        ("tests/audit/test_seals.py::test_a_changed_entry_is_named",),
        ("tests/audit",),
    ),
    "operators alone": Protection(
        "to everybody else the operators' pages are not there",
        lambda: [(OperatorSite, "has_permission", lambda self, request: True)],
        ("tests/operators/test_operators.py::test_to_everybody_else_it_is_as_if_it_were_not_there",),
        ("tests/operators",),
    ),
    "hidden columns": Protection(
        "an operator finds out no hidden column letter by letter",
        lambda: [(ReadOnly, "lookup_allowed", lambda self, lookup, value, request: True)],
        ("tests/operators/test_operators.py::test_a_hidden_column_cannot_be_guessed_letter_by_letter",),
        ("tests/operators",),
    ),
    "addresses of calls": Protection(
        "no name of a module or id bends a call to another address",
        lambda: [(transport, "_PATH", re.compile(r"(?s).*"))],
        (_TRANSPORT + "test_an_address_that_is_none_is_not_asked_for",),
        CLIENT,
    ),
}  # fmt: skip
