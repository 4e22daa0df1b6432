"""No request may send more than a story file is ever large.

Django writes a body to disk before a view, or the log-in, is asked about it.
"""

from django.utils.translation import gettext as _


class BodyLimit:
    """Around the pages: reads no further than `most` bytes, and says so with a 413."""

    def __init__(self, app, most: int):
        self.app, self.most = app, most

    async def __call__(self, scope, receive, send):
        if declared(scope) > self.most:
            await self.refuse(send)
            return
        seen = 0

        async def counted():
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            # Django then puts away what it has, as if the browser had gone.
            return {"type": "http.disconnect"} if seen > self.most else message

        await self.app(scope, counted, send)
        if seen > self.most:
            await self.refuse(send)

    async def refuse(self, send):
        sentence = _("That is too large. At most %(size)d MB can be sent at once.")
        body = (sentence % {"size": self.most // 2**20}).encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def declared(scope) -> int:
    """What the request says it will send."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
