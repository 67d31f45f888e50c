"""Sessions of browsers: a signed cookie that says who signed in and when, and the tokens that a page's own forms carry (CSRF).

The cookie is HMAC-SHA256 over its words, with a key that never leaves the accounts' file. It ends with its hours, when its account signs
out or is changed or removed, and says nothing that its holder may not know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in: an account's name, its generation then, when (seconds since 1970), and what tells sessions apart."""

    name: str
    generation: int
    started: int
    mark: str


class Sessions:
    """Makes and reads cookies and CSRF tokens."""

    def __init__(self, key: bytes, *, hours: float) -> None:
        self._key = key
        self._seconds = hours * 3600

    def begin(self, name: str, generation: int) -> str:
        """The cookie of a new session."""
        words = ".".join((_encode(name.encode()), str(generation), str(int(time.time())), secrets.token_hex(8)))
        return f"{words}.{self._sign('session', words)}"

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie that we signed and that has not run out."""
        words, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", words).encode()):
            return None
        name, generation, started, mark = words.split(".")
        if int(started) + self._seconds < time.time():
            return None
        return Session(_decode(name).decode(), int(generation), int(started), mark)

    def csrf(self, mark: str) -> str:
        """A token for the forms of a session; every one differs, so that its letters cannot be told from the size of compressed pages."""
        salt = secrets.token_hex(8)
        return f"{salt}.{self._sign('csrf', f'{mark}.{salt}')}"

    def is_csrf(self, token: str, mark: str) -> bool:
        """Whether a token is one of that session."""
        salt, _, signature = token.partition(".")
        return hmac.compare_digest(signature.encode(), self._sign("csrf", f"{mark}.{salt}").encode())

    def _sign(self, purpose: str, words: str) -> str:
        return _encode(hmac.digest(self._key, f"{purpose}:{words}".encode("utf-8", "surrogatepass"), hashlib.sha256))


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
