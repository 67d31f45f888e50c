"""One process of atheris on one kind of source: ``python -m fuzz.harness SUFFIX [libFuzzer's options]``.

"archives" instead of a suffix are archives as hypothesis makes them from what atheris gives: whole ones, full of hostile members.

An input is a finding if reading it raises, gives a document that breaks the contract, or makes a reader stop with an error that it did
not expect; if it takes longer than ``-timeout`` or more memory than ``-rss_limit_mb``.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["orbat.ingest"]):
    import io

    from orbat.ingest import checked, read_stream
    from orbat.types import Document, Failure

from hypothesis import given, settings

from fuzz.strategies import SEEDS, archives


def check(suffix: str, data: bytes) -> None:
    """Read a source and hold what comes out of it against the contract."""
    found = list(checked(read_stream(f"fuzz{suffix}", io.BytesIO(data))))
    assert found, "nothing came out of it, not even a failure"
    for each in found:
        if isinstance(each, Document):
            assert each.text.strip(), "a document without text"
            for part in (each.text, each.title, each.source, each.byline, each.section, each.url, each.given_id):
                part.encode("utf-8")
        else:
            assert isinstance(each, Failure)
            assert each.message
            assert each.document
            assert "Report it" not in each.message, each.message
            each.message.encode("utf-8")
            each.document.encode("utf-8", "surrogateescape")


def main() -> None:
    """Run libFuzzer."""
    suffix = sys.argv.pop(1)
    assert suffix in {*SEEDS, "archives"}

    @settings(deadline=None, database=None)
    @given(archives())
    def packed(data: bytes) -> None:
        check("", data)

    atheris.Setup(sys.argv, packed.hypothesis.fuzz_one_input if suffix == "archives" else lambda data: check(suffix, data))  # type: ignore[attr-defined]
    atheris.Fuzz()


if __name__ == "__main__":
    main()
