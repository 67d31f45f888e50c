"""Writes the gazetteer's two files: one binary of aligned columns, and a manifest that says where each column lies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from orbat.link.gazetteer import COLUMNS, FORMAT, Rank, id_key, name_key, rules_digest
from orbat.names import fold, skeleton

Named = tuple[str, str, list[tuple[str, Rank]]]


def write(folder: Path, named: Sequence[Named], columns: dict[str, list[Any]], extra: dict[str, Any]) -> str:
    """Writes gazetteer.bin and gazetteer.json into ``folder``; returns the SHA-256 of the binary.

    Args:
        named: per row its name, its own id ("" where the row is known by its GeoNames id) and (name, rank) pairs.
        columns: the numeric columns but for the name's offsets and the indexes, one value a row.
        extra: further keys of the manifest.
    """
    texts = [name.encode("utf-8") for name, _, _ in named]
    ids = [own.encode("utf-8") for _, own, _ in named]
    by_name, by_skeleton = indexes(named)
    arrays: dict[str, Any] = dict(columns)
    arrays["name_end"] = np.cumsum([len(t) for t in texts])
    arrays["names"] = np.frombuffer(b"".join(texts), np.uint8)
    first = int(np.count_nonzero(np.asarray(columns["gid"])))
    arrays["id_end"] = np.cumsum([len(t) for t in ids[first:]])
    arrays["ids"] = np.frombuffer(b"".join(ids), np.uint8)
    arrays["name_keys"], arrays["name_rows"], arrays["name_ranks"] = by_name
    arrays["bone_keys"], arrays["bone_rows"] = by_skeleton
    blob, places = bytearray(), {}
    for column, kind in COLUMNS.items():
        data = np.asarray(arrays[column]).astype(kind)
        places[column] = [len(blob), len(data)]
        blob += data.tobytes()
        blob += bytes(-len(blob) % 8)
    digest = hashlib.sha256(blob).hexdigest()
    manifest = {
        "format": FORMAT,
        "rules": rules_digest(),
        "rows": len(named),
        "with_gid": first,
        "bytes": len(blob),
        "sha256": digest,
        "columns": places,
    }
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / "gazetteer.bin.new"
    new.write_bytes(blob)
    new.replace(folder / "gazetteer.bin")  # not written over: who has the old one open reads on in it
    (folder / "gazetteer.json").write_text(
        json.dumps(manifest | extra, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return digest


def indexes(named: Sequence[Named]) -> tuple[tuple[Any, Any, Any], tuple[Any, Any]]:
    """The two sorted indexes: key of the folded name -> row with the best rank it has there; key of the skeleton -> row."""
    best: dict[tuple[int, int], int] = {}
    bones: set[tuple[int, int]] = set()
    for row, (_, own, names) in enumerate(named):
        if own:
            best[id_key(own), row] = int(Rank.MAIN)
        for name, rank in names:
            folded = fold(name)
            if not folded:
                continue
            key = (name_key(folded), row)
            best[key] = min(best.get(key, 9), int(rank))
            if rank is not Rank.DEMONYM and len(bone := skeleton(name)) >= 4:
                bones.add((name_key(bone), row))
    ordered, boned = sorted(best), sorted(bones)
    keys = np.array([k for k, _ in ordered], np.uint64)
    return (keys, [r for _, r in ordered], [best[k] for k in ordered]), (np.array([k for k, _ in boned], np.uint64), [r for _, r in boned])
