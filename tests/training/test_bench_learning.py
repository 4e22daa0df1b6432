"""What learning costs beside a bare loop is measured on the same batches."""

from pathlib import Path

from tests.training.engines import save_tiny
from training.engine.fitting import Told
from training.engine.local.bench_learning import measure
from training.engine.local.dataset import Window
from training.engine.local.fit import Lesson, glimpse
from training.engine.local.process import recipe_for

TEXT = "Mara walked to the river, and Tobi sang to her until the lamps were lit. " * 6


def test_both_loops_read_the_same_text_and_are_compared(tmp_path: Path):
    told = [Told(TEXT, str(number)) for number in range(12)]
    found = measure(str(save_tiny(tmp_path)), told, told[:2], rounds=2, device="cpu")
    assert found["tokens"] > 500
    assert found["bare"] > 0 and found["learnt"] > 0
    assert found["learnt_over_bare"] > 0.2
    assert found["promised"] == {"learnt_over_bare": (">=", 0.9)}


def test_a_look_reads_a_small_part_of_what_an_epoch_reads_from_all_over(tmp_path: Path):
    windows = [Window([1] * 100, [False, *[True] * 99], str(n)) for n in range(90)]
    recipe = recipe_for(8_000_000, 9_000)
    lesson = Lesson("voice", windows[:80], windows[80:], (), recipe, 0, tmp_path)
    seen = glimpse(lesson)
    assert 3 <= len(seen) <= 5
    assert seen[0] is windows[80] and seen[-1].document in ("86", "87", "88", "89")
