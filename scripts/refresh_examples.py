"""Write the frozen readings of the example articles anew: `make refresh`, after a change that is meant to change them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from orbat.ingest import read_all  # noqa: E402
from orbat.pipeline import Reader  # noqa: E402
from orbat.types import Document  # noqa: E402
from tests.conftest import EXAMPLES  # noqa: E402
from tests.test_pipeline import FROZEN, frozen_lines  # noqa: E402

if __name__ == "__main__":
    reader = Reader()
    lines = frozen_lines([reader.read_document(d) for d in read_all(EXAMPLES) if isinstance(d, Document)])
    FROZEN.parent.mkdir(exist_ok=True)
    FROZEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} statements frozen in {FROZEN.relative_to(ROOT)}")
