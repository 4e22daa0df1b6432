from django.urls import path

from stories.consumers import StoryConsumer

websocket_urlpatterns = [path("ws/stories/<uuid:story>/", StoryConsumer.as_asgi())]
