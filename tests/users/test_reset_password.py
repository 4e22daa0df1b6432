from django.test import Client
from django.urls import reverse

from tests.users.test_log_in import PASSWORD, log_in

NEW = "another quiet river"


def ask(client, email="wren@example.org"):
    return client.post(reverse("account_reset_password"), {"email": email})


def link_in(letter) -> str:
    return next(word for word in letter.body.split() if word.startswith("http"))


def choose(client, letter, password=NEW):
    page = client.get(link_in(letter), follow=True)
    address = page.redirect_chain[-1][0]
    return client.post(address, {"password1": password, "password2": password})


def test_a_person_chooses_a_new_password_from_the_letter(client, wren, mailoutbox):
    asked = ask(client)
    assert "on its way" in client.get(asked.url).content.decode()

    done = choose(client, mailoutbox[0])

    assert "changed" in client.get(done.url).content.decode()
    assert log_in(Client()).status_code == 200
    assert log_in(Client(), password=NEW).status_code == 302


def test_the_page_never_tells_who_has_an_account(client, wren, mailoutbox):
    known, unknown = ask(client), ask(client, email="nobody@example.org")

    assert known.url == unknown.url
    assert "no account has this address" in mailoutbox[1].body


def test_the_link_works_once(client, wren, mailoutbox):
    ask(client)
    choose(client, mailoutbox[0])

    again = Client().get(link_in(mailoutbox[0]), follow=True)

    assert "no longer works" in again.content.decode()


def test_a_made_up_link_says_so(client, wren):
    made_up = reverse("account_reset_password_from_key", args=["1", "abc-def"])

    assert "no longer works" in client.get(made_up).content.decode()


def test_a_weak_new_password_is_refused_and_the_old_one_stays(client, wren, mailoutbox):
    ask(client)

    response = choose(client, mailoutbox[0], password="short")

    assert response.context["form"].errors["password1"]
    assert log_in(Client()).status_code == 302


def test_without_a_mail_server_the_page_says_where_the_letter_is(client, db, settings):
    place = "printed in the window where the server was started"
    page = reverse("account_reset_password")
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert place in client.get(page).content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert place not in client.get(page).content.decode()


def test_a_new_password_lets_someone_in_who_guessed_too_often(client, wren, mailoutbox):
    for _try in range(10):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 200
    ask(client)

    choose(client, mailoutbox[0])

    assert log_in(Client(), password=NEW).status_code == 302


def test_a_new_password_logs_every_browser_out(client, wren, mailoutbox):
    elsewhere = Client()
    log_in(elsewhere, password=PASSWORD)
    ask(client)

    choose(client, mailoutbox[0])

    assert elsewhere.get(reverse("users:profile")).status_code == 302
