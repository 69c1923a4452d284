"""What every page shows around its content: the organisation in use, and the person's others."""

from typing import Any

from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """connection   the organisation in use, or None outside /c/
    connections  all that the signed-in person can switch to (inside /c/)
    """
    return {
        "connection": getattr(request, "connection", None),
        "connections": getattr(request, "connections", []),
    }
