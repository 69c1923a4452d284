from typing import Any

from django.core.management.base import BaseCommand

from console.jobs.services import sweep


class Command(BaseCommand):
    help = "Rings once for every open job that nobody works on (the sweeper does this every 30 s)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Rang for {sweep()} jobs.")
