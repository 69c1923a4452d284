"""Where to go after signing in: only ever a path of this console."""

from urllib.parse import urlsplit, urlunsplit

_LENGTH = 500


def local_path(wanted: str) -> str:
    """`wanted` as a path of this console, built again from its parsed parts; "/" for anything else.

    Refused: other hosts in every spelling (`//host`, `/\\host`, `https:host`), control characters, `javascript:`.
    """
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or len(wanted) > _LENGTH:
        return "/"
    if "\\" in wanted or any(ord(letter) < 32 or ord(letter) == 127 for letter in wanted):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return "/"
    return urlunsplit(("", "", parts.path, parts.query, ""))
