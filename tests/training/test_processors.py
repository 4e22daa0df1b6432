"""What works on the scores before a token is drawn, token by token."""

import torch

from training.engine.local.names import Names
from training.engine.local.repetition import Repetition, Spared
from training.engine.local.steering import capitalised
from training.engine.local.wanted import Wanted

# -- repetition


def losses(prompt: list[int], written: list[int]) -> dict[int, float]:
    """Token -> what it loses after `written`."""
    process = Repetition(prompt, strength=1.0)
    scores = process(prompt + written, torch.zeros(100))
    return {int(token): float(scores[token]) for token in scores.nonzero()}


def test_a_repeated_run_gets_harder_the_longer_it_is() -> None:
    two = losses([], [1, 2, 3, 4, 9, 1, 2])
    three = losses([], [1, 2, 3, 4, 9, 1, 2, 3])
    assert two == {3: -1.0}
    assert three == {4: -1.75}


def test_single_words_may_come_again() -> None:
    assert losses([], [1, 2, 3, 1]) == {}


def test_a_name_in_the_prompt_may_be_repeated_freely() -> None:
    name = [50, 51, 52, 53]
    assert losses([], [*name, 1, *name[:3]]) == {53: -1.75}
    assert losses([7, *name, 8], [*name, 1, *name[:3]]) == {}


def test_copying_a_long_stretch_of_the_prompt_is_hindered() -> None:
    prompt = list(range(40))
    assert losses(prompt, prompt[:6]) == {}
    assert losses(prompt, prompt[:20])[20] < -10


def test_an_experience_among_the_details_is_told_to_its_end() -> None:
    prompt = list(range(90))
    told = Repetition(prompt, 1.0, details=60)
    assert not told(prompt + prompt[:30], torch.zeros(100)).any()
    assert told(prompt + prompt[:56], torch.zeros(100))[56] < -10
    assert told(prompt + prompt[62:82], torch.zeros(100))[82] < -10


ANA, AND, TOM = 50, 60, 51


def spared_losses(written: list[int]) -> dict[int, float]:
    inside = torch.zeros(100, dtype=torch.bool)
    inside[70] = True
    spared = Spared(frozenset({ANA, TOM}), frozenset({AND}), inside)
    scores = Repetition([], 1.0, spared=spared)(written, torch.zeros(100))
    return {int(token): float(scores[token]) for token in scores.nonzero()}


def test_two_people_may_be_named_together_again_and_again() -> None:
    told = [1, ANA, AND, TOM, 2, 3, 4, 9, 1]
    assert spared_losses([*told, ANA]) == {}
    assert spared_losses([*told, ANA, AND]) == {}
    assert spared_losses([*told, ANA, AND, TOM]) == {2: -1.0}  # 1 and AND count


def test_a_word_that_was_begun_is_finished() -> None:
    assert spared_losses([1, 2, 3, 70, 9, 1, 2, 3]) == {}
    assert spared_losses([1, 2, 3, 70, 4, 9, 1, 2, 3, 70]) == {4: -(1.75**2)}
    run = list(range(1, 13))
    assert spared_losses([*run, 70, 9, *run])[70] < -10  # this is a loop, no word


def test_no_part_of_a_word_goes_on_with_itself_for_ever() -> None:
    assert spared_losses([70, 70, 70])[70] < 0


def test_scores_handed_in_are_left_alone() -> None:
    scores = torch.zeros(100)
    Repetition([], 1.0)([1, 2, 3, 9, 1, 2], scores)
    assert not scores.any()


def test_repetition_follows_a_growing_history() -> None:
    process = Repetition([9], 1.0)
    written = [1, 2, 3, 4, 9, 1, 2, 3]
    for length in range(1, len(written)):
        process([9, *written[:length]], torch.zeros(100))
    assert process([9, *written], torch.zeros(100))[4] < 0


# -- names

NONE = torch.zeros(12, dtype=torch.bool)  # tokens that lengthen a word


