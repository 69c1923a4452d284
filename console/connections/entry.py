"""Who is still let in at each request, after having signed in once: Django's backend, with CONSOLE_ORGS in it."""

from django.contrib.auth.backends import ModelBackend

from console.connections import table
from console.connections.models import User


class Entry(ModelBackend):
    """An account that was closed, or whose organisation was taken off the list, is signed out with the next request."""

    def user_can_authenticate(self, user: User | None) -> bool:  # type: ignore[override]
        if user is None or not super().user_can_authenticate(user):
            return False
        dc, _, rest = user.identity.partition(":")
        return table.may_enter(dc, rest.partition(":")[0])
