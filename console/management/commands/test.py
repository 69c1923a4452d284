"""manage.py test: pytest, with pytest's own arguments."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from console.running import launch


class Command(BaseCommand):
    help = "Runs the tests; all arguments are pytest's."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        launch.run_tests(options["arguments"])
