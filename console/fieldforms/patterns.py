"""The API's forms of email, phone and website, as patterns that cannot run away.

The published ones backtrack without bound on hostile texts, and one needs \\p classes that `re` lacks; these accept
the same texts in linear time. Whether the CRM uses exactly these is not certain, so a mismatch is a warning.

source  zoho.com/crm/developer/docs/api/v7/insert-records.html
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LOCAL = r"[a0!#$%&'*+\-/=?^_`{|}~.]"
_EMAIL = re.compile(rf"[+\-_a0]{_LOCAL}*@(?:[a0]+(?:[-_]+[a0]+)*\.)+a{{2,22}}")
_PHONE = re.compile(
    r"\+?(?![.-])"
    r"(?:(?>(?:[.-]? ?[\da-zA-Z]+)+)|(?> ?(?![.-])(?:[ .-]?[\da-zA-Z]+)+(?!\.)(?:[ -]?[\da-zA-Z]+)?))+"
    r"(?>(?:,*;?[\da-zA-Z]+)+(?:#[\da-zA-Z]+)*)?[#;]?",
    re.ASCII,
)
_HOST = r"[^\x00-\x19\x22-\x27\x2A-\x2C\x2E-\x2F\x3A-\x3F\x5B-\x5E\x60\x7B\x7D-\x7F]"
_LABEL = r"[^\x00-\x19\x22\x24-\x2C\x2E-\x2F\x3C\x3E\x40\x5B-\x5E\x60\x7B\x7D-\x7F]"
_WEBSITE = re.compile(rf"(?:(?:https?|ftp)://www.|www.|(?:https?|ftp)://|){_HOST}+(?:\.{_LABEL}+)+(?:[/?][^\n]*)?")
_LONGEST_PHONE = 30
_LONGEST_EMAIL = 400
_LONGEST_WEBSITE = 3000


def is_email(text: str) -> bool:
    """Whether the CRM would take it for an email address."""
    if len(text) > _LONGEST_EMAIL:
        return False
    plain = text if text.isascii() else "".join(map(_stand_in, text))
    if not plain.isascii():
        return False
    plain = _ASCII_LETTERS.sub("a", _ASCII_DIGITS.sub("0", plain))
    domain = text.partition("@")[2]
    return 4 <= len(domain) <= 256 and _EMAIL.fullmatch(plain) is not None


def is_phone(text: str) -> bool:
    """Whether the CRM would take it for a phone number; round brackets are no part of one there."""
    return len(text) <= _LONGEST_PHONE and _PHONE.fullmatch(text) is not None


def is_website(text: str) -> bool:
    """Whether the CRM would take it for a web address; the scheme may be missing, a host without a dot is none."""
    return len(text) <= _LONGEST_WEBSITE and _WEBSITE.fullmatch(text) is not None


_ASCII_LETTERS = re.compile("[A-Za-z]")
_ASCII_DIGITS = re.compile("[0-9]")


@lru_cache(maxsize=2048)
def _stand_in(letter: str) -> str:
    """Letters and marks of every script as "a", numbers as "0", which is all that the published pattern asks."""
    if letter.isascii():
        return letter
    group = unicodedata.category(letter)[0]
    return "a" if group in "LM" else "0" if group == "N" else letter
