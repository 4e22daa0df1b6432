"""A story's messages as the tokens of any model's own template."""

from tests.training.engines import SPECIALS, tiny_tokenizer
from training.engine import Message, Prompt
from training.engine.local.chat import Chat, alternating, plain_text


def system(content: str) -> Message:
    return {"role": "system", "content": content}


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def model(content: str) -> Message:
    return {"role": "assistant", "content": content}


def test_one_role_never_speaks_twice_in_a_row() -> None:
    told = [user("a"), user("b"), model("c"), model("d"), system("s"), user("")]
    assert alternating(told) == [
        system("s"),
        user("a\n\nb"),
        model("c\n\nd"),
        user("Continue."),
    ]


def test_a_story_that_opens_with_a_passage_is_given_a_question() -> None:
    assert alternating([model("Once")]) == [user("Continue."), model("Once")]


def test_an_empty_beginning_is_no_beginning() -> None:
    assert alternating([user("a"), model("  ")]) == [user("a")]


def test_a_template_that_refuses_system_gets_it_in_the_first_question() -> None:
    refuses = (
        "{% for m in messages %}{% if m.role == 'system' %}"
        "{{ raise_exception('no system role') }}{% endif %}"
        "[{{ m.role }}]{{ m.content }}{% endfor %}"
    )
    chat = Chat(tiny_tokenizer(refuses))
    ids = chat.encode(Prompt((system("Title: T"), user("Tone: sad"))))
    assert chat.decode(ids) == "[user]Title: T\n\nTone: sad"


def test_a_template_that_swallows_system_gets_it_there_too() -> None:
    swallows = (
        "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}"
        "{% endfor %}"
    )
    chat = Chat(tiny_tokenizer(swallows))
    ids = chat.encode(Prompt((system("Title: T"), user("Tone: sad"))))
    assert chat.decode(ids) == "[user]Title: T\n\nTone: sad"


def test_without_a_template_the_header_stands_above_the_story() -> None:
    told = [
        system("You continue a story.\n\nTitle: T\nNames: Mara"),
        user("Continue."),
        model("Once."),
        user("Tone: sad"),
    ]
    assert plain_text(told) == "Title: T\nNames: Mara\nTone: sad\n\nOnce.\n\n"
    assert plain_text([*told, model("Then she")]).endswith("Once.\n\nThen she")


def test_no_typed_text_makes_a_control_token() -> None:
    chat = Chat(tiny_tokenizer())
    for special in SPECIALS:
        half = len(special) // 2
        nested = special[:half] + special + special[half:]
        assert chat.count(f"a{nested}b") == chat.count("ab")
