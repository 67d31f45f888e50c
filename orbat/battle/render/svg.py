"""Small pieces of SVG: elements with escaped text, a page that fits light and dark screens, and PNG where a library is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from orbat.battle.render.palette import FAMILIES
from orbat.errors import DataError

LIGHT = {
    "t": "#1b1f24", "s": "#57606a", "l": "#d0d7de", "b": "#ffffff", "m": "#0b5cad", "r": "#b42318", "g": "#1a7f37",
    "sea": "#f3f6f9", "land": "#e4e2da", "border": "#a9a698", **{family.name: family.light for family in FAMILIES},
}  # fmt: skip
DARK = {
    "t": "#e6edf3", "s": "#9198a1", "l": "#3d444d", "b": "#0d1117", "m": "#6cb0ff", "r": "#ff7b72", "g": "#56d364",
    "sea": "#10161d", "land": "#252a30", "border": "#5b636d", **{family.name: family.dark for family in FAMILIES},
}  # fmt: skip
"""The colours of the style's variables on light and on dark paper."""


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


STYLE = f"""
svg{{color-scheme:light dark;{_variables(LIGHT)}}}
@media(prefers-color-scheme:dark){{svg{{{_variables(DARK)}}}}}
text{{font:12px system-ui,sans-serif;fill:var(--t)}}.s{{fill:var(--s)}}.b{{fill:var(--b)}}.l{{stroke:var(--l);fill:none}}
.m{{fill:var(--m)}}.ml{{stroke:var(--m);fill:none}}.r{{fill:var(--r)}}.rl{{stroke:var(--r);fill:none}}.g{{fill:var(--g)}}
.gl{{stroke:var(--g);fill:none}}.cl{{stroke:var(--s);fill:none;stroke-dasharray:4 3}}.h{{font-weight:600;font-size:16px}}
.e{{font-size:10px}}.land{{fill:var(--land);stroke:var(--border);stroke-width:.6}}
.border{{fill:none;stroke:var(--border);stroke-width:.8;stroke-dasharray:3 2}}
.country{{fill:var(--s);font-size:11px;letter-spacing:.06em;opacity:.8}}.net{{stroke:var(--l);stroke-width:.5;fill:none}}
.capital{{stroke:var(--s);fill:none}}.exact{{stroke:var(--b);fill-opacity:.85}}.near{{stroke-width:2;fill-opacity:.12}}
.area{{stroke-width:1.2;fill-opacity:.45}}.hatch{{fill:none;stroke-width:1}}.held{{fill:none;stroke:var(--t);stroke-width:2}}
.label{{paint-order:stroke;stroke:var(--b);stroke-width:3px;stroke-linejoin:round;stroke-opacity:.8}}
{"".join(f".exact.{f.name},.slice.{f.name},.near.{f.name}{{fill:var(--{f.name})}}" for f in FAMILIES)}
{"".join(f".area.{f.name},.near.{f.name},.hatch.{f.name}{{stroke:var(--{f.name})}}" for f in FAMILIES)}
""".strip()

FONTS = "'DejaVu Sans','Liberation Sans','Noto Sans',Arial,Helvetica,sans-serif"
"""The first that the machine has draws the words of a PNG picture."""

_LETTER = '<text x="2" y="16">M</text>'
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain_text(words: str) -> str:
    """Text as XML can hold it: characters that it forbids become U+FFFD."""
    return _CONTROL.sub("\ufffd", words)


def clean(words: str) -> str:
    """The same, escaped."""
    return escape(plain_text(words))


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element. ``inside`` is markup; attributes are escaped, ``_`` stands for ``-`` and a last ``_`` is dropped (``class_``)."""
    named = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None)
    head = " ".join([name, *(f'{key}="{clean(_number(value))}"' for key, value in named)])
    return f"<{head}>{''.join(inside)}</{name}>" if inside else f"<{head}/>"


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """Words at a point."""
    return tag("text", clean(words), x=x, y=y, **attributes)


def title(words: str) -> str:
    """What is shown where the pointer rests."""
    return f"<title>{clean(words)}</title>"


def picture(width: float, height: float, name: str, parts: Iterable[str]) -> str:
    """A whole SVG file."""
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">\n'
        f"{title(name)}\n<style>{STYLE}</style>\n{tag('rect', width=width, height=height, class_='b')}\n{body}\n</svg>\n"
    )


def png(svg: str) -> bytes:
    """An SVG file as PNG, in light colours.

    Raises:
        DataError: the library that draws it, or a font to write with, is not installed; the message says how to get it.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise DataError("A PNG picture needs the library resvg-py.", f"{error}.", "pip install 'orbat[export]', or ask for svg.") from error
    light = svg.replace("system-ui,sans-serif", FONTS)
    light = re.sub(r"@media\(prefers-color-scheme:dark\)\{.*\}\}", "", light)
    light = re.sub(r"var\(--(\w+)\)", lambda found: LIGHT[found[1]], light)
    one, none = (tag("svg", body, xmlns="http://www.w3.org/2000/svg", width=20, height=20, font_family=FONTS) for body in (_LETTER, "<g/>"))
    if bytes(resvg_py.svg_to_bytes(svg_string=one)) == bytes(resvg_py.svg_to_bytes(svg_string=none)):
        cause = "The machine has none of the fonts that it looks for, and a picture without words would mislead."
        raise DataError("A PNG picture cannot be written.", cause, "Install a font (fonts-dejavu-core), or ask for svg.")
    return bytes(resvg_py.svg_to_bytes(svg_string=light, zoom=2))


def short(words: str, letters: int) -> str:
    """Words cut to so many letters, with an ellipsis where something is cut."""
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
