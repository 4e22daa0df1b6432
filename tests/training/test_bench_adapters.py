"""The bench of many voices: its figures are whole and mean what they say."""

import json
from io import StringIO

from django.core.management import call_command


def test_bench_adapters_prints_what_is_promised() -> None:
    out = StringIO()
    options = {"users": 3, "shapes": ["tiny"], "ranks": [2], "rounds": 1, "new": 4}
    call_command("bench_adapters", json=True, stdout=out, **options)
    found = json.loads(out.getvalue())
    [row] = found["measured"]
    assert set(found["promised"]) <= set(row)
    assert 0 < row["bound"] < 1
    assert row["voices_rate"] > 0 and row["peft_rate"] > 0 and row["plain_rate"] > 0
    assert row["voices_first_p95_s"] > 0
