"""Sheets, comparisons, timelines, networks and maps as text: JSON, Markdown, HTML, SVG. Nothing here decides what is in them."""
