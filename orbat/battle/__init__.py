"""The order of battle of a group, from its records: leaders, ties, strength, territory, gains and losses, flows, activity, expectations.

``case`` loads what a sheet is made from; the rest is pure: ``sheet(case(store, Asked("Boko Haram", ids), catalogue))``.
"""

from orbat.battle.case import Case
from orbat.battle.loading import Asked, case
from orbat.battle.parts import Subject
from orbat.battle.sheet import sheet
from orbat.battle.values import Sheet

__all__ = ["Asked", "Case", "Sheet", "Subject", "case", "sheet"]
