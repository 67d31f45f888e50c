"""Any source to documents: the only room that opens what people give to orbat. It never uses the network."""

from orbat.ingest.checks import checked
from orbat.ingest.readers import READERS, Reader
from orbat.ingest.sources import expand, read_all, read_source, read_stream

__all__ = ["READERS", "Reader", "checked", "expand", "read_all", "read_source", "read_stream"]
