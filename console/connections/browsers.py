"""The browsers a person is signed in with: remembered, seen, and ended (D4: a deleted session is over at once)."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from console.audit import trail
from console.connections.models import SignedInBrowser, User
from console.connections.user_agents import in_words

SEEN_EVERY_S = 300
_MOST_KNOWN = 10_000
_seen: dict[str, float] = {}  # session key to monotonic seconds: so that most requests ask the database nothing


def remember(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """For Django's signal `user_logged_in`: the session has its new key by now, or gets it here."""
    if request.session.session_key is None:
        request.session.save()
    _write(request, user)


def seen(request: HttpRequest, user: User) -> None:
    """Notes that this browser is in use; asks the database once in SEEN_EVERY_S per process."""
    key, now = request.session.session_key, time.monotonic()
    if key is None or now - _seen.get(key, -SEEN_EVERY_S) < SEEN_EVERY_S:
        return
    _write(request, user)


def of(user: User) -> "QuerySet[SignedInBrowser]":
    """Those of one person that have not run out, the one used last first."""
    return SignedInBrowser.objects.filter(user=user, session__expire_date__gt=timezone.now()).order_by("-seen_at")


def end(user: User, browser: UUID, request: HttpRequest) -> bool:
    """Ends one of a person's own; False when there is none such."""
    found = SignedInBrowser.objects.filter(user=user, pk=browser).first()
    if found is None:
        return False
    Session.objects.filter(pk=found.session_id).delete()
    trail.record("browser.ended", who=user, request=request, browser=found.words, seen_from=found.address)
    return True


def end_others(user: User, request: HttpRequest) -> int:
    """Ends all of a person's browsers but the one that asks; gives back how many."""
    return _end(user, request, SignedInBrowser.objects.filter(user=user).exclude(session=request.session.session_key))


def end_all(user: User, request: HttpRequest) -> int:
    """Ends every one, also that which asks; gives back how many."""
    return _end(user, request, SignedInBrowser.objects.filter(user=user))


def _end(user: User, request: HttpRequest, browsers: "QuerySet[SignedInBrowser]") -> int:
    keys = list(browsers.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    trail.record("browser.ended_everywhere", who=user, request=request, browsers=len(keys))
    return len(keys)


def _write(request: HttpRequest, user: User) -> None:
    key, now = str(request.session.session_key), timezone.now()
    if len(_seen) >= _MOST_KNOWN:
        _seen.clear()
    _seen[key] = time.monotonic()
    what = {
        "words": in_words(request.META.get("HTTP_USER_AGENT", "")),
        "address": request.META.get("REMOTE_ADDR", "")[:64],
        "seen_at": now,
    }
    mine = SignedInBrowser.objects.filter(session=key, user=user)
    if mine.filter(seen_at__lt=now - timedelta(seconds=SEEN_EVERY_S)).update(**what) or mine.exists():
        return
    try:
        with transaction.atomic():
            if Session.objects.select_for_update().filter(pk=key).exists():  # else it was ended meanwhile
                SignedInBrowser.objects.update_or_create(session_id=key, defaults={"user": user, **what})
    except IntegrityError:
        """Another request of this browser was first."""
