"""The regulator on an engine whose words are known beforehand."""

import pytest

from training.engine import EchoEngine, EngineError, Piece, Prompt, Sampling
from training.engine.guide import open_guide
from training.engine.regulator import Layers, Regulated, Target
from training.engine.regulator.avoid import pattern
from training.engine.regulator.blocks import block_end
from training.engine.regulator.gates import Gates
from training.engine.regulator.pace import Budget

JOY = " The children laughed and danced and sang at the wonderful party all day."
SAD = " She wept alone at the grave, and nothing could ease her heavy grief."
PLAIN = " The box on the table was brown and had four corners and a lid."
GLAD = " The small dog and the boy laughed together, and they were so happy."
ASK = Prompt(({"role": "user", "content": "Tone: any"},))


class Scripted:
    """Says what it was given, candidate by candidate, block by block."""

    name, context = "scripted", 2048

    def __init__(self, *rounds):
        self.rounds = [list(texts) for texts in rounds]
        self.asked: list[tuple[Prompt, Sampling]] = []
        self.closed = 0
        self.surprises: dict[str, float] = {}

    def count(self, text):
        return len(text.split())

    def length(self, prompt):
        return sum(self.count(m["content"]) for m in prompt.messages)

    def generate(self, prompt, sampling, adapters=()):
        self.asked.append((prompt, sampling))
        said = self.rounds[0].pop(0)
        if not self.rounds[0]:
            self.rounds.pop(0)
        return self._say(said)

    def _say(self, said):
        try:
            if isinstance(said, EngineError):
                raise said
            words = said.split(" ")
            for number, word in enumerate(words):
                last = number == len(words) - 1
                text = word if number == 0 else f" {word}"
                odd = self.surprises.get(said, 1.0) * (number + 1)
                yield Piece(text, number + 1, "end" if last else None, odd)
        finally:
            self.closed += 1

    def close(self):
        pass


def regulated(engine, target=None, layers=None, **options):
    options.setdefault("gates", Gates())
    tokens = options.pop("tokens", 100)
    return Regulated(
        engine,
        open_guide(),
        ASK,
        Sampling(max_tokens=tokens, seed=3),
        target=target,
        layers=layers or Layers(candidates=3, first=3, retry=False),
        **options,
    )


def written(run):
    return "".join(piece.text for piece in run.pieces())


@pytest.mark.parametrize(("tone", "text"), [("joyful", JOY), ("sad", SAD)])
def test_the_candidate_nearest_to_the_tone_is_taken(tone, text):
    run = regulated(Scripted([JOY, SAD, PLAIN]), Target(tone))
    assert written(run) == text
    assert run.outcome.met is True and run.outcome.reading.tone == tone
    assert run.outcome.layers == ("candidates",)


def test_the_first_words_are_chosen_among_fewer_than_the_rest():
    engine = Scripted([f"{PLAIN} It", f"{PLAIN} It"], [SAD, PLAIN, JOY])
    run = regulated(engine, Target("joyful"), Layers(candidates=3, retry=False))
    assert written(run) == PLAIN + JOY


def test_first_words_that_fit_do_not_wait_for_the_others():
    slower = f"{GLAD[:-1]} all the way home. It"
    two = Layers(candidates=2, first=2, retry=False)
    engine = Scripted([f"{JOY} It", slower], [PLAIN, PLAIN])
    engine.surprises = {slower: 0.2}  # it would be the better one
    assert written(regulated(engine, Target("joyful"), two)) == JOY + PLAIN
    engine = Scripted([f"{SAD} It", slower], [PLAIN, PLAIN])
    told = written(regulated(engine, Target("joyful"), two))
    assert told == slower.removesuffix(" It") + PLAIN


def test_first_words_wait_for_those_that_this_person_may_like_better():
    slower = f"{GLAD[:-1]} all the way home. It"
    engine = Scripted([f"{JOY} It", slower], [PLAIN, PLAIN])
    two = Layers(candidates=2, first=2, retry=False)
    run = regulated(engine, Target("joyful"), two, likes=lambda said: len(said))
    assert written(run) == slower.removesuffix(" It") + PLAIN


