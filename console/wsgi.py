"""The console as a WSGI application: gunicorn console.wsgi"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

application = get_wsgi_application()

# Only now are the models there. What `manage.py` runs inside itself asks again once the database is migrated.
from console.connections import table  # noqa: E402

table.judge_at_start()
