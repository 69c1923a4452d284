from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.audit.seals import verify


class Command(BaseCommand):
    help = "Checks the seals of the audit; names the first entry that was changed, deleted or put in, and ends with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--earlier",
            metavar="FILE",
            action="append",
            default=[],
            help="a file that holds a former CONSOLE_SECRET_KEY; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify([_read(path) for path in options["earlier"]])
        if found.remark:
            self.stderr.write(found.remark)
        until = f", until {found.until:%Y-%m-%d %H:%M:%S} UTC" if found.until else ""
        if found.problem:
            raise CommandError(f"{found.problem} Unchanged before that: {found.sealed}{until}.")
        self.stdout.write(f"Sealed and unchanged: {found.sealed}{until}.")
        if found.waiting:
            self.stdout.write(f"Waiting for the sweeper, which seals every 30 seconds: {found.waiting}.")


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise CommandError(f"{path} cannot be read.") from exc
