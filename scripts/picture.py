"""Draw README's picture: what `orbat read` prints of one example article, as docs/read.svg."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from orbat.cli import printing, reading  # noqa: E402
from orbat.ingest import read_all  # noqa: E402
from orbat.pipeline import Reader  # noqa: E402
from orbat.types import Document  # noqa: E402

if __name__ == "__main__":
    (document,) = [d for d in read_all([ROOT / "examples" / "02-ambush-in-niger.txt"]) if isinstance(d, Document)]
    console = Console(record=True, width=150, file=open("/dev/null", "w"))  # noqa: SIM115
    printing.console = lambda: console
    reading.print_reading(Reader().read_document(document))
    picture = console.export_svg(title="orbat read examples/02-ambush-in-niger.txt")
    # The picture asks no server for a font.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    (ROOT / "docs" / "read.svg").write_text(picture, encoding="utf-8")
