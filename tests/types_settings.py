"""Django's settings for mypy's plugin, which only wants to know the models: the keys open nothing."""

import os

_KEYS = {
    "CONSOLE_URL": "http://localhost:8000",
    "CONSOLE_SECRET_KEY": "only mypy reads these settings, and it signs nothing",
    "CONSOLE_TOKEN_KEYS": "b25seSBteXB5IHJlYWRzIHRoaXMga2V5OyBubyB1c2U=",
    "CRM_CLIENT_ID": "1000.MYPY",
    "CRM_CLIENT_SECRET": "none",
}
for _name, _value in _KEYS.items():
    os.environ.setdefault(_name, _value)

from console.settings import *  # noqa: E402, F403
