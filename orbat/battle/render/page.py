"""A sheet or any tables as one self-contained web page: inline style for light and dark screens and for paper, no script, all escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from orbat.battle.render.rows import Row, Section, sections, summary
from orbat.battle.values import Grounds, Sentence, Sheet

STYLE = """
:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--back:#fff;--band:#f6f8fa;--mark:#0b5cad}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--back:#0d1117;--band:#151b23;--mark:#6cb0ff}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:82rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .4rem}
p,ul{color:var(--soft);margin:.2rem 0}nav a{margin-right:.9rem}a{color:var(--mark)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);white-space:nowrap}tbody tr:nth-child(odd){background:var(--band)}
summary{cursor:pointer;text-decoration:underline dotted;text-underline-offset:3px}
blockquote{margin:.4rem 0;padding-left:.6rem;border-left:3px solid var(--line);max-width:46rem}
cite,code{font-style:normal;color:var(--soft);font-size:.9em}
.disputed,.denied{font-weight:600}
@media print{body{max-width:none;margin:0;font-size:10pt}nav{display:none}tr{break-inside:avoid}h2{break-after:avoid}
details:not([open])>*:not(summary){display:block}details::details-content{content-visibility:visible;height:auto}}
""".strip()


def sheet_to_html(sheet: Sheet) -> str:
    """The whole sheet: every value opens to the sentences that it stands on."""
    return sections_to_html(sheet.name, summary(sheet), sections(sheet), sheet.sentences)


def sections_to_html(title: str, lines: Iterable[str], found: Sequence[Section], sentences: Mapping[str, Sentence]) -> str:
    """Sections under a title and some lines."""
    links = "".join(f'<a href="#{section.key}">{escape(section.heading)}</a>' for section in found)
    head = "".join(f"<li>{escape(line)}</li>" for line in lines)
    tables = "\n".join(section_html(section, sentences) for section in found)
    return page(title, f"<ul>{head}</ul>\n<nav>{links}</nav>\n{tables}")


def page(title: str, body: str) -> str:
    """A whole page around a body that is escaped already."""
    name = escape(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{name}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<h1>{name}</h1>\n{body}\n</body>\n</html>\n"
    )


def section_html(section: Section, sentences: Mapping[str, Sentence]) -> str:
    """A heading and its table."""
    more = f" ({len(section.rows)} of {section.total})" if len(section.rows) < section.total else ""
    note = f"<p>{escape(section.note)}</p>" if section.note else ""
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in section.heads)
    rows = "\n".join(_row(row, section, sentences) for row in section.rows)
    return (
        f'<section id="{section.key}">\n<h2>{escape(section.heading + more)}</h2>\n{note}<div class="scroll"><table>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>\n</section>"
    )


def _row(row: Row, section: Section, sentences: Mapping[str, Sentence]) -> str:
    shown = [escape(cell) for cell in section.cells(row)]
    if row.grounds is not None:
        status = len(row.cells) + 1
        if row.grounds.status in ("disputed", "denied"):
            shown[status] = f'<span class="{row.grounds.status}">{shown[status]}</span>'
        at = next((i for i, cell in enumerate(row.cells) if cell), 0)
        shown[at] = _opening(shown[at] or "sentences", row.grounds, sentences)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in shown) + "</tr>"


def _opening(cell: str, grounds: Grounds, sentences: Mapping[str, Sentence]) -> str:
    said = "".join(_quote(id, sentences[id]) for id in grounds.statements if id in sentences)
    records = " ".join(f"<code>{escape(id)}</code>" for id in grounds.records)
    return f"<details><summary>{cell}</summary><p>{records} {escape(', '.join(grounds.origins))}</p>{said}</details>"


def _quote(id: str, said: Sentence) -> str:
    source = escape(", ".join(part for part in (said.source or said.document, str(said.published or "")) if part))
    if re.match(r"https?://", said.url):
        source = f'<a href="{escape(said.url)}" rel="noreferrer">{source}</a>'
    speaker = f"; says {escape(said.speaker)}" if said.speaker else ""
    marks = f"{'not ' if said.negated else ''}{said.type}, {said.certainty}"
    return f"<blockquote>{escape(said.text)}<br><cite>{source}{speaker}; {escape(marks)}; <code>{escape(id)}</code></cite></blockquote>"
