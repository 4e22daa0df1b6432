"""A pupil's account opens no socket: the reading pages need none.

Whatever streams is added later is closed to pupils, as pages are (middleware.py).
"""

from users.models import Role

NOT_FOR_PUPILS = 4404


class NoPupils:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        person = scope.get("user")
        if getattr(person, "role", None) == Role.PUPIL:
            await receive()  # its wish to connect
            await send({"type": "websocket.close", "code": NOT_FOR_PUPILS})
            return
        await self.app(scope, receive, send)