def test_a_point_of_an_arc_is_pursued_from_the_first_words_on():
    engine = Scripted([JOY, PLAIN, SAD])
    assert written(regulated(engine, Target(valence=-0.8), Layers(3))) == SAD


def test_of_two_that_both_miss_the_tone_the_one_on_its_side_is_taken():
    """Nobody would call it tense, but everybody that it is dark."""
    for tone, expected in (("tense", SAD), ("hopeful", JOY)):
        engine = Scripted([" The brown box had a lid.", expected, expected])
        engine.surprises = {expected: 1.2}
        assert written(regulated(engine, Target(tone))) == expected


def test_a_miss_is_said_to_be_one():
    run = regulated(Scripted([PLAIN, PLAIN, SAD]), Target("joyful"))
    written(run)
    assert run.outcome.met is False


def test_a_point_of_an_arc_is_a_target_too():
    low = regulated(Scripted([JOY, SAD, PLAIN]), Target(valence=-0.8))
    assert written(low) == SAD and low.outcome.met is True


def test_the_next_block_goes_on_from_the_one_that_was_taken():
    more = " Everyone smiled, and the happy music played until the morning."
    run = regulated(
        Scripted([f"{JOY} Then it", SAD, PLAIN], [SAD, more, PLAIN]), Target("joyful")
    )
    engine = run.engine
    assert written(run) == JOY + more
    later = engine.asked[3][0]
    assert later.messages[-1] == {"role": "assistant", "content": JOY.strip()}


def test_a_block_that_fits_badly_is_drawn_once_more():
    engine = Scripted([f"{PLAIN} It"] * 2, [SAD, SAD, SAD], [PLAIN, JOY, SAD])
    run = regulated(engine, Target("joyful"), Layers(candidates=3, retry=True))
    assert written(run) == PLAIN + JOY
    assert run.outcome.retried and "retry" in run.outcome.layers


def test_a_passage_is_not_over_with_its_first_sentence_if_another_goes_on():
    more = " Everyone smiled, and the happy music played until the morning."
    engine = Scripted([JOY, f"{more} Then"], [JOY, JOY, JOY])
    engine.surprises = {JOY: 0.9}
    run = regulated(engine, Target("joyful"), Layers(candidates=3, retry=False))
    assert written(run) == more + JOY


def test_candidates_have_dice_of_their_own_and_repeat_for_a_seed():
    seeds = []
    for _ in range(2):
        engine = Scripted([JOY, SAD, PLAIN])
        written(regulated(engine, Target("sad")))
        seeds.append([sampling.seed for _, sampling in engine.asked])
    assert seeds[0] == seeds[1] and len(set(seeds[0])) == 3


def test_with_the_layer_off_one_text_is_drawn():
    engine = Scripted([SAD])
    run = regulated(engine, Target("joyful"), Layers(candidates=1, retry=False))
    assert written(run) == SAD and len(engine.asked) == 1
    assert run.outcome.layers == () and run.outcome.met is False


def test_greedy_drawing_has_one_candidate_since_all_would_be_equal():
    engine = Scripted([SAD])
    run = Regulated(
        engine, open_guide(), ASK, Sampling(temperature=0.0), target=Target("sad")
    )
    assert written(run) == SAD


GOOD = " Osric laughed and the children sang with him at the wonderful party."


