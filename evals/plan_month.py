"""What a month of Common Crawl News takes, from the figures of evals/bench_scale.json and evals/first_pass.json.

    python evals/plan_month.py [--articles 20e6] [--page-kb 90] [--packed-kb 22] [--relevant 0.03] [--other 0.15]
                               [--price 0.04] [--cores 32] [--machines 1] [--megabits 1000] [--every-page]

Core hours of each step are its measured cost an article times the articles that reach it. ``--relevant`` is the share of articles that
hold something, ``--other`` the share of the others that the first pass lets through all the same; ``--price`` is what a core hour costs,
in whatever currency; ``--megabits`` the bandwidth of a machine; ``--every-page``: the article is taken out of every page, and the first
pass looks at texts only.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

EVALS = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("articles", 20e6), ("page-kb", 90.0), ("packed-kb", 22.0), ("relevant", 0.03), ("other", 0.15), ("price", 0.04)):
        parser.add_argument(f"--{name}", type=float, default=default)
    for name, default in (("cores", 32.0), ("machines", 1.0), ("megabits", 1000.0)):
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--every-page", action="store_true")
    args = parser.parse_args()
    bench = json.loads((EVALS / "bench_scale.json").read_text(encoding="utf-8"))
    page, whole = bench["a page of 90 KB, one core"], bench["relevant articles of 400 words, JSON Lines to Parquet"]
    scale = args.page_kb / page["KB"]
    through = args.relevant + (1 - args.relevant) * args.other
    store = bench["shards into a store"]
    steps = (  # name, share of the articles that reach it, ms of a core an article
        ("unpack", 1.0, page["unpacked, ms"] * scale),
        ("first pass over the page", 1.0, page["looked at by the first pass, ms"] * scale),
        ("take the article out of the page", 1.0 if args.every_page else through, page["its article taken out, ms"] * scale),
        ("read: encoder and all around it", through, whole["processor ms an article"]),
        ("keep in a store (one writer)", through, 1000 / store["kept, articles a second"]),
        ("make records (one writer)", through, 1000 / store["records made, articles a second"]),
    )
    hours = {name: args.articles * share * ms / 3.6e6 for name, share, ms in steps}
    download = args.articles * args.packed_kb * 8e3 / (args.megabits * 1e6) / 3600 / args.machines
    print(f"{args.articles:,.0f} pages; {through:.1%} of them are read\n")
    print(f"| {'step':34} | reached by | ms a page | core hours |\n|---|---|---|---|")
    for name, share, ms in steps:
        print(f"| {name:34} | {share:10.1%} | {ms:9.2f} | {hours[name]:10.1f} |")
    shared = sum(hours[name] for name, *_ in steps[:4])
    alone = hours[steps[4][0]], hours[steps[5][0]]
    wall = max(download, shared / (args.cores * args.machines))
    print(f"\ndownload: {download:.1f} hours a machine at {args.megabits:g} Mbit/s, beside the rest")
    print(f"`orbat batch`: {shared:.0f} core hours = {wall:.1f} hours on {args.machines:g} machine(s) of {args.cores:g} cores")
    print(f"`orbat load`: {alone[0]:.1f} hours on one machine, and {alone[1]:.1f} hours for the records")
    print(f"price: {shared + sum(alone):.0f} core hours x {args.price:g} = {(shared + sum(alone)) * args.price:,.2f}")


if __name__ == "__main__":
    main()
