"""A watch's health as Prometheus reads it, and as one line for people. The door of ``prometheus_client``."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server, write_to_textfile

from orbat.errors import OrbatError


class Metrics:
    """Counts since the process began. Names begin with ``orbat_watch_``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter("orbat_watch_polls", "Feeds and sitemaps asked, by what came of it", ["outcome"], registry=self.registry)
        self.pages = Counter("orbat_watch_pages", "Pages, by what became of them", ["outcome"], registry=self.registry)
        self.documents = Counter("orbat_watch_documents", "Articles that the store did not have", registry=self.registry)
        self.statements = Counter("orbat_watch_statements", "Statements that the store did not have", registry=self.registry)
        self.failures = Counter("orbat_watch_failures", "What could not be read, by stage", ["stage"], registry=self.registry)
        self.waiting = Gauge("orbat_watch_pages_waiting", "Pages that wait to be read", registry=self.registry)
        self.asked = Gauge("orbat_watch_requests_today", "Requests made today (UTC)", registry=self.registry)
        self.bound = Gauge("orbat_watch_requests_daily_bound", "Requests that a day may have", registry=self.registry)
        self.troubled = Gauge("orbat_watch_sources_troubled", "Sources whose last answer was none", registry=self.registry)
        self.sources = Gauge("orbat_watch_sources", "Sources that are followed", registry=self.registry)
        self.round_at = Gauge("orbat_watch_last_round_timestamp_seconds", "When the last round ended", registry=self.registry)

    def serve(self, port: int, host: str = "127.0.0.1") -> int:
        """Answer Prometheus on a port (0: any that is free); the port.

        Raises:
            OrbatError: the port is taken.
        """
        try:
            server, _ = start_http_server(port, host, self.registry)
        except OSError as error:
            raise OrbatError(f"Metrics cannot be served on port {port}.", f"{error.strerror or error}.", "Name another port.") from error
        return int(server.server_port)

    def write(self, path: Path) -> None:
        """Write them for the text file collector of Prometheus' node exporter, whole or not at all.

        Raises:
            OrbatError: the file cannot be written.
        """
        try:
            write_to_textfile(str(path), self.registry)
        except OSError as error:
            raise OrbatError(f"Metrics cannot be written to {path}.", f"{error.strerror or error}.", "Check the folder.") from error
