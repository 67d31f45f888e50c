"""The table of formats."""

from __future__ import annotations

from dataclasses import dataclass

from orbat.errors import NotFoundError
from orbat.export import acled, articles, cameo, ftm, geojson, network, package, plover, stix, table, ucdp
from orbat.export.material import FolderWriter, Writer


@dataclass(frozen=True, slots=True)
class Format:
    """A way out: its name, what one row or object of it is, and what writes it: a stream, or a folder of files.

    ``of_records``: it has rows of records. ``both``: beside them it lists statements, those of its records among them.
    """

    name: str
    means: str
    stream: Writer | None = None
    folder: FolderWriter | None = None
    of_records: bool = False
    both: bool = False


FORMATS: tuple[Format, ...] = (
    Format("acled", "ACLED's 31 columns as CSV, one row a record of an event", acled.write, of_records=True),
    Format("ucdp-ged", "UCDP GED's columns as CSV, one row a record of fatal violence", ucdp.write, of_records=True),
    Format("plover", "PLOVER JSON lines, one a statement", plover.write),
    Format("cameo", "CAMEO events in Phoenix's columns, tab-separated, one line a statement", cameo.write),
    Format("ftm", "FollowTheMoney entities, one JSON line each", ftm.write, of_records=True, both=True),
    Format("stix", "a STIX 2.1 bundle, one relationship a statement", stix.write),
    Format("geojson", "GeoJSON, one feature a record", geojson.write, of_records=True),
    Format("graphml", "the network of actors as GraphML", network.write_graphml, of_records=True),
    Format("gexf", "the network of actors as GEXF", network.write_gexf, of_records=True),
    Format("csv", "CSV, one row a statement", table.write),
    Format("parquet", "a folder of Parquet files with a Frictionless datapackage.json", folder=package.write, of_records=True, both=True),
    Format("corpus", "the corpus's layout, one JSON line an article", articles.write),
)


def format_named(name: str, formats: tuple[Format, ...] = FORMATS) -> Format:
    """The format of a name.

    Raises:
        NotFoundError: there is none; the message lists them.
    """
    found = next((format for format in formats if format.name == name.strip().lower()), None)
    if found is None:
        raise NotFoundError(f"No format is called {name!r}.", f"There are {', '.join(format.name for format in formats)}.", "Choose one.")
    return found
