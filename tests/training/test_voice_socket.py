"""An open page hears how its own run goes on, and nobody else's."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from stories.consumers import in_thread
from training import events
from training.events import RunProgress

pytestmark = pytest.mark.django_db(transaction=True)


def opened(person, origin="http://localhost"):
    from storyloom.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
    client = Client()
    if person:
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = f"{settings.SESSION_COOKIE_NAME}={cookie}"
        headers.append((b"cookie", cookie.encode()))
    scope = {
        "type": "websocket",
        "path": "/ws/voice/",
        "query_string": b"",
        "headers": headers,
        "subprotocols": [],
    }
    page = ApplicationCommunicator(application, scope)
    page.client = client
    return page


async def connect(person, **options):
    page = await in_thread(opened)(person, **options)
    await page.send_input({"type": "websocket.connect"})
    answer = await page.receive_output(5)
    return page, answer["type"]


async def leave(page):
    await page.send_input({"type": "websocket.disconnect", "code": 1000})
    await page.wait(5)


async def tell(person, **fields):
    news = RunProgress("a run", "running", {"step": 3}, **fields)
    for _ in range(20):  # the page joins its group a moment after it is accepted
        await in_thread(events.publish)(person.pk, news)
        await asyncio.sleep(0.02)


async def test_progress_reaches_the_persons_own_page_only(wren, crow):
    (mine, accepted), (theirs, _) = await connect(wren), await connect(crow)
    assert accepted == "websocket.accept"
    await tell(wren)
    heard = json.loads((await mine.receive_output(5))["text"])
    assert heard["type"] == "run.progress" and heard["progress"] == {"step": 3}
    assert await theirs.receive_nothing()
    await leave(mine)
    await leave(theirs)


async def test_who_is_not_logged_in_hears_nothing(wren):
    page, _ = await connect(None)
    closed = await page.receive_output(5)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4401)


async def test_a_foreign_page_is_not_let_in(wren):
    _, answer = await connect(wren, origin="http://evil.example")
    assert answer == "websocket.close"


@pytest.mark.parametrize(("text", "code"), [("{}", 4400), ("x" * 70_000, 1009)])
async def test_it_takes_no_messages(wren, text, code):
    page, _ = await connect(wren)
    await page.send_input({"type": "websocket.receive", "text": text})
    assert (await page.receive_output(5))["code"] == code


async def test_logging_out_closes_it(wren):
    page, _ = await connect(wren)
    await asyncio.sleep(0.1)
    await in_thread(page.client.logout)()
    await in_thread(page.client.get)("/")
    from users.events import session_ended

    key = page.scope["headers"][-1][1].decode().partition("=")[2]
    await in_thread(session_ended)(key)
    assert (await page.receive_output(5))["code"] == 4401
