from django.urls import path

from users import account_views, views

app_name = "users"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("experiences", views.experiences, name="experiences"),
    path("experiences/<int:pk>", views.experience, name="experience"),
    path(
        "experiences/<int:pk>/delete", views.delete_experience, name="delete_experience"
    ),
    path("values", views.values, name="values"),
    path("tone", views.tone, name="tone"),
    path("account", account_views.account, name="account"),
    path("data", account_views.data, name="data"),
    path("data/download", account_views.download, name="download"),
    path("data/erase", account_views.erase, name="erase"),
]
