"""The console for gunicorn, on the measurement's own database and with its extra addresses."""

import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

settings.DATABASES["default"]["NAME"] = os.environ["BENCH_DATABASE"]
settings.ROOT_URLCONF = "tests.bench.urls"
application = WSGIHandler()
