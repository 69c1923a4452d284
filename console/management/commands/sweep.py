from typing import Any

from django.core.management.base import BaseCommand

from console.jobs.sweeper import sweep


class Command(BaseCommand):
    help = "Does once what the sweeper does every 30 s: rings for jobs that nobody works on, seals the audit, …"

    def handle(self, *args: Any, **options: Any) -> None:
        for words, number in sweep().items():
            self.stdout.write(f"{number} {words}.")
