"""What a service is started with, checked before anything listens."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from orbat.errors import OrbatError

WILDCARDS = frozenset({"", "0.0.0.0", "::"})


class ServiceError(OrbatError):
    """The service cannot be started as asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the service takes on. Bytes, seconds and numbers.

    ``upload``: one posted body. ``waiting`` and ``waiting_bytes``: articles that wait to be read. ``documents``: in one upload.
    ``characters``: of one article, some 30,000 words, far above any.
    ``requests`` a minute from one address or account where login is needed; ``sign_ins`` in five minutes, always.
    ``threads``: requests answered at once; a store's pool has 15 connections, of which the worker and exports take some.
    """

    upload: int = 10 * 2**20
    waiting: int = 32
    waiting_bytes: int = 64 * 2**20
    documents: int = 2_000
    characters: int = 200_000
    requests: int = 1_200
    sign_ins: int = 10
    threads: int = 8
    exports: int = 2
    fetch_bytes: int = 10 * 2**20
    fetch_seconds: float = 20.0
    session_hours: float = 12.0


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """All that a service is told.

    Args:
        store: a file or a database's URL, as ``Store.open`` takes it; it is not shown in messages, since it may hold a password.
        host: the address to listen on. Any other than this machine's own loopback needs login.
        names: further names by which browsers may ask for it; all others are refused.
        login: needs login on loopback too, as behind a proxy.
        accounts: the file of accounts and tokens; ``accounts.db`` in the user's data folder, if None.
        secure: browsers reach it by https, so cookies are sent so only; by default they do not on loopback and do elsewhere.
        allow_fetch: reads articles from public addresses on the web that are posted.
        actors: the user's own catalogue, which the pages may add to; it is made with the first actor that is added.
        origins: other web sites whose pages may read from the service (CORS).
        analyst: by whom judgements are made where no login is needed.
        warm: makes the pages that are asked for first as soon as it runs.
        makers: so many processes of its own make the pages; none, and they are made where articles are read.
        maker: is one of these processes, which gives pages away and need not hold them.
    """

    store: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    names: tuple[str, ...] = ()
    login: bool | None = None
    accounts: Path | None = None
    secure: bool | None = None
    allow_fetch: bool = False
    origins: tuple[str, ...] = ()
    model: Path | None = None
    actors: Path | None = None
    analyst: str = "local"
    warm: bool = False
    makers: int = 0
    maker: bool = False
    limits: Limits = Limits()

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def needs_login(self) -> bool:
        """Whether every request but signing in needs an account or token."""
        return self.login is True or not self.loopback

    @property
    def by_https(self) -> bool:
        """Whether cookies are for https only."""
        return not self.loopback if self.secure is None else self.secure

    @property
    def accounts_file(self) -> Path:
        """Where accounts and tokens are kept."""
        return self.accounts or platformdirs.user_data_path("orbat", appauthor=False) / "accounts.db"

    def answers_to(self, name: str) -> bool:
        """Whether a request for that host is for this service: a web page that has its own name led here (DNS rebinding) asks for that one.

        Args:
            name: a Host header, with or without a port.
        """
        host = host_of(name)
        if host in {host_of(each) for each in (*self.names, self.host)} - WILDCARDS:
            return True
        address = _address(host)
        if self.loopback:
            return host == "localhost" or (address is not None and address.is_loopback)
        return self.host in WILDCARDS and address is not None  # a number needs no name server, so none can have been led here


def is_loopback(host: str) -> bool:
    """Whether an address or name is of this machine alone, by all that it stands for; "" and what stands for nothing are not."""
    if host in WILDCARDS:
        return False
    address = _address(host)
    if address is not None:
        return address.is_loopback
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(each[4][0]).split("%")[0]).is_loopback for each in found)


def host_of(header: str) -> str:
    """The host of a Host header or address, in lower case, without port, brackets and the root's dot; "" where it is none."""
    text = header.strip().lower()
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        return address if re.fullmatch(r"(:\d*)?", rest) else ""
    name = text if text.count(":") > 1 else text.partition(":")[0]
    return name.rstrip(".")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
