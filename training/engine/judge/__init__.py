"""An independent judge of tone, made for evaluation only. It never guides a passage.

It learns from what the guide never saw: GoEmotions and the other half of the written
passages; and it sees a text differently: stems with their negations and words that
stand near each other, no lexicon, no parts of words.
"""

from training.engine.judge.judge import Judge, Verdict, open_judge

__all__ = ["Judge", "Verdict", "open_judge"]
