import asyncio

import pytest
from django.test import Client
from django.urls import reverse

from tests.users.test_log_in import PASSWORD, log_in

NEW = "another quiet river"


def change(client, old=PASSWORD, new=NEW):
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), form)


def test_the_new_password_opens_the_account_and_the_old_one_does_not(client, wren):
    log_in(client)

    change(client)

    assert log_in(Client()).status_code == 200
    assert log_in(Client(), password=NEW).status_code == 302


def test_the_old_password_must_be_said(client, wren):
    log_in(client)

    response = change(client, old="wrong")

    assert response.context["form"].errors["oldpassword"]
    assert log_in(Client()).status_code == 302


def test_other_browsers_are_logged_out_and_this_one_stays(client, wren):
    elsewhere = Client()
    log_in(elsewhere)
    log_in(client)

    change(client)

    assert client.get(reverse("users:profile")).status_code == 200
    assert elsewhere.get(reverse("users:profile")).status_code == 302


@pytest.mark.django_db(transaction=True)
async def test_open_stories_in_other_browsers_close(editor, story, wren):
    elsewhere = await editor(story, wren)
    here = Client()
    await asyncio.to_thread(log_in, here)

    await asyncio.to_thread(change, here)

    assert await elsewhere.close_code(timeout=5) == 4401
