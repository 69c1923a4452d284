"""The benchmark: figures as ratios measured in one run, `python -m tests.bench [NAME…]`.

Each measurement prints one line of JSON: {"name", "figure", "bar", "ok", …}. The exit status is 1 when a bar is missed.
A figure in ms is the median of 30 (or as said in the line), printed beside the empty signed-in view of the same run.
"""

import os

import django

import tests.environment  # noqa: F401  fills the environment before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
django.setup()
