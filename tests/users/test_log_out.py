import asyncio

import pytest
from django.urls import reverse


def test_logging_out_leaves_nothing_in_the_cache_and_keeps_unsent_words(client, wren):
    client.force_login(wren)

    response = client.post(reverse("account_logout"))

    # "storage" would take the drafts the editor keeps in the browser along.
    assert response["Clear-Site-Data"] == '"cache"'
    assert client.get(reverse("users:profile")).status_code == 302


def test_the_admin_pages_log_out_the_same_way(client, owl):
    client.force_login(owl)

    response = client.post(reverse("admin:logout"))

    assert response["Clear-Site-Data"] == '"cache"'


def test_asking_for_the_page_alone_logs_nobody_out(client, wren):
    client.force_login(wren)

    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("users:profile")).status_code == 200


def test_personal_pages_are_kept_by_no_cache(client, wren):
    client.force_login(wren)

    for name in ("users:profile", "users:experiences", "users:data", "account_email"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"], name


@pytest.mark.django_db(transaction=True)
async def test_logging_out_closes_the_open_story(editor, story, wren):
    page = await editor(story, wren)

    await asyncio.to_thread(page.client.post, reverse("account_logout"))

    assert await page.close_code(timeout=5) == 4401
    assert page.heard[-1]["type"] == "session.ended"


@pytest.mark.django_db(transaction=True)
async def test_logging_out_leaves_the_same_persons_other_browser_alone(
    editor, story, wren
):
    here, there = await editor(story, wren), await editor(story, wren)

    await asyncio.to_thread(here.client.post, reverse("account_logout"))
    assert await here.close_code(timeout=5) == 4401

    await there.say("story.check")
    assert (await there.hear())["type"] == "story.state"
