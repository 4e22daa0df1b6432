"""A request that sends too much is refused before it fills the disk."""

import tempfile

import pytest
from asgiref.testing import ApplicationCommunicator

from storyloom.bodies import BodyLimit

MOST = 2 * 2**20


def request(*headers):
    return {
        "type": "http",
        "method": "POST",
        "path": "/accounts/login/",
        "headers": [(b"host", b"localhost"), *headers],
        "query_string": b"",
    }


@pytest.fixture
def page():
    from storyloom.asgi import http

    return BodyLimit(http, MOST)


async def answer(page, scope, *chunks):
    client = ApplicationCommunicator(page, scope)
    for chunk in chunks:
        sent = {"type": "http.request", "body": chunk, "more_body": True}
        await client.send_input(sent)
    return await client.receive_output(5), await client.receive_output(5)


async def test_a_request_that_announces_too_much_is_refused_unread(page):
    announced = (b"content-length", str(MOST + 1).encode())
    start, body = await answer(page, request(announced))
    assert start["status"] == 413
    assert body["body"] == b"That is too large. At most 2 MB can be sent at once."


async def test_a_request_that_sends_more_than_it_announced_is_cut_off(page):
    few = (b"content-length", b"10")
    start, body = await answer(page, request(few), *[b"a" * 2**20] * 3)
    assert start["status"] == 413
    assert b"too large" in body["body"]


async def test_what_was_cut_off_leaves_nothing_on_the_disk(page, monkeypatch):
    files = []
    spooled = tempfile.SpooledTemporaryFile

    def watched(*args, **kwargs):
        files.append(spooled(*args, **kwargs))
        return files[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", watched)
    await answer(page, request(), *[b"a" * 2**20] * 3)
    assert [file.closed for file in files] == [True]


@pytest.mark.django_db(transaction=True)
async def test_a_request_of_a_usual_size_is_answered_as_ever(page):
    scope = request((b"content-length", b"3"))
    client = ApplicationCommunicator(page, scope)
    await client.send_input({"type": "http.request", "body": b"a=1"})
    assert (await client.receive_output(10))["status"] == 403  # no CSRF token
    await client.receive_output(10)
    await client.send_input({"type": "http.disconnect"})
    await client.wait(5)
