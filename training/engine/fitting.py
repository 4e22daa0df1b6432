"""What it takes to fit an adapter, and what is told while it is done. Plain values.

All of it can be written as JSON: the fitting runs in a process of its own.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Stage = Literal["loading", "replay", "voice", "taste", "thumbs", "checking", "done"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class Told:
    """A passage a person wrote. `document` groups those that belong together.

    `header`: the system message that a replayed passage was asked for under.
    """

    text: str
    document: str = ""
    ask: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Preferred:
    """What a person would rather read than something else, after the same prompt."""

    context: str
    chosen: str
    rejected: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """What a person liked or did not like, with nothing beside it to compare."""

    context: str
    text: str
    liked: bool
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit. The defaults hold for models of some billion parameters."""

    rank: int = 16
    #: `lora_alpha` over the rank.
    strength: float = 2.0
    dropout: float = 0.05
    rate: float = 2e-4
    decay: float = 0.01
    epochs: float = 4.0
    #: Tokens of one window, and of the windows one step learns from.
    window: int = 512
    step_tokens: int = 2048
    warm_up: float = 0.06
    #: Looks at the held-out text per epoch, and how many may pass without progress.
    looks: int = 2
    patience: int = 3
    #: What the model itself would write, as a share of the windows.
    replay: float = 0.2
    #: Preferences and thumbs: strength of the pull, learning rate, epochs; and weight
    #: of the told text, for preferences only: what is merely liked is never told.
    beta: float = 0.1
    taste_rate: float = 5e-6
    taste_epochs: float = 3.0
    taste_sft: float = 0.2


@dataclass(frozen=True, slots=True)
class Fit:
    """One adapter to be fitted, checked, and left in `folder`/adapter."""

    model: str
    folder: str
    #: Where continuations of the bare model are kept between runs.
    cache: str
    train: tuple[Told, ...]
    #: For early stopping; what the gates look at is never seen before.
    valid: tuple[Told, ...]
    test: tuple[Told, ...]
    pairs: tuple[Preferred, ...] = ()
    test_pairs: tuple[Preferred, ...] = ()
    thumbs: tuple[Rated, ...] = ()
    test_thumbs: tuple[Rated, ...] = ()
    #: The adapter now in use, to be compared with.
    champion: str = ""
    #: Shared adapters that learning may begin from, where the person's text is likelier
    #: under one than under the bare model.
    starts: tuple[str, ...] = ()
    recipe: Recipe | None = None
    #: A rank other than the amount of text would give; 0: that one.
    rank: int = 0
    #: Times the usual learning rate: what the model knows already needs less.
    pace: float = 1.0
    #: Epochs other than the amount of text would give; 0: those.
    epochs: float = 0.0
    #: Leave the weights in half precision: what ships is to be small.
    half: bool = False
    device: str = "auto"
    threads: int = 1
    seed: int = 0
    #: Seconds after which it is left unfinished.
    time_limit: float = 6 * 3600
    #: Texts by the bare model to learn along with the person's.
    own_words: int = 64
    #: Whether the gates draw samples, which takes most of their time.
    samples: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Fit":
        told = {
            name: tuple(Told(**row) for row in data[name])
            for name in ("train", "valid", "test")
        }
        pairs = {
            name: tuple(Preferred(**row) for row in data[name])
            for name in ("pairs", "test_pairs")
        }
        thumbs = {
            name: tuple(Rated(**row) for row in data[name])
            for name in ("thumbs", "test_thumbs")
        }
        recipe = Recipe(**data["recipe"]) if data["recipe"] else None
        rest = {"recipe": recipe, "starts": tuple(data["starts"])}
        return cls(**data | told | pairs | thumbs | rest)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a fit stands. `share` of the work is done; seconds are estimates."""

    stage: Stage
    share: float = 0.0
    seconds_left: float | None = None
    step: int = 0
    steps: int = 0
    #: Tokens read so far, each time they are read.
    tokens: int = 0
    #: Nats per token: the last step's, and (step, nats) of every look at held-out text.
    loss: float | None = None
    held_out: tuple[tuple[int, float], ...] = ()
    #: The same of what is learnt, smoothed, at some of the steps.
    learnt: tuple[tuple[int, float], ...] = ()
    #: Of the last piece only.
    report: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