def test_a_name_is_likelier_and_once_begun_is_spelled_to_its_end() -> None:
    inside = torch.tensor([False, False, True, True, False, False])
    names = Names(2, [[1, 2, 3]], inside, strength=3.0)
    level = torch.zeros(6)
    assert names([0, 0], level).tolist() == [0, 3, 0, 0, 0, 0]
    assert names([0, 0, 1], level).argmax() == 2
    assert names([0, 0, 1, 2], level)[3] == Names.SPELLED
    whole = names([0, 0, 1, 2, 3], level)
    assert whole[2] == whole[3] == -Names.WHOLE and whole[0] == 0
    assert level.tolist() == [0] * 6


def test_a_name_that_was_just_said_rests() -> None:
    names = Names(1, [[1, 2]], torch.zeros(5, dtype=torch.bool), strength=3.0)
    said = [0, 1, 2, 4]
    assert names(said, torch.zeros(5)).tolist() == [0] * 5
    later = said + [4] * Names.RESTS
    assert names(later, torch.zeros(5)).tolist() == [0, 3, 0, 0, 0]


def test_what_stands_in_the_prompt_begins_no_name() -> None:
    names = Names(1, [[1, 2]], torch.zeros(3, dtype=torch.bool), strength=3.0)
    assert names([1], torch.zeros(3)).tolist() == [0, 3, 0]


def test_a_name_is_spelled_where_a_text_begins_with_it_too() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    names = Names(1, [[1, 2, 3]], inside, strength=3.0, first=[[4, 5, 6]])
    level = torch.zeros(8)
    assert names([0, 4], level)[5] == 6
    assert names([0, 4, 5], level)[6] == Names.SPELLED
    assert names([0, 7, 4, 5], level)[6] == 0
    script = Names(1, [[1, 2, 3]], inside, strength=3.0, first=[[4, 5, 6]], breaks=[7])
    assert script([0, 2, 7, 4, 5], level)[6] == Names.SPELLED


def test_no_letters_are_stuck_to_a_name_that_a_line_begins_with() -> None:
    inside = torch.tensor([False] * 4 + [False, True, True, True])
    daniel = [4, 5, 6]
    names = Names(1, [[1]], inside, strength=3.0, first=[daniel])
    level = torch.zeros(8)
    assert names([0, *daniel], level)[6] == -Names.WHOLE
    assert names([0, 2, *daniel], level)[6] == 0


def test_a_speech_that_begins_like_a_name_is_left_to_its_word() -> None:
    inside = torch.tensor([False] * 4 + [False, True, True, True])
    stella, quote = [4, 5, 6], 3
    names = Names(1, [[1]], inside, 3.0, first=[stella], quotes=[quote])
    stop = torch.zeros(8)
    stop[7] = 6.0
    assert names([0, 2, quote, 4, 5], stop).argmax() == 7
    assert names([0, 2, quote, *stella], stop)[7] == 6.0 - Names.WHOLE


def test_a_name_that_is_the_beginning_of_another_may_become_it() -> None:
    inside = torch.tensor([False, False, True, True])
    ann, anna = [1], [1, 2]
    names = Names(1, [ann, anna], inside, strength=3.0)
    said = names([0, ann[0]], torch.zeros(4))
    assert said[2] > 0 and said[3] == -Names.WHOLE


def test_nobody_is_named_beside_themselves() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    ana, tom, and_ = [1, 2], [3], 7
    names = Names(
        1, [ana, tom], inside, strength=3.0, first=[[4, 5], [6]], joins=[and_]
    )
    level = torch.zeros(8)
    assert names([0, *ana, and_], level)[1] < 0 < names([0, *ana, and_], level)[3]
    assert names([0, 4, 5, and_], level)[1] < 0
    assert names([0, *tom, and_], level)[3] < 0


def test_nobody_is_named_where_the_teller_is_likelier() -> None:
    inside = torch.zeros(8, dtype=torch.bool)
    names = Names(1, [[1, 2]], inside, strength=3.0, teller=[5])
    scores = torch.zeros(8)
    scores[5] = 0.5
    assert names([0], scores)[1] == 0
    assert names([0, 1], scores)[2] == 6
    wanted = Wanted(
        1, [[1, 2], [3]], inside=NONE, strength=2.0, names=[[1, 2]], teller=[5]
    )
    assert wanted([0], scores)[1] == 0 and wanted([0], scores)[3] == 2
    scores[1] = 1.0
    assert names([0], scores)[1] == 4
    assert wanted([0], scores)[1] == 3


