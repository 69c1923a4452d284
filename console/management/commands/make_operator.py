from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from console.audit import trail
from console.connections.models import User

_MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Lets a person who has signed in here look into the operators' pages (/operators/), or no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="email address, full name, or identity (eu:808232144:57…)")
        parser.add_argument("--remove", action="store_true", help="takes it away again")

    def handle(self, *args: Any, **options: Any) -> None:
        user, make = _found(options["user"].strip()), not options["remove"]
        if user.is_staff == make:
            self.stdout.write(f"{user.full_name} ({user.identity}) {'is one already' if make else 'was none'}.")
            return
        user.is_staff = make
        user.save(update_fields=["is_staff"])
        trail.record("operator.made" if make else "operator.removed", who=user)
        if make:
            self.stdout.write(f"{user.full_name} ({user.identity}) is an operator now: /operators/ in the console.")
        else:
            self.stdout.write(f"{user.full_name} ({user.identity}) is no operator any more, from the next page on.")


def _found(wanted: str) -> User:
    users = list(User.objects.filter(identity=wanted))
    if not users:
        users = list(User.objects.filter(Q(email__iexact=wanted) | Q(full_name__iexact=wanted)).order_by("identity"))
    if len(users) == 1:
        return users[0]
    if users:
        raise CommandError(f"{wanted} may be any of these; name one by its identity:\n{_listed(users)}")
    everybody = User.objects.order_by("full_name", "identity")
    if not everybody.exists():
        raise CommandError("Nobody has signed in here yet. An operator signs in with Zoho CRM first, as everybody.")
    more = everybody.count() - _MOST_SHOWN
    rest = f"\n  … and {more} more" if more > 0 else ""
    raise CommandError(
        f"Nobody called {wanted} has signed in here. These have:\n{_listed(list(everybody[:_MOST_SHOWN]))}{rest}"
    )


def _listed(users: list[User]) -> str:
    return "\n".join(f"  {user.identity}  {user.full_name}  {user.email}".rstrip() for user in users)
