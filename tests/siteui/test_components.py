"""Components escape what they are given, and say to assistive technology what they show."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory, override_settings
from django.utils import timezone
from django_cotton.compiler_regex import CottonCompiler

from apps.common import icons

EVIL = '"><script>alert(1)</script>'


def draw(source: str, **context: object) -> str:
    """Render ``source`` as a template that holds components."""
    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.render(context, RequestFactory().get("/teams/", {"q": "a b", "page": "2"})).strip()


@pytest.mark.parametrize(
    "source",
    [
        '<c-button :href="evil">{{ evil }}</c-button>',
        '<c-button data-x="{{ evil }}">x</c-button>',
        '<c-button :data-x="evil">x</c-button>',
        '<c-card :title="evil">{{ evil }}</c-card>',
        '<c-card title="{{ evil }}" :id="evil"></c-card>',
        '<c-page-header :title="evil" :eyebrow="evil" :text="evil" />',
        '<c-badge :title="evil">{{ evil }}</c-badge>',
        '<c-crest :tag="evil" :seed="evil" :label="evil" />',
        '<c-crest :src="evil" :label="evil" />',
        '<c-avatar :name="evil" :label="evil" />',
        '<c-avatar :profile="profile" />',
        '<c-game-mark :code="evil" :label="evil" />',
        '<c-empty :title="evil" :text="evil" :action="evil" :href="evil" />',
        '<c-alert :title="evil">{{ evil }}</c-alert>',
        '<c-toast :kind="evil">{{ evil }}</c-toast>',
        '<c-tabs :items="tabs" :label="evil" />',
        '<c-stat :label="evil" :value="evil" :note="evil" />',
        '<c-table :caption="evil"></c-table>',
        '<c-dialog id="d" :title="evil" :trigger="evil">{{ evil }}</c-dialog>',
        '<c-menu :label="evil">{{ evil }}</c-menu>',
        '<c-pagination :next="evil" :previous="evil" />',
        '<c-crumb :href="evil">{{ evil }}</c-crumb>',
        '<c-progress :label="evil" :value="evil" />',
        '<c-steps :items="words" />',
        '<c-copy :value="evil" :label="evil" />',
        '<c-rank-row position="1" :name="evil" :tag="evil" :href="evil" :game_name="evil" :note="evil" />',
        '<c-roster-card :name="evil" :href="evil" :role="evil" :in_game="evil" />',
        '<c-roster-open :href="evil" :text="evil" :action="evil" />',
        '<c-ledger-row :amount="5" :reason="evil" :href="evil" />',
        '<c-identity-header :name="evil" :tag="evil" :seed="evil" :eyebrow="evil" :tagline="evil" :banner="evil" />',
        '<c-fact :label="evil" :value="evil" />',
        '<c-chart kind="bar" :title="evil" :data="data" :note="evil" />',
        '<c-chart kind="stack" :title="evil" :data="data" />',
        '<c-chart kind="line" :title="evil" :data="data" />',
        '<c-chart kind="donut" :title="evil" :data="data" />',
    ],
)
def test_a_component_escapes_what_people_wrote(source: str) -> None:
    html = draw(
        source,
        evil=EVIL,
        profile=SimpleNamespace(display_name=EVIL, avatar_url=EVIL, pk=1),
        tabs=[{"url": EVIL, "label": EVIL, "count": EVIL}],
        words=[EVIL],
        data=[(EVIL, 1), ("b", 2)],
    )
    assert "<script" not in html


def test_a_component_does_not_pick_up_the_page_s_variables() -> None:
    assert draw("<c-button>Save</c-button>", href="/elsewhere", variant="danger") == (
        '<button class="button " type="submit" data-variant="secondary">Save</button>'
    )


def test_attributes_pass_through_and_empty_ones_stay_away() -> None:
    html = draw(
        '<c-button :hidden="no" :disabled="yes" hx-post="/x" aria-label="More">x</c-button>', yes=True, no=False
    )
    assert ' disabled hx-post="/x" aria-label="More">' in html
    assert "hidden" not in html


@pytest.mark.parametrize(
    "source", ['<c-time :at="at" />', "<c-badge>x</c-badge>", '<c-icon name="bell" />', "<c-kbd>x</c-kbd>"]
)
def test_inline_components_add_no_space_before_a_full_stop(source: str) -> None:
    html = draw(f"<p>{source}.</p>", at=timezone.now())
    assert html.startswith("<p><")
    assert html.endswith(">.</p>")


def test_an_unknown_icon_is_an_error_in_development_and_a_delta_elsewhere() -> None:
    with override_settings(DEBUG=True), pytest.raises(TemplateSyntaxError, match=r"icons\.py"):
        draw('<c-icon name="unicorn" />')
    assert icons.OWN["delta"] in draw('<c-icon name="unicorn" />')


class TeamForm(forms.Form):
    name = forms.CharField(help_text="As on <b>jerseys</b>.")
    about = forms.CharField(required=False, widget=forms.Textarea)
    role = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_names_its_help_and_its_error_for_screen_readers() -> None:
    form = TeamForm({"name": ""})
    html = draw('<c-field :field="form.name" autocomplete="organization" />', form=form)
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="organization"' in html
    assert "As on &lt;b&gt;jerseys&lt;/b&gt;." in html


def test_a_refused_field_keeps_what_was_typed() -> None:
    form = TeamForm({"name": EVIL, "role": "zzz"})
    html = draw("{{ form }}", form=form)
    assert 'value="&quot;&gt;&lt;script&gt;' in html
    assert "<script" not in html


def test_a_form_drawn_whole_uses_the_site_s_fields_and_lists_errors_as_links() -> None:
    html = draw("{{ form }}", form=TeamForm({}))
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert html.count('<div class="field"') == 4
    assert "<legend>Role</legend>" in html
    assert 'type="hidden" name="token"' in html
    assert html.count('name="token"') == 1


def test_an_optional_field_says_so() -> None:
    assert 'About <span class="field-optional">optional</span>' in draw('<c-field :field="f.about" />', f=TeamForm())


def test_a_form_without_errors_has_no_summary() -> None:
    assert draw('<c-form-errors :form="form" />', form=TeamForm()) == ""


def test_pages_keep_the_rest_of_the_address() -> None:
    page = Paginator(range(100), 10).page(2)
    html = draw('<c-pagination :page="page" />', page=page)
    assert 'href="?q=a+b&amp;page=3" aria-label="Page 3"' in html
    assert '<span aria-current="page">2</span>' in html


def test_one_page_needs_no_pagination() -> None:
    assert draw('<c-pagination :page="page" />', page=Paginator([1], 10).page(1)) == ""


def test_movement_is_said_in_words() -> None:
    assert "up 3 places" in draw('<c-movement by="3" />')
    assert "down 1 place<" in draw('<c-movement by="-1" />')
    assert "no change" in draw('<c-movement by="0" />')


def test_a_time_has_its_full_form_in_dhaka() -> None:
    at = timezone.now() - timedelta(hours=2)
    local = timezone.localtime(at)
    html = draw('<c-time :at="at" />', at=at)
    assert ">2 hours ago</time>" in html
    assert f'title="{local.day} {local:%B %Y, %H:%M}"' in html
    assert draw('<c-time :at="at" />', at=None) == ""


def test_a_chart_has_its_table_behind_it() -> None:
    html = draw('<c-chart kind="stack" title="Points" :data="data" />', data=[("Winner", 500), ("None", 0)])
    assert "<details" in html
    assert '<th scope="row">None</th><td class="num">0</td>' in html


def test_a_person_with_a_picture_is_shown_with_it() -> None:
    person = SimpleNamespace(avatar_url="/media/a.webp", display_name="Mim", pk=3)
    html = draw('<c-avatar :profile="person" size="32" />', person=person)
    assert html.startswith('<img class="avatar" src="/media/a.webp" width="32" height="32" alt=""')


def test_steps_say_where_you_are() -> None:
    html = draw("<c-steps :items=\"['Name', 'Game', 'Invite']\" current=\"2\" />")
    assert 'data-state="done">Name<span class="visually-hidden"> (done)</span>' in html
    assert 'aria-current="step">Game' in html
