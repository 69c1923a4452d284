"""Examining every wizard: starting it, and its kept result with its date."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.http import CrmRequest, needs
from console.jobs import services
from console.wizards.finding import ORDER, of_json
from console.wizards.findings import CODES
from console.wizards.tasks import CHECK_WIZARDS, last_check, running_check
from console.wizards.views import SCOPE


@require_GET
@needs(SCOPE)
def wizard_check(request: CrmRequest) -> HttpResponse:
    """The result of the last examination; it asks nothing of the CRM."""
    check = last_check(request.connection, request.user)
    parts = check.result.get("parts", []) if check else []
    code = str(request.GET.get("code", ""))
    listed = [(part, found) for part in parts if (found := _numbered(part, code))]
    counts = Counter(item["code"] for part in parts for item in part["findings"])
    severities = Counter(item["severity"] for part in parts for item in part["findings"])
    context = {
        "check": check,
        "job": running_check(request.connection, request.user),
        "listed": listed,
        "codes": [(key, heading, counts[key]) for key, heading in CODES.items() if counts[key]],
        "code": code if code in CODES else "",
        "examined": len(parts),
        "severities": [(severity, severities[severity]) for severity in ORDER if severities[severity]],
        "total": sum(counts.values()),
        "not_checked": [(part, part["not_checked"]) for part in parts if part.get("not_checked")],
        "unread": [(part, part["unread"]) for part in parts if part.get("unread")],
    }
    return render(request, "wizards/check.html", context)


@require_POST
@needs(SCOPE, "ZohoCRM.settings.fields.READ", "ZohoCRM.settings.layouts.READ")
def wizard_check_start(request: CrmRequest) -> HttpResponse:
    title = f"Check all wizards of {request.connection.org_name}"
    services.start(request.connection, request.user, CHECK_WIZARDS, title[:255])
    return redirect("wizards:check", request.connection.slug)


def _numbered(part: dict[str, Any], code: str) -> list[tuple[int, Any]]:
    """(number among the container's findings, finding), as the graph's address counts them."""
    found = [(place, of_json(raw)) for place, raw in enumerate(part["findings"], 1)]
    return [(place, item) for place, item in found if not code or item.code == code]
