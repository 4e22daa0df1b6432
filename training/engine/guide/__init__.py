"""The tone guide: measures the feeling of a passage. No torch, no Django."""

from training.engine.guide.measure import Guide, PassageReading, Reading, open_guide
from training.engine.guide.tones import Tone, read_tones

__all__ = ["Guide", "PassageReading", "Reading", "Tone", "open_guide", "read_tones"]
