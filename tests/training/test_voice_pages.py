"""The pages of a voice: what they show, what they refuse, and to whom."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories.services import start_story
from tests.factories import PassageFactory
from training import ledger, voices
from training.learning.run import learn
from training.models import Adapter, Document, Example, TrainingRun, Voice
from users.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, wren):
    client.force_login(wren)
    return client


@pytest.fixture
def learnt(willing, at_once):
    run = voices.start_run(person=willing)
    learn(run.pk)
    run.refresh_from_db()
    return run


def show(client, name, *args, **query):
    answer = client.get(reverse(f"training:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, name, *args, **data):
    return client.post(reverse(f"training:{name}", args=args), data, follow=True)


def test_it_begins_with_a_question_and_what_is_missing(page, story):
    PassageFactory(story=story, text="I was six.")
    text = show(page, "voice")
    assert "May it learn from you?" in text and "3 of 2,000 words" in text
    assert "Learn my voice" not in text  # nothing to press before a yes


def test_a_yes_is_kept_and_can_be_taken_back(page, wren):
    press(page, "consent", learns="on", by_itself="on")
    assert wren.voice.learns and wren.voice.by_itself
    assert "disabled" in show(page, "voice").partition("Learn my voice")[0][-300:]
    press(page, "consent")
    wren.voice.refresh_from_db()
    assert not wren.voice.learns


def test_a_text_is_brought_and_forgotten(page, wren):
    file = SimpleUploadedFile("my river.md", b"# One\n\nI was six. It rained.")
    answer = press(page, "bring", file=file)
    assert "my river.md" in answer.content.decode()
    document = Document.objects.get(person=wren)
    press(page, "document", document.pk, "forget")
    assert not Example.objects.exists()


def test_what_is_new_is_told_with_the_version_that_lacks_it(page, willing):
    version = Adapter.objects.create(
        person=willing, number=3, model="m", fingerprint="f"
    )
    version.folder.mkdir(parents=True)
    voices.use_version(adapter=version)
    assert "are new since version 3." in show(page, "voice")


def test_a_bad_file_is_refused_in_words_and_leaves_nothing(page):
    for name, content in (("a.txt", b"\x00"), ("a.exe", b"MZ"), ("a.epub", b"x")):
        answer = press(page, "bring", file=SimpleUploadedFile(name, content))
        assert 'class="message error"' in answer.content.decode()
    assert "Choose a file" in press(page, "bring").content.decode()
    assert not Document.objects.exists()


def test_the_ledger_shows_takes_out_and_puts_back(page, story):
    PassageFactory(story=story, text="<b>I was six.</b>")
    text = show(page, "ledger")
    assert "&lt;b&gt;I was six." in text and "Take it out" in text
    example = Example.objects.get()
    assert "Put it back" in press(page, "example", example.pk, "out").content.decode()
    url = reverse("training:example", args=[example.pk, "in"])
    part = page.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "Take it out" in part and "<html" not in part


def test_a_whole_story_can_be_withheld(page, story):
    PassageFactory(story=story)
    show(page, "ledger")
    document = Document.objects.get()
    answer = press(page, "document", document.pk, "withhold", back="//evil.example/")
    assert answer.redirect_chain[-1][0] == reverse("training:ledger")
    assert "you withheld all of this text" in answer.content.decode()


def test_a_story_is_not_deleted_from_the_ledger(page, story):
    PassageFactory(story=story)
    show(page, "ledger")
    document = Document.objects.get()
    assert (
        "where the stories are"
        in press(page, "document", document.pk, "forget").content.decode()
    )
    assert Document.objects.exists()


def test_too_little_to_learn_is_said_with_the_number(page, wren):
    voices.let_learn(person=wren, learns=True)
    answer = press(page, "start")
    assert "2000 words of yours are missing" in answer.content.decode()


def test_a_run_waits_pauses_goes_on_and_is_cancelled(page, willing):
    answer = press(page, "start")
    run = TrainingRun.objects.get()
    assert "It is next." in answer.content.decode()
    assert "Go on" in press(page, "change_run", run.pk, "pause").content.decode()
    assert "Pause" in press(page, "change_run", run.pk, "resume").content.decode()
    press(page, "change_run", run.pk, "cancel")
    run.refresh_from_db()
    assert run.status == "cancelled"


def test_who_waits_is_told_how_many_are_before(page, willing, crow, texts):
    voices.let_learn(person=crow, learns=True)
    voices.bring_text(person=crow, name="caw.txt", content=texts)
    voices.start_run(person=crow)
    assert "1 other is learnt before" in press(page, "start").content.decode()


def test_the_report_speaks_to_a_writer_and_to_an_engineer(page, learnt):
    text = show(page, "run", learnt.pk)
    assert "Knows your words better" in text and "version 1" in text
    assert "base_nats" in text and "before and after" in text
    part = page.get(
        reverse("training:run", args=[learnt.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part and "polyline" in part


def test_a_voice_that_was_not_better_says_so_and_speaks_nowhere(page, learnt):
    learnt.report["passed"] = learnt.report["gates"]["better"]["passed"] = False
    learnt.save()
    Adapter.objects.all().delete()
    text = show(page, "run", learnt.pk)
    assert "not good enough" in text and "does not know your later words" in text


def test_versions_are_used_set_aside_taken_along_and_forgotten(page, learnt, wren):
    version = wren.adapters.get()
    assert "speaks for you" in show(page, "voice")
    press(page, "speak_plainly")
    assert "The plain model writes now" in show(page, "voice")
    press(page, "version", version.pk, "use")
    assert Voice.objects.get(person=wren).adapter == version
    answer = page.get(reverse("training:export", args=[version.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
        assert box.testzip() is None
        assert set(box.namelist()) == {
            "README.md",
            "adapter_config.json",
            "adapter_model.safetensors",
        }
    press(page, "version", version.pk, "forget")
    assert not Adapter.objects.exists()


def test_a_stale_version_says_so(page, learnt, wren):
    example = Example.objects.owned_by(wren).first()
    press(page, "example", example.pk, "out")
    assert "Learn again, and it will be made without it" in show(page, "voice")
    assert "knows something you took out" in show(page, "voice")


def test_nobody_elses_is_found(client, learnt, wren, crow):
    client.force_login(crow)
    version, example = wren.adapters.get(), Example.objects.owned_by(wren).first()
    for name, args in (
        ("example", (example.pk, "out")),
        ("document", (example.document_id, "forget")),
        ("change_run", (learnt.pk, "cancel")),
        ("version", (version.pk, "use")),
        ("version", (version.pk, "forget")),
    ):
        answer = client.post(reverse(f"training:{name}", args=args))
        assert answer.status_code == 404, name
    for name, pk in (("run", learnt.pk), ("export", version.pk)):
        assert client.get(reverse(f"training:{name}", args=[pk])).status_code == 404
    assert "my river" not in show(client, "ledger")


def test_strangers_are_sent_to_log_in(client, db):
    for name in ("voice", "ledger"):
        answer = client.get(reverse(f"training:{name}"))
        assert answer.status_code == 302 and "login" in answer.url


@pytest.mark.parametrize("name", ["voice", "ledger"])
def test_a_page_asks_the_database_equally_often_for_few_and_many(page, wren, name):
    story = start_story(person=wren)
    show(page, name)

    def queries(number):
        for n in range(number):
            PassageFactory(story=story, text=f"I was {n}.")
        ledger.refresh(wren)
        with CaptureQueriesContext(connection) as asked:
            show(page, name)
        return len(asked)

    assert queries(5) == queries(60) <= 40


# -- the admin


def test_an_admin_cancels_requeues_and_disables_but_reads_no_words(
    client, learnt, wren, crow
):
    crow.role, crow.is_staff, crow.is_superuser = Role.ADMIN, True, True
    crow.save()
    client.force_login(crow)
    for model in ("voice", "document", "example", "trainingrun", "adapter"):
        text = client.get(reverse(f"admin:training_{model}_changelist")).content
        assert b"Mara" not in text and b"wren@example.org" in text
    run = voices.start_run(person=wren)

    def act(model, action, pk):
        url = reverse(f"admin:training_{model}_changelist")
        client.post(url, {"action": action, "_selected_action": [str(pk)]})

    act("trainingrun", "cancel", run.pk)
    run.refresh_from_db()
    assert run.status == "cancelled"
    act("trainingrun", "requeue", run.pk)
    run.refresh_from_db()
    assert run.status == "queued"
    act("adapter", "disable", wren.adapters.get().pk)
    assert wren.adapters.get().disabled
    act("adapter", "enable", wren.adapters.get().pk)
    assert not wren.adapters.get().disabled