def test_what_is_wanted_is_likelier_until_it_was_said() -> None:
    wanted = Wanted(1, [[1, 2, 4], [3]], inside=NONE, strength=2.0)
    level = torch.zeros(5)
    assert wanted([0], level).tolist() == [0, 2, 0, 2, 0]
    begun = wanted([0, 1], level)
    assert begun[2] == Wanted.SPELLED and begun[1] == 0 and begun[3] > 2
    assert wanted([0, 1, 2], level)[4] == Wanted.SPELLED
    said = wanted([0, 1, 2, 4], level)
    assert said[1] == said[2] == said[4] == 0 and said[3] > 2
    assert wanted([0, 1, 2, 4, 3], level).tolist() == level.tolist()


def test_what_is_wanted_is_not_pushed_where_there_is_no_room_for_it() -> None:
    the, hat = 2, 1
    wanted = Wanted(1, [[hat]], inside=NONE, strength=2.0, articles=[the])
    scores = torch.tensor([Wanted.REACH + 1, 0.0, 3.0])
    assert wanted([0, the], scores).tolist() == scores.tolist()
    scores[hat] = 2.0
    assert wanted([0, the], scores)[hat] > 4.0
    assert wanted([0], scores)[hat] == 2.0
    scores[hat] = scores.max() - Wanted.DUE
    assert wanted([0], scores)[hat] > scores[hat]


def test_a_name_is_not_pushed_where_something_else_is_due() -> None:
    wanted = Wanted(1, [[1], [2]], inside=NONE, strength=2.0, names=[[2]], articles=[3])
    scores = torch.tensor([4.0, 0.0, 0.0, 0.0])
    assert wanted([0, 3], scores)[1] > 2 and wanted([0, 3], scores)[2] == 0


def test_a_first_token_that_begins_another_word_is_left_to_it() -> None:
    inside = NONE.clone()
    inside[[2, 3, 4]] = True
    wanted = Wanted(1, [[1, 2, 3, 5]], inside=inside, strength=2.0)
    scores = torch.zeros(8)
    scores[4] = Wanted.REACH + 1  # "st" goes on as "stared"
    assert wanted([0, 1], scores).argmax() == 4
    noun = Wanted(1, [[1, 2]], inside=inside, strength=2.0, articles=[7])
    assert noun([0, 7, 1], scores).argmax() == 2  # "the st": a thing
    assert wanted([0, 1, 2], scores).argmax() == 3  # "stam": no other word
    assert wanted([0, 1, 2, 3], scores).argmax() == 4  # a word of its own by now


def test_a_word_that_no_other_begins_like_is_spelled_however_sure_the_model_is() -> (
    None
):
    inside = NONE.clone()
    inside[[2, 3, 4]] = True
    wanted = Wanted(1, [[1, 2, 3, 4]], inside=inside, strength=2.0)
    scores = torch.zeros(8)
    scores[6] = 30.0  # "zeppel on", not "zeppelin"
    assert wanted([0, 1, 2, 3], scores).argmax() == 4
    assert wanted([0, 1, 2], scores).argmax() == 6  # "rail", not "railway"


def test_one_of_several_lanterns_is_a_lantern() -> None:
    inside = NONE.clone()
    inside[[2, 3, 4]] = True
    wanted = Wanted(1, [[1, 2, 3, 4]], inside=inside, strength=2.0, plural=[4])
    scores = torch.zeros(8)
    scores[6] = 30.0
    assert wanted([0, 1, 2, 3], scores).argmax() == 6
    forbidden = torch.zeros(8)
    forbidden[4] = float("-inf")
    word = Wanted(1, [[1, 2, 3, 4]], inside=inside, strength=2.0)
    assert word([0, 1, 2, 3], forbidden)[4] == float("-inf")


