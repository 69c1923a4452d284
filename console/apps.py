"""The console as a Django app; loads Celery here so that `console/__init__.py` stays importable on bare Python."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console import celery  # noqa: F401  only now are the settings read
