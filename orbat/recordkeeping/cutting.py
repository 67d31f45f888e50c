"""Components cut once: what was cut before it was one's turn to write is not cut again while others wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orbat.corroborate.features import Related
from orbat.corroborate.happenings import Happening
from orbat.corroborate.judged import Judged
from orbat.corroborate.records import NONE, Group, cut


class Cutting:
    """``records.cut`` of one set of relations, which remembers what it gave for each component until it is told to forget."""

    def __init__(self) -> None:
        self._judged = NONE
        self._known: dict[tuple[str, ...], tuple[Sequence[Happening], tuple[Group, ...]]] = {}

    def forget(self) -> None:
        """Let go of what is remembered."""
        self._known.clear()

    def __call__(self, components: Iterable[Sequence[Happening]], related: Related, judged: Judged = NONE) -> tuple[Group, ...]:
        """As ``records.cut``."""
        if judged != self._judged:
            self.forget()
            self._judged = judged
        return tuple(sorted(group for component in components for group in self._cut(component, related)))

    def _cut(self, component: Sequence[Happening], related: Related) -> tuple[Group, ...]:
        key = tuple(one.id for one in component)
        known = self._known.get(key)
        if known is None or known[0] != component:
            known = self._known[key] = component, cut([component], related, self._judged)
        return known[1]
