"""Any source to documents: the only room that opens what people give to orbat. It never uses the network."""

from orbat.ingest.readers import READERS, Reader
from orbat.ingest.sources import expand, read_all, read_source

__all__ = ["READERS", "Reader", "expand", "read_all", "read_source"]
