"""What a real server does with frames that no page sends; nothing written is lost."""

import json
import uuid

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def tab(wren, story, passage_row):
    """In whose story a sentence stands, before and after whatever is sent."""
    sentence = "The lamp was lit at dusk."
    with wren.tab(story) as tab:
        passage = tab.ask(sentence, mode="write")
        yield tab
    assert passage_row(passage, "text") == (sentence,)


def ending(tab, patience=10):
    """The events until the server closes, and the code it closes with."""
    heard = []
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            heard.append(tab.next(patience))
    return heard, closed.value.rcvd.code


def request(text):
    return json.dumps(
        {
            "type": "passage.request",
            "key": str(uuid.uuid4()),
            "mode": "write",
            "text": text,
        }
    )


def test_a_frame_over_64_kib_gets_a_sentence_and_a_code(tab):
    tab.socket.send(request("a" * 70_000))
    heard, code = ending(tab)
    assert code == 1009
    assert "64 KB" in heard[-1]["message"]


def test_a_frame_of_a_megabyte_is_refused_before_it_is_held(tab):
    with pytest.raises(ConnectionClosed) as closed:
        tab.socket.send(request("a" * 1_000_000))
        tab.next()
        tab.next()
    assert closed.value.rcvd.code == 1009


def test_a_hundred_messages_at_once_are_too_many(tab):
    try:
        for _ in range(100):
            tab.socket.send(json.dumps({"type": "story.check"}))
    except ConnectionClosed:
        pass  # closed before the last was sent
    heard, code = ending(tab)
    assert code == 4429
    assert heard[-1]["code"] == "too_many" and heard[-1]["message"]


def test_three_frames_of_nonsense_in_a_row_are_the_end(tab):
    for nonsense in ("{", "[]", '{"type": "passage.burn"}'):
        tab.socket.send(nonsense)
    heard, code = ending(tab)
    assert code == 4400
    errors = [event for event in heard if event["type"] == "error"]
    assert [event["code"] for event in errors] == ["malformed"] * 3
    assert all(event["message"] for event in errors)


def test_who_is_not_logged_in_hears_so(loom, wren, story):
    address = wren.socket_address(story)
    with connect(address, origin=loom.address, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=10))["code"] == "logged_out"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
def test_a_page_of_another_site_gets_no_socket(loom, wren, story, origin):
    with pytest.raises(InvalidStatus, match="403"):
        connect(
            wren.socket_address(story),
            origin=origin,
            additional_headers=wren.session(),
            proxy=None,
        )
