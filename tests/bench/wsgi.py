"""The console for gunicorn, on the measurement's own database and stand-in, with its extra addresses."""

import os
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

change: Any = settings
change.DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
change.CRM_DC_TABLE = os.environ["BENCH_DC_TABLE"]
change.ROOT_URLCONF = "tests.bench.urls"
change.LIMITS = {name: (10**9, span_s) for name, (_, span_s) in settings.LIMITS.items()}
application = WSGIHandler()
