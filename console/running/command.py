"""What `manage.py demo` and `manage.py start` have in common."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.running import embedded, launch


class EmbeddedCommand(BaseCommand):
    """Runs what `console.running.launch` prepared before Django was loaded."""

    def add_arguments(self, parser: CommandParser) -> None:
        launch.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        prepared = launch.current()
        if prepared is None:
            raise CommandError("Start it as `python3 manage.py demo` or `python3 manage.py start`.")
        embedded.run(prepared)