@pytest.mark.parametrize(
    ("bad", "gates", "fault"),
    [
        (" The joy of joy, happy happy love and glad, wonderful delight.", {}, "crow"),
        (JOY, {"before": JOY}, "repeats"),
        (" They laughed and sang, and Ossie danced at the party.",
         {"names": ("Osric",), "before": "Osric came."}, "name"),
        (" They laughed and danced at the party with Lidovic.",
         {"names": ("Ludovic",), "before": "It rained."}, "name"),
        (JOY, {"avoid": pattern(["day"])}, "avoided"),
        (" They laughed and danced at the party, Ana and Ana.", {}, "joined"),
        (" They laughed, and Ana used to peel oranges for Ana.", {}, "joined"),
        (" The end.", {"ending": False}, "ends"),
        (" 这是一个很好的故事 这是一个很好的故事。", {"before": "A story."}, "script"),
    ],
)  # fmt: skip
def test_gates_come_before_tone(bad, gates, fault):
    rules = Gates(**gates)
    assert any(name.startswith(fault) for name in rules.faults("", bad))
    assert rules.faults("", GOOD) == ()
    run = regulated(Scripted([bad, GOOD, bad]), Target("joyful"), gates=rules)
    assert written(run) == GOOD and run.outcome.faults == ()


@pytest.mark.parametrize(
    "fine", [" Ana and Anabel danced.", " Ana and Ana's mother danced.",
             " They danced again and again.", " They danced to the end.",
             " Ana ran and Tom waited for Ana."],
)  # fmt: skip
def test_what_only_looks_like_a_slip_is_none(fine):
    assert Gates(ending=False).faults("", fine) == ()


def test_a_story_may_end_where_its_end_was_asked_for():
    told = " They laughed and danced. The end."
    assert Gates().faults("", told) == ()
    assert Gates(ending=False).faults("", told) == ("ends",)


def test_what_even_the_best_does_wrong_is_told():
    rules = Gates(avoid=pattern(["party", "grave"]))
    run = regulated(Scripted([JOY, SAD, JOY]), Target("joyful"), gates=rules)
    written(run)
    assert run.outcome.faults == ("avoided",)


def test_without_a_target_the_gates_still_hold():
    rules = Gates(avoid=pattern(["grave"]))
    run = regulated(Scripted([SAD], [SAD, PLAIN, SAD]), None, gates=rules)
    assert written(run) == PLAIN
    assert run.outcome.met is None


def test_without_a_target_one_candidate_is_enough_while_it_is_fine():
    engine = Scripted([PLAIN])
    assert written(regulated(engine, None)) == PLAIN and len(engine.asked) == 1


def test_words_that_no_longer_hang_together_are_not_chosen():
    engine = Scripted([JOY, PLAIN, PLAIN])
    engine.surprises = {JOY: 6.0}  # nats a token; the others have one
    assert written(regulated(engine, Target("joyful"))) == PLAIN


def test_of_two_that_fit_well_enough_the_one_that_hangs_together_is_taken():
    for plain, odd in ((JOY, GLAD), (GLAD, JOY)):
        engine = Scripted([odd, plain, SAD])
        engine.surprises = {odd: 1.4, plain: 0.9}
        assert written(regulated(engine, Target("joyful"))) == plain


def test_what_hangs_together_best_is_not_taken_where_the_tone_is_missed():
    engine = Scripted([JOY, SAD, PLAIN])
    engine.surprises = {JOY: 1.2, SAD: 0.9, PLAIN: 0.9}
    assert written(regulated(engine, Target("joyful"))) == JOY


def test_to_call_somebody_by_name_is_worth_something():
    named = " Osric laughed and danced and sang at the wonderful party all day."
    rules = Gates(names=("Osric",), before="A boy called Osric lived there.")
    assert (
        written(regulated(Scripted([JOY, named, JOY]), Target("joyful"), gates=rules))
        == named
    )


@pytest.mark.parametrize(
    ("avoid", "text", "found"),
    [
        ("spider", "Two spiders ran.", True),
        ("spiders", "A spider ran.", True),
        ("party", "Two parties met.", True),
        ("cat", "A catalogue lay there.", False),
        ("death", "Her dog had died.", True),
        ("Death", "They were deaf.", False),
        ("my old school", "We passed my old school.", True),
        ("", "Anything.", False),
        ("(", "A ( here", True),
    ],
)
def test_words_and_subjects_to_avoid_are_found(avoid, text, found):
    rule = pattern([avoid])
    assert bool(rule and rule.search(text)) is found


