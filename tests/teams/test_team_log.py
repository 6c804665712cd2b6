"""What the captain reads about everything that was done in the team."""

import pytest
from django.db import connection
from django.urls import reverse

from apps.core import audit
from apps.core.models import AuditEvent
from apps.teams.models import Team, TeamSponsor
from apps.teams.selectors import log_words
from apps.teams.selectors.log import lines, log
from apps.teams.services.disbanding import disband_team
from apps.teams.services.invites import accept_invite, cancel_invite, invite_email, invite_player
from apps.teams.services.join_requests import approve_request, ask_to_join, decline_request
from apps.teams.services.links import accept_link, create_link, revoke_link
from apps.teams.services.members import ban_member, change_member
from apps.teams.services.naming import rename_team
from apps.teams.services.posts.reporting import dismiss_report, report_post
from apps.teams.services.results import record_result
from apps.teams.services.rosters import leave_team, remove_member
from apps.teams.services.settings import open_to_members
from apps.teams.services.staff import set_flags
from apps.teams.services.teams import update_team
from tests.teams.people import add_member, make_invite, make_request, make_team, make_user
from tests.teams.posting import make_post

pytestmark = pytest.mark.django_db
PAGE = "/teams/dhaka-wolves/manage/log/"


def told(team):
    """What the log says, oldest first, as "who did"."""
    return [f"{line.who} {line.did}" for line in lines(team, list(log(team).order_by("pk")))]


def test_acts_read_as_sentences(wolves, rafi, mim):
    tanvir, boss = make_user("tanvir"), make_user("boss", is_superuser=True, is_staff=True)
    update_team(actor=rafi, team_id=wolves.pk, tagline="New", is_recruiting=True)
    invite = invite_player(actor=rafi, team_id=wolves.pk, player=mim, role="substitute")
    accept_invite(actor=mim, invite_id=invite.pk)
    cancel_invite(actor=rafi, invite_id=invite_email(actor=rafi, team_id=wolves.pk, email="a@example.test").pk)
    link = create_link(actor=rafi, team_id=wolves.pk, max_uses=2)
    accept_link(actor=tanvir, link_id=link.pk)
    revoke_link(actor=rafi, link_id=link.pk)
    approve_request(actor=rafi, request_id=ask_to_join(actor=make_user("priya"), team_id=wolves.pk).pk)
    decline_request(actor=rafi, request_id=make_request(wolves, make_user("ovi")).pk)
    change_member(actor=rafi, team_id=wolves.pk, member_id=_seat(wolves, mim), role="co_captain")
    remove_member(actor=mim, team_id=wolves.pk, member_id=_seat(wolves, tanvir))
    leave_team(actor=mim, team_id=wolves.pk)
    set_flags(actor=boss, team_ids=[wolves.pk], is_verified=True)
    open_to_members(actor=rafi, team_id=wolves.pk, opened={"view_stats", "manage_chat"})
    rename_team(actor=rafi, team_id=wolves.pk, name="Night Wolves", tag="NW")

    assert told(wolves) == [
        "rafi changed looking for players and tagline",
        "rafi invited mim as substitute",
        "mim joined as substitute",
        "mim accepted an invitation",
        "rafi invited a@example.test as player",
        "rafi withdrew the invitation of a@example.test",
        "rafi made an invite link for player, up to 2 times",
        "tanvir joined as player",
        "tanvir joined by an invite link",
        "rafi revoked an invite link",
        "priya asked to join",
        "rafi accepted the request of priya",
        "rafi gave priya a seat as player",
        "rafi declined the request of ovi",
        "rafi changed role of mim",
        "mim removed tanvir",
        "mim left",
        "DeltaCrown staff changed the verified mark",
        "rafi changed what members may do",
        "rafi renamed the team from Dhaka Wolves to Night Wolves",
    ]


def _seat(team, user):
    return team.memberships.get(profile__user=user, left_at=None).pk


def test_a_line_says_what_changed(wolves, rafi, mim):
    member = add_member(wolves, mim)
    change_member(actor=rafi, team_id=wolves.pk, member_id=member.pk, role="coach")
    open_to_members(actor=rafi, team_id=wolves.pk, opened={"manage_chat"})

    newest, before = lines(wolves, list(log(wolves).order_by("-pk")))

    assert [(change.field, change.old, change.new) for change in before.changes] == [("role", "Player", "Coach")]
    assert {(change.field, change.old, change.new) for change in newest.changes} == {
        ("Keep order in chat and board", "off", "on"),
        ("See the inner figures", "on", "off"),
    }


def test_the_reason_of_a_ban_is_not_in_the_log(wolves, rafi, mim):
    ban_member(actor=rafi, team_id=wolves.pk, member_id=add_member(wolves, mim).pk, reason="Threw a match")
    [line] = lines(wolves, list(log(wolves)))
    assert line.did == "banned mim"
    assert "Threw" not in str(line)


def test_the_site_acts_by_its_own_name(wolves, rafi):
    TeamSponsor.objects.create(
        team=wolves, name="Tea Stall", url="https://tea.example/", starts_on="2026-01-01", ends_on="2026-01-02"
    )
    audit.record(
        actor=None,
        action="team.sponsor_expired",
        target=wolves,
        old={"sponsor": wolves.sponsors.get().pk},
        new={"status": "expired"},
    )
    assert told(wolves) == ["DeltaCrown closed the sponsorship of Tea Stall, whose last day is over"]


