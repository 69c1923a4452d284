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
                "CONSOLE_TOKEN_KEYS and run this again, or let their owners sign in again."
            )
        if done.busy:
            self.stderr.write(
                f"Still written under an older key: {done.busy}. Restart every process of the console, so that all "
                "have the new list, then run this again."
            )
        if done.unreadable or done.busy:
            raise SystemExit(1)
        self.stdout.write("The older keys may be removed now.")