def test_a_failing_candidate_harms_no_other():
    run = regulated(Scripted([EngineError("no"), JOY, SAD]), Target("joyful"))
    assert written(run) == JOY


def test_when_all_candidates_fail_it_is_said():
    engine = Scripted([EngineError("no"), EngineError("no"), EngineError("no")])
    with pytest.raises(EngineError):
        written(regulated(engine, Target("joyful")))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("He ran home. Then", 12),
        ("He ran home.", None),  # more may come: "He ran home..." he said
        ('"Stop!" she said. Then', 17),
        ("Dr. Varga came in. He", 18),
        ("The river sings\nand I", 15),
        ("The river\nsings to me\nand", 21),
        ("One. Two. Three. Four", 16),
    ],
)
def test_a_block_ends_with_a_sentence_or_a_line(text, end):
    assert block_end(text, least=3) == end


def test_closing_it_closes_every_candidate():
    engine = Scripted([JOY, SAD, PLAIN])
    pieces = regulated(engine, Target("joyful")).pieces()
    for _ in range(6):
        next(pieces)
    pieces.close()
    assert engine.closed == 3


def test_a_passage_keeps_to_its_tokens_and_ends_at_a_sentence():
    long = " ".join(["The road went on and on under the grey sky that day."] * 40)
    engine = Scripted(*[[long] * 3 for _ in range(20)])
    run = regulated(engine, Target("sad"), tokens=40)
    text = written(run)
    assert run.tokens <= 52 and text.endswith(".")


def test_it_shows_that_it_is_still_at_work():
    pieces = list(regulated(EchoEngine(), Target("sad"), tokens=30).pieces())
    assert sum(not piece.text for piece in pieces) > 3
    assert pieces[-1].finish


def test_chinese_text_is_not_scored_in_silence():
    chinese = "春天来了，孩子们在院子里笑着跑来跑去。"
    rules = Gates(before="春天来了。")
    run = regulated(Scripted([chinese] * 3), Target("joyful"), gates=rules)
    written(run)
    assert run.outcome.met is None and not run.outcome.reading.measured


def test_a_slow_engine_gets_fewer_candidates():
    budget = Budget(words_per_second=6)
    assert budget.candidates(6) == 6
    budget.learn(6, words=12, seconds=12 * 6 / 18)  # 18 words of one a second
    assert budget.candidates(6) == 3
    for _ in range(8):
        budget.learn(1, words=10, seconds=20)
    assert budget.candidates(6) == 1


@pytest.mark.parametrize(
    "wrong",
    [{}, {"tone": "sad", "strength": 0}, {"valence": 2}, {"tone": "a", "strength": 9}],
)
def test_impossible_targets_are_refused(wrong):
    with pytest.raises(ValueError):
        Target(**wrong)


def test_the_slowest_candidates_are_let_go_once_there_is_a_choice():
    slow = " ".join(["The road went on and on and on"] * 9)
    engine = Scripted([JOY, SAD, slow])
    run = regulated(engine, Target("joyful"))
    assert written(run) == JOY and engine.closed == 3


def test_the_first_words_are_not_kept_waiting_for_a_second_try():
    rest = " Then the music began, and they all laughed and danced until dawn."
    first = [f"{SAD} And it", f"{SAD} So it", f"{SAD} Now it"]
    engine = Scripted(first, [rest, PLAIN, PLAIN], [rest, PLAIN, PLAIN])
    run = regulated(engine, Target("joyful"), Layers(candidates=3, first=3, retry=True))
    assert written(run).startswith(SAD)
    asked = [prompt.messages[-1]["role"] for prompt, _ in engine.asked]
    assert asked[:4] == ["user"] * 3 + ["assistant"]


def test_a_block_is_shown_as_soon_as_it_is_chosen():
    """Before anything of the next one is drawn."""
    engine = Scripted([f"{JOY} Then", SAD, PLAIN], [SAD, JOY, PLAIN])
    for piece in regulated(engine, Target("joyful"), budget=Budget()).pieces():
        if piece.text:
            break
    assert piece.text == JOY and len(engine.asked) == 3