def test_a_thing_of_two_words_is_told_with_both() -> None:
    inside = NONE.clone()
    inside[2] = True
    ribbon, the = [1, 2, 3], 7  # "type", "writer", " ribbon"
    scores = torch.zeros(8)
    scores[6] = 20.0  # "the typewriter.", and the same again and again
    wanted = Wanted(1, [ribbon], inside=inside, strength=2.0, articles=[the])
    assert wanted([0, the, 1, 2], scores).argmax() == 3
    assert wanted([0, 5, 1, 2], scores).argmax() == 6  # of no thing
    assert wanted([0, the, *ribbon, the, 1, 2], scores).argmax() == 6  # told before
    maria = Wanted(1, [ribbon], inside, 2.0, names=[ribbon], articles=[the])
    assert maria([0, the, 1, 2], scores).argmax() == 6
    scores[3] = float("-inf")
    assert wanted([0, the, 1, 2], scores).argmax() == 6


def test_a_hyphen_goes_on_with_a_word() -> None:
    inside, starts = NONE.clone(), NONE.clone()
    inside[[2, 5]], starts[[1, 6]] = True, True
    wanted = Wanted(1, [[1, 2, 4, 5]], inside=inside, strength=2.0, starts=starts)
    scores = torch.zeros(8)
    scores[6] = Wanted.REACH + 1  # "walkie had", not "walkie-talkie"
    assert wanted([0, 1, 2], scores).argmax() == 4


def test_a_first_token_that_is_no_word_is_spelled_as_the_name_it_begins() -> None:
    inside = NONE.clone()
    inside[[2, 3]] = True
    names = Names(1, [[1, 2]], inside, strength=1.0)
    scores = torch.zeros(8)
    scores[3] = 6.0  # "Eustand", not "Eustace"
    assert names([0, 1], scores).argmax() == 2
    scores[4] = 7.0  # "The door", not "Theodora"
    assert names([0, 1], scores).argmax() == 4


def test_a_usual_word_that_begins_like_a_name_is_left_to_itself() -> None:
    inside = NONE.clone()
    inside[[2, 3, 5]] = True
    names = Names(
        1, [[1, 2]], inside, 1.0, first=[[4, 2], [6]], usual=lambda ids: ids[-1] == 3
    )
    scores = torch.zeros(12)
    scores[3] = 3.0  # "For", not "Fausta"
    for written in ([0, 1], [0, 4]):
        assert names(written, scores)[2] == 0
    scores[2] = 3.0 - Names.NEARER  # as likely as that, the name is meant
    assert names([0, 1], scores).argmax() == names([0, 4], scores).argmax() == 2
    scores[5], scores[2] = 6.0, 0.0  # no word
    assert names([0, 1], scores).argmax() == 2


def test_a_place_is_spelled_to_its_end_and_never_pushed() -> None:
    inside = NONE.clone()
    inside[[2, 3]] = True
    places = Names(1, [[1, 2]], inside, strength=0.0)
    scores = torch.zeros(8)
    scores[3] = 6.0
    assert places([0], scores).tolist() == scores.tolist()
    assert places([0, 1], scores).argmax() == 2
    assert capitalised(["the bowling alley", "Cape Sorrow"]) == ["Cape", "Sorrow"]
    assert capitalised(["The Old Mill", "Kent, Ohio"]) == [
        "Old",
        "Mill",
        "Kent",
        "Ohio",
    ]


def test_what_is_still_unsaid_is_wanted_more_but_not_without_end() -> None:
    wanted = Wanted(1, [[1]], inside=NONE, strength=2.0)
    pushed = [wanted([0] + [2] * n, torch.zeros(3))[1].item() for n in (0, 20, 40, 400)]
    assert pushed == [2.0, 3.0, 4.0, 4.0]


def test_what_stands_in_the_prompt_is_still_wanted() -> None:
    wanted = Wanted(2, [[1, 2]], inside=NONE, strength=2.0)
    assert wanted([1, 2], torch.zeros(3)).tolist() == [0, 2, 0]
