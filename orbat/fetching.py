"""The only way to the web: one address at a time, by default a public one alone. The door of ``http.client``.

The name is looked up once and the connection made to the very address that was checked, so a name server that answers otherwise a second
time (DNS rebinding) gains nothing; every redirect is checked the same way. Size and time are bounded over all of it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import SplitResult, urljoin, urlsplit

from orbat.errors import ReadError

REDIRECTS = 5
PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
"""Answers after which another try may do: too early, too many requests, and trouble on the server's side."""
PORTS = {"http": 80, "https": 443}
TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/json", "application/ld+json")
HEADERS = {"User-Agent": "orbat", "Accept": ", ".join(TYPES), "Accept-Encoding": "identity", "Connection": "close"}
LONGEST = 8_192
"""Signs of an address at most: what common servers take."""
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
"""IPv6 addresses that stand for IPv4 ones, private ones among them."""

Resolve = Callable[[str, int], list[str]]


class Unreached(ReadError):
    """An address that could not be had. ``may_pass``: another try may do (a site that is slow, away or overloaded, not a refusal)."""

    def __init__(self, cause: str, *, may_pass: bool = False) -> None:
        super().__init__("The address was not fetched.", cause, "Save the page in a browser and give the file.")
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answered: the address that it came from in the end, names of ``headers`` in lower case; no ``body`` but of a 200."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type that the site states, in lower case, empty where it states none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def expect_page(self) -> None:
        """Nothing, where there is a body.

        Raises:
            Unreached: the site answered otherwise than with 200.
        """
        if self.status != 200:
            raise Unreached(f"The site answered {self.status}.", may_pass=self.status in PASSING)


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched, and the address that it came from in the end."""

    address: str
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet: not private, loopback, link-local, shared, multicast, reserved or unset."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.is_site_local or any(found in net for net in _TRANSLATED):
            return False
    special = (
        found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_reserved or found.is_unspecified
    )
    return found.is_global and not special


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host."""
    return list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches pages. ``most`` bytes and ``seconds`` each; ``allowed`` and ``ports`` say where it may go."""

    most: int
    seconds: float
    resolve: Resolve = resolved
    allowed: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset(PORTS.values())

    def fetch(self, address: str) -> Page:
        """The page of an address.

        Raises:
            Unreached: it may not be or cannot be fetched, or is no page of text.
        """
        answer = self.ask(address)
        answer.expect_page()
        if (answer.kind or "text/html") not in TYPES:
            raise Unreached(f"It is no page of text but {answer.kind[:60]}.")
        return Page(answer.address, answer.body)

    def ask(
        self, address: str, headers: Mapping[str, str] = MappingProxyType({}), *, before: Callable[[str], None] | None = None
    ) -> Answer:
        """What the site answers, redirects followed.

        Args:
            headers: beside ``HEADERS``, or in their place.
            before: called with each address before it is asked for, the first and those it leads on to; an error it raises ends it.

        Raises:
            Unreached: it may not be or cannot be fetched, is too large or breaks off.
        """
        deadline = time.monotonic() + self.seconds
        for _ in range(REDIRECTS + 1):
            target = _parts(address)
            if before is not None:
                began = time.monotonic()
                before(address)
                deadline += time.monotonic() - began  # what it waited out of politeness is not the site's time
            with self._asked(target, deadline, HEADERS | dict(headers)) as answer:
                if answer.status in (301, 302, 303, 307, 308) and (onward := answer.getheader("Location")):
                    address = _onward(address, onward)
                    continue
                said = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(address, answer.status, said, self._body(answer, deadline) if answer.status == 200 else b"")
        raise Unreached(f"It leads on more than {REDIRECTS} times.")

    def checked(self, host: str, port: int) -> str:
        """The address to connect to.

        Raises:
            ReadError: there is none, or one of them is not public.
        """
        if port not in self.ports:
            raise Unreached(f"Port {port} is no web site's.")
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unreached(f"No site is called {host!r}.", may_pass=True) from error
        if not found or not all(map(self.allowed, found)):
            raise Unreached("It is an address of a private network or of this machine.")
        return found[0]

    @contextmanager
    def _asked(self, target: SplitResult, deadline: float, headers: Mapping[str, str]) -> Iterator[http.client.HTTPResponse]:
        host = target.hostname or ""
        port = _port(target)
        address = self.checked(host, port)
        left = max(0.1, deadline - time.monotonic())
        connection = http.client.HTTPConnection(host, port, timeout=left)
        over = threading.Timer(left, _cut, (connection,))  # a site that sends a letter a second would never time out
        over.daemon = True
        try:
            over.start()
            plain = socket.create_connection((address, port), timeout=left)
            connection.sock = plain
            if target.scheme == "https":
                connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            default = PORTS[target.scheme] == port
            name = f"[{host}]" if ":" in host else host
            connection.request("GET", path, headers={"Host": name if default else f"{name}:{port}", **headers})
            yield connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = time.monotonic() >= deadline
            cause = f"It took more than {self.seconds:.0f} s." if late else f"It could not be reached: {error}."
            raise Unreached(cause, may_pass=True) from error
        finally:
            over.cancel()
            connection.close()

    def _body(self, answer: http.client.HTTPResponse, deadline: float) -> bytes:
        if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
            raise Unreached("It comes compressed, which was not asked for.")
        data = bytearray()
        while more := answer.read1(65_536):
            data += more
            if len(data) > self.most:
                raise Unreached(f"It is larger than {self.most >> 20} MB.")
            if time.monotonic() > deadline:
                break
        if time.monotonic() > deadline:
            raise Unreached(f"It took more than {self.seconds:.0f} s.", may_pass=True)
        if answer.length:
            raise Unreached("It broke off before its end.", may_pass=True)
        return bytes(data)


def _parts(address: str) -> SplitResult:
    try:
        found = urlsplit(address.strip())
        _port(found)
    except ValueError as error:
        raise Unreached("It is no address of the web.") from error
    if found.scheme not in PORTS or not found.hostname:
        raise Unreached("Only http and https are fetched.")
    if len(address) > LONGEST:
        raise Unreached(f"It has more than {LONGEST:,} signs.")
    if found.username is not None or found.password is not None:
        raise Unreached("It holds a name or password.")
    if not found.geturl().isascii() or any(sign.isspace() or not sign.isprintable() for sign in found.geturl()):
        raise Unreached("It holds signs that no address has; write them as %XX.")
    return found


def _onward(address: str, onward: str) -> str:
    try:
        return urljoin(address, onward)
    except ValueError as error:
        raise Unreached("It leads on to what is no address of the web.") from error


def _port(target: SplitResult) -> int:
    return target.port if target.port is not None else PORTS.get(target.scheme, 0)


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
