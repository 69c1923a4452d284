"""The front door: one include per room and hall."""

from django.contrib import admin
from django.urls import include, path

from console import errors, health

ROOMS = [
    path("", include("console.home.urls")),
    path("modules/", include("console.modules.urls")),
    path("records/", include("console.records.urls")),
    path("wizards/", include("console.wizards.urls")),
    path("blueprints/", include("console.blueprints.urls")),
    path("catalogue/", include("console.catalogue.urls")),
    path("costs/", include("console.costs.urls")),
    path("jobs/", include("console.jobs.urls")),
    path("audit/", include("console.audit.urls")),
    path("submissions/", include("console.submissions.urls")),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("console.connections.urls")),
    path("audit/", include("console.audit.urls", namespace="own_audit")),
    path("c/<slug:connection>/", include(ROOMS)),
    path("operators/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