def test_an_act_that_is_not_in_the_list_still_reads(wolves, rafi):
    audit.record(actor=rafi, action="team.mascot_chosen", target=wolves, old={"mascot": "cat"}, new={"mascot": "owl"})
    [line] = lines(wolves, list(log(wolves)))
    assert (line.who, line.did) == ("rafi", "mascot: chosen")
    assert [(change.field, change.old, change.new) for change in line.changes] == [("mascot", "cat", "owl")]


def test_followers_and_other_teams_are_not_in_it(wolves, rafi):
    other = make_team("Ravens")
    audit.record(actor=rafi, action="team.followed", target=wolves, old={}, new={"follow": 1})
    audit.record(actor=rafi, action="team.updated", target=other, old={"tagline": ""}, new={"tagline": "x"})
    assert told(wolves) == []


def test_who_reports_a_post_stays_between_them_and_staff(wolves, mim):
    staff = make_user(is_superuser=True, is_staff=True)
    report = report_post(actor=mim, post_id=make_post(wolves).pk, why="spam")
    dismiss_report(actor=staff, report_id=report.pk)
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "team.post_reported",
        "team.post_report_dismissed",
    ]
    assert told(wolves) == []


def test_a_recorded_result_is_in_it(wolves):
    staff = make_user(is_superuser=True, is_staff=True)
    record_result(actor=staff, team_id=wolves.pk, tournament_id=7, tournament_name="Dhaka Open", status="registered")
    assert told(wolves) == ["DeltaCrown staff recorded a result of the team"]


def test_every_sentence_can_be_said(wolves, rafi):
    """With nothing in the record at all: names are somebody, and nothing fails."""
    for act in log_words.SENTENCES:
        audit.record(actor=rafi, action=f"team.{act}", target=wolves, old={}, new={})
    said = told(wolves)
    assert len(said) == len(log_words.SENTENCES)
    assert not [sentence for sentence in said if "{" in sentence]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"invited", "changed", "joined", "accepted"}),
        ("kind=joining", {"invited", "accepted"}),
        ("kind=team", {"changed"}),
        ("kind=roster", {"joined"}),
        ("kind=money", set()),
        ("person=MIM", {"joined", "accepted"}),
        ("kind=joining&person=MIM", {"accepted"}),
        ("kind=nonsense&person=999999999999999999999&after=nonsense", {"invited", "changed", "joined", "accepted"}),
        ("kind=a%00b&person=x", {"invited", "changed", "joined", "accepted"}),
    ],
)
def test_it_is_filtered_by_kind_and_person(client, wolves, rafi, mim, query, found):
    update_team(actor=rafi, team_id=wolves.pk, tagline="New")
    accept_invite(actor=mim, invite_id=invite_player(actor=rafi, team_id=wolves.pk, player=mim).pk)
    client.force_login(rafi)

    page = client.get(f"{PAGE}?{query.replace('MIM', str(mim.pk))}")

    assert {line.did.split()[0] for line in page.context["lines"]} == found


def test_pages_go_on_and_cost_the_same(client, wolves, rafi, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("apps.teams.views.log.PAGE_SIZE", 5)
    client.force_login(rafi)

    def act():
        player = make_user()
        audit.record(actor=player, action="team.request_sent", target=wolves, new={"player": player.pk})
        audit.record(
            actor=rafi, action="team.invite_sent", target=wolves, new={"invite": make_invite(wolves, player).pk}
        )

    act()
    client.get(PAGE)
    with django_assert_max_num_queries(100) as few:
        client.get(PAGE)
    for _ in range(10):
        act()
    with django_assert_max_num_queries(100) as many:
        page = client.get(PAGE)
    assert len(many) == len(few)

    seen = len(page.context["lines"])
    while page.context["next_url"]:
        page = client.get(PAGE + page.context["next_url"])
        seen += len(page.context["lines"])
    assert seen == 22


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="reads PostgreSQL's plan")
def test_an_index_serves_it(wolves):
    """A page can take the team's own rows from it in their order. So few fit into one bitmap, which has none."""
    AuditEvent.objects.bulk_create(
        AuditEvent(action="team.updated", target_type="teams.team", target_id=str(pk), actor_id=1)
        for pk in (wolves.pk, *range(10_000, 10_040))
        for _ in range(50)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_auditevent")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = log(Team(pk=wolves.pk)).order_by("-pk")[:41].explain()
    assert "core_audit_target" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan


def test_only_the_captain_reads_it_and_the_next_captain_too(client, wolves, rafi, mim):
    add_member(wolves, mim, "co_captain")
    client.force_login(mim)
    assert client.get(PAGE).status_code == 403
    leave_team(actor=rafi, team_id=wolves.pk)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "made mim captain" in {line.did for line in page.context["lines"]}


def test_a_team_without_acts_says_so(client, wolves, rafi):
    client.force_login(rafi)
    assert "Nothing yet" in client.get(PAGE).content.decode()
    assert "Nothing of this kind" in client.get(f"{PAGE}?kind=money").content.decode()


def test_a_disbanded_team_has_no_log_to_read(client, wolves, rafi):
    disband_team(actor=rafi, team_id=wolves.pk)
    client.force_login(rafi)
    assert client.get(reverse("teams:team_log", args=["dhaka-wolves"])).status_code == 404
