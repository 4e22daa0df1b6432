"""Who is named in what people write."""

from stories.prompts.words import names_in, people_in


def test_names_are_the_capitalised_words_inside_sentences():
    text = "Then Mara saw Tobi. Tobi ran, and Aunt Rosa laughed on Monday. I saw Tobi."
    assert names_in(text) == ["Tobi", "Mara", "Aunt Rosa"]
    assert names_in("The river. It was high. NO! we said.") == []


def test_a_sentence_may_begin_with_a_name_that_is_known_as_one():
    text = 'Daniel hung up his coat. "Sofia\'s here," he said.\nLanterns swung.'
    assert names_in(text) == ["Daniel", "Sofia"]


def test_who_speaks_in_a_script_is_known():
    script = "(Daniel looks up.)\nSofia: Where is it?\nDaniel: There."
    assert names_in(script) == ["Daniel", "Sofia"]


def test_two_given_names_are_one_person():
    assert names_in("Mary Ann laughed. Then came Tobi.") == ["Tobi", "Mary Ann"]


def test_a_name_that_also_is_a_word_is_known_inside_a_sentence_only():
    assert names_in("Grace is said at table, and Grace says it.") == ["Grace"]
    assert names_in("Grace is said at table.") == []


def test_people_are_read_from_who_was_there():
    assert people_in("my aunt Rosa and Tobi") == ["Rosa", "Tobi"]
    assert people_in("my sister") == []
