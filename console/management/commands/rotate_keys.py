from typing import Any

from django.core.management.base import BaseCommand

from console.connections.rotation import rotate


class Command(BaseCommand):
    help = "Seals every stored token with the newest of CONSOLE_TOKEN_KEYS; safe while the console runs."

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotate()
        self.stdout.write(f"{done.sealed} sealed anew, {done.fresh} already were.")
        if done.unreadable:
            self.stderr.write(
                f"{done.unreadable} open with none of the keys in use: put the key they were made with back into "
                "CONSOLE_TOKEN_KEYS, or let their owners sign in again."
            )
            raise SystemExit(1)
        self.stdout.write("The older keys may be removed now.")
