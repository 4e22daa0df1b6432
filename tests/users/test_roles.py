import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from users import services
from users.models import Role


def test_an_admin_makes_someone_a_teacher_and_it_is_on_record(client, owl, wren):
    client.force_login(owl)

    client.post(
        reverse("admin:users_user_changelist"),
        {"action": "make_teacher", "_selected_action": [wren.pk]},
    )

    wren.refresh_from_db()
    assert wren.role == Role.TEACHER
    assert not wren.is_staff
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (owl, str(wren.pk))
    assert entry.change_message == "Role: writer to teacher."


def test_who_is_admin_may_open_the_admin_pages_and_who_was_may_not(client, owl, wren):
    services.grant_role(by=owl, person=wren, role=Role.ADMIN)
    client.force_login(wren)
    assert client.get(reverse("admin:index")).status_code == 200

    services.grant_role(by=owl, person=wren, role=Role.WRITER)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("by", ["wren", "robin"])
def test_only_an_admin_grants_a_role(request, by, crow):
    by = request.getfixturevalue(by)

    with pytest.raises(PermissionDenied):
        services.grant_role(by=by, person=by, role=Role.ADMIN)
    with pytest.raises(PermissionDenied):
        services.grant_role(by=by, person=crow, role=Role.TEACHER)


def test_the_last_admin_stays_one(owl):
    with pytest.raises(ValidationError, match="last admin"):
        services.grant_role(by=owl, person=owl, role=Role.WRITER)


@pytest.mark.parametrize("page", ["account", "values", "tone", "experiences"])
def test_no_form_of_the_profile_changes_a_role(client, wren, page):
    client.force_login(wren)
    sneaky = {
        "first_name": "Wren",
        "valence": "0",
        "energy": "0",
        "what": "I swam",
        "consent": "prompt",
        "value": "hope",
        "role": "admin",
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "",
        "email": "other@example.org",
    }

    client.post(reverse(f"users:{page}"), sneaky)

    wren.refresh_from_db()
    assert (wren.role, wren.is_staff, wren.is_superuser) == (Role.WRITER, False, False)
    assert wren.email == "wren@example.org"


def test_not_even_an_admins_own_form_changes_a_role_unrecorded(client, owl, wren):
    client.force_login(owl)

    client.post(
        reverse("admin:users_user_change", args=[wren.pk]),
        {"first_name": "Wren", "role": "admin", "is_superuser": "on"},
    )

    wren.refresh_from_db()
    assert (wren.role, wren.is_superuser) == (Role.WRITER, False)


def test_someone_switched_off_is_out_at_once_and_everything_is_kept(client, owl, wren):
    client.force_login(wren)

    services.set_active(by=owl, person=wren, active=False)

    assert client.get(reverse("users:profile")).status_code == 302
    services.set_active(by=owl, person=wren, active=True)
    client.force_login(wren)
    assert client.get(reverse("users:profile")).status_code == 200


def test_nobody_switches_themselves_off(owl):
    with pytest.raises(ValidationError):
        services.set_active(by=owl, person=owl, active=False)
