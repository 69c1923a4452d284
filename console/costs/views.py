"""What this console spent at the CRM, by person, page, job and endpoint."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.connections.models import Connection
from console.costs.allowance import HEAVY_AT_ONCE, allowance
from console.costs.chart import bars
from console.costs.ledger import KEPT_DAYS, SPANS, Book, span_of
from console.costs.models import Call
from console.costs.price_lists import price_list
from console.http import CrmRequest, needs
from console.paging import cut, page_number


@require_GET
@needs()
def ledger(request: CrmRequest) -> HttpResponse:
    """Credits spent over time, and on what; makes no call of its own"""
    span = span_of(request.GET.get("span", ""))
    book = Book(request.connection, request.user, span)
    over_time = book.over_time()
    spent, calls = book.total()
    org = request.kept.known("org")
    context = {
        "span": span,
        "spans": [(one.key, one.words, one == span) for one in SPANS],
        "spent": spent,
        "calls": calls,
        "chart": bars(over_time, by_hour=span.by_hour),
        "over_time": [row for row in reversed(over_time) if row[2]],
        "tables": [
            ("Person", "Everybody connected to this organisation here.", book.by_person()),
            ("Page", "Your own calls, by the page that made them.", book.by_page()),
            ("Endpoint", "Your own calls, by address.", book.by_endpoint()),
        ],
        "jobs": book.by_job(),
        "limits": book.limits_hit(),
        "allowance": allowance(org.value[0].license_details) if org and org.value else None,
        "heavy": HEAVY_AT_ONCE,
        "left": Connection.objects.values_list("credits_left", "credits_seen_at").get(pk=request.connection.pk),
        "kept_days": KEPT_DAYS,
        "has_prices": price_list(request.connection).is_known,
    }
    return render(request, "costs/ledger.html", context)


@require_GET
@needs()
def call_list(request: CrmRequest) -> HttpResponse:
    """Your own calls one by one, newest first"""
    here = reverse("costs:calls", args=[request.connection.slug])
    found = Call.objects.for_user(request.user, request.connection).order_by("-at")[:2000]
    shown, pages = cut(
        list(found),
        page_number(request.GET.get("page", "")),
        False,
        lambda page: f"{here}?page={page}",
        "calls",
        "calls",
    )
    return render(request, "costs/calls.html", {"calls": shown, "pages": pages})
