"""The way out: one file a format, all in the table of ``formats``. docs/exports.md says for each what is lost."""

from orbat.export.formats import FORMATS, Format, format_named
from orbat.export.maskednames import Mentioned
from orbat.export.masking import Mask, masked
from orbat.export.material import ActorFacts, Material, Written

__all__ = ["FORMATS", "ActorFacts", "Format", "Mask", "Material", "Mentioned", "Written", "format_named", "masked"]
