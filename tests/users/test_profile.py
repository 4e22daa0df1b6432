import pytest
from django.urls import reverse

from stories.models import Tone
from users import services
from users.choices import TONES, VALUES

VALUES_PAGE, TONE_PAGE = "users:values", "users:tone"


@pytest.fixture
def page(client, wren):
    client.force_login(wren)
    return client


def values_of(person) -> list[str]:
    return services.profile_of(person).values


def post(client, name, **form):
    return client.post(reverse(name), form)


# --- the three steps ------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "said"),
    [("experiences", "1 of 3"), ("values", "2 of 3"), ("tone", "3 of 3")],
)
def test_each_step_says_where_one_is(page, name, said):
    assert said in page.get(reverse(f"users:{name}")).content.decode()


def test_every_step_can_be_skipped(page, wren):
    first = post(page, "users:experiences", then="next")
    second = post(page, VALUES_PAGE, then="next")

    assert first.url == reverse(VALUES_PAGE)
    assert second.url == reverse(TONE_PAGE)
    assert page.get(reverse("users:profile")).status_code == 200
    assert not values_of(wren)


# --- values ---------------------------------------------------------------------
def test_values_are_chosen_from_the_list_and_in_own_words(page, wren):
    post(page, VALUES_PAGE, pick="kindness")
    post(page, VALUES_PAGE, value="  telling   the truth slowly ")

    assert values_of(wren) == ["kindness", "telling the truth slowly"]
    shown = page.get(reverse("users:profile")).content.decode()
    assert "telling the truth slowly" in shown


def test_values_are_ranked_with_buttons(page, wren):
    for value in ("kindness", "courage", "hope"):
        post(page, VALUES_PAGE, pick=value)

    post(page, VALUES_PAGE, up="hope")
    assert values_of(wren) == ["kindness", "hope", "courage"]
    post(page, VALUES_PAGE, down="kindness")
    assert values_of(wren) == ["hope", "kindness", "courage"]
    post(page, VALUES_PAGE, without="kindness")
    assert values_of(wren) == ["hope", "courage"]


def test_the_first_value_cannot_go_higher(page, wren):
    for value in ("kindness", "courage"):
        post(page, VALUES_PAGE, pick=value)

    post(page, VALUES_PAGE, up="kindness")
    post(page, VALUES_PAGE, down="courage")

    assert values_of(wren) == ["kindness", "courage"]


def test_the_same_value_is_kept_once(page, wren):
    post(page, VALUES_PAGE, pick="kindness")
    post(page, VALUES_PAGE, value="Kindness")

    assert values_of(wren) == ["kindness"]


def test_too_many_values_get_a_sentence(page, wren):
    for value in list(VALUES)[: services.MOST_VALUES]:
        post(page, VALUES_PAGE, pick=value)

    response = post(page, VALUES_PAGE, pick="wisdom")

    assert response.status_code == 422
    assert "Remove one first" in response.content.decode()
    assert len(values_of(wren)) == services.MOST_VALUES


@pytest.mark.parametrize("value", ["", "   ", "x" * 41])
def test_an_empty_or_endless_value_gets_a_sentence(page, wren, value):
    response = post(page, VALUES_PAGE, value=value)

    assert response.context["form"].errors["value"]
    assert not values_of(wren)


def test_a_value_no_database_takes_is_kept_without_what_breaks_it(page, wren):
    post(page, VALUES_PAGE, pick="hon\x00esty")

    assert values_of(wren) == ["honesty"]


def test_a_word_typed_before_going_on_is_kept(page, wren):
    response = post(page, VALUES_PAGE, value="patience", then="next")

    assert response.url == reverse(TONE_PAGE)
    assert values_of(wren) == ["patience"]


def test_with_javascript_only_the_list_comes_back(page, wren):
    address = reverse(VALUES_PAGE)
    part = page.post(address, {"pick": "hope"}, HTTP_HX_REQUEST="true")
    done = page.post(address, {"then": "next"}, HTTP_HX_REQUEST="true")

    assert "<html" not in part.content.decode()
    assert done["HX-Redirect"] == reverse(TONE_PAGE)


def test_a_value_reaches_the_page_only_as_text(page):
    post(page, VALUES_PAGE, value="<img onerror=alert(1)>")

    for name in (VALUES_PAGE, "users:profile"):
        assert "<img" not in page.get(reverse(name)).content.decode()


# --- tone -----------------------------------------------------------------------
def test_tone_and_what_to_avoid_are_kept(page, wren):
    response = post(
        page,
        TONE_PAGE,
        tones=["wistful", "tender"],
        valence="-0.5",
        energy="1",
        avoid="spiders, blood\n\n war \nspiders",
    )

    assert response.url == reverse("users:profile")
    told = services.profile_of(wren)
    assert told.tones == ["tender", "wistful"]
    assert (told.valence, told.energy) == (-0.5, 1.0)
    assert told.avoid == ["spiders", "blood", "war"]
    shown = page.get(response.url).content.decode()
    assert "rather dark" in shown and "very restless" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"tones": ["furious"]},
        {"valence": "2"},
        {"energy": "nan"},
        {"valence": ""},
        {"avoid": "x" * 61},
        {"avoid": ",".join(f"word{n}" for n in range(51))},
    ],
)
def test_what_does_not_fit_gets_a_sentence_and_changes_nothing(page, wren, wrong):
    form = {"valence": "0", "energy": "0", "avoid": "", **wrong}

    response = post(page, TONE_PAGE, **form)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert services.profile_of(wren).avoid == []


def test_a_profile_and_a_story_name_the_same_tones():
    assert list(TONES) == list(Tone.values)
    assert [str(label) for label in TONES.values()] == Tone.labels


def test_nobody_writes_into_anothers_profile(page, crow):
    post(page, VALUES_PAGE, pick="hope", person=crow.pk)

    assert values_of(crow) == []
