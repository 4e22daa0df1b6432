"""Weights between those of two points of one run.

python -m training.seedling.average LAST EARLIER --share 0.3 --out FOLDER

The last weights know best what they read last; those of an earlier point, while the
rate was still high, lie elsewhere around the same solution. Their mean foresees
held-out stories better than either (Izmailov et al. 2018, arXiv 1803.05407; LOG.md has
our figures).
"""

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"


def average(last: Path, earlier: Path, share: float, out: Path) -> None:
    """`out` becomes `last`, a `share` of its weights taken from `earlier`.

    All three are folders that `from_pretrained` opens. Raises ValueError where the two
    are not of one shape, or the share is not between 0 and 1.
    """
    ours, theirs = load_file(last / WEIGHTS), load_file(earlier / WEIGHTS)
    if {n: t.shape for n, t in ours.items()} != {n: t.shape for n, t in theirs.items()}:
        raise ValueError(f"{last} and {earlier} are not of one shape.")
    if not 0 <= share <= 1:
        raise ValueError("A share lies between 0 and 1.")
    mixed = {
        name: ((1 - share) * each.float() + share * theirs[name].float()).to(each.dtype)
        for name, each in ours.items()
    }
    shutil.copytree(last, out, dirs_exist_ok=True)
    save_file(mixed, out / WEIGHTS, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("last", type=Path)
    parser.add_argument("earlier", type=Path)
    parser.add_argument("--share", type=float, default=0.3, help="of the earlier ones")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    average(options.last, options.earlier, options.share, options.out)


if __name__ == "__main__":
    main()
