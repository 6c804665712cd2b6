"""Every action of the admin × everyone. Whoever may not do it writes nothing, also by a request made by hand."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.db import connection, transaction
from django.test import RequestFactory, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.teams.matrix import ADMIN_ACTIONS
from tests.teams.matrix import place as places
from tests.teams.matrix.who import WHO
from tests.teams.test_permissions import furnished

WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "teams_')
MODELS = [model for model in admin.site._registry if model._meta.app_label == "teams"]
# Typed into in the admin: what they write goes through a service all the same.
TYPED = {
    "rankingcriteria": {"add": {"superuser"}, "change": {"superuser"}},
    "teamtournamentregistration": {"add": {"superuser"}, "change": {"superuser"}},
    "teampointsadjustment": {"add": {"superuser", "moderator"}},
    "promotionplace": {"change": {"superuser", "moderator"}},
    "teampromotion": {"add": {"superuser", "moderator"}},
}


@override_settings(ADMIN_REQUIRE_MFA=False)
class EveryAction(TestCase):
    """One team for all cells; each takes back what it wrote. The tests are made from the rows below."""

    @classmethod
    def setUpTestData(cls):
        cls.place = furnished()

    def ask_everyone(self, action):
        wrote = set()
        for who in WHO:
            before = transaction.savepoint()
            try:
                if self.do(action, who):
                    wrote.add(who)
            finally:
                transaction.savepoint_rollback(before)
        assert wrote == action.may

    def do(self, action, who):
        """Send the action as ``who``, as the form of the list does. Return whether it wrote."""
        cache.clear()
        row = action.make(self.place)
        data = {"action": action.name, "_selected_action": [row.pk], **action.data}
        with CaptureQueriesContext(connection) as queries:
            response = self.place.clients[who].post(reverse(f"admin:teams_{action.model}_changelist"), data)
        assert response.status_code < 500
        return any(WRITE.search(query["sql"]) for query in queries)


for _action in ADMIN_ACTIONS:
    setattr(
        EveryAction,
        f"test_{_action.model}_{_action.name}",
        lambda self, action=_action: self.ask_everyone(action),
    )


def test_every_action_has_a_row():
    there = {
        (model._meta.model_name, getattr(action, "__name__", action))
        for model in MODELS
        for action in admin.site._registry[model].actions
    }
    assert there == {(action.model, action.name) for action in ADMIN_ACTIONS}


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nobody_deletes_and_few_type(model):
    """Rows end by services. Where staff type, it is in the list above."""
    people = {"moderator": places.make_moderator(), "superuser": places.make_user("boss", is_superuser=True)}
    registered = admin.site._registry[model]
    allowed = {"add": set(), "change": set(), "delete": set()}
    for who, user in people.items():
        request = RequestFactory().get("/admin/")
        request.user = user
        for act, those in allowed.items():
            if getattr(registered, f"has_{act}_permission")(request):
                those.add(who)
    assert allowed == {"add": set(), "change": set(), "delete": set()} | TYPED.get(model._meta.model_name, {})


def test_the_admin_wants_a_second_factor_by_default():
    assert settings.ADMIN_REQUIRE_MFA is True
