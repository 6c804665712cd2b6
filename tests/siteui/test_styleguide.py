import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from apps.siteui.samples import FOLDER, TITLES, samples

THEMES = ("dark", "light")
SMALL_TARGETS = """
() => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]
  .filter((el) => el.checkVisibility() && !el.closest("p, li, td, th, figure, .styleguide-index, [hidden]"))
  .map((el) => [el.labels?.length && el.matches("[type=checkbox], [type=radio]") ? el.labels[0] : el][0])
  .map((el) => [el.outerHTML.slice(0, 90), el.getBoundingClientRect()])
  .filter(([, box]) => box.height > 1 && box.height < 43.5)
  .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)
"""


def user(**flags: bool):
    return get_user_model().objects.create_user("nadia", "nadia@example.test", "x", **flags)


@pytest.mark.django_db
class TestWhoMaySee:
    def test_a_visitor_is_asked_to_log_in(self, client: Client) -> None:
        response = client.get("/styleguide/")
        assert response.status_code == 302
        assert "next=/styleguide/" in response["Location"]

    def test_a_user_is_refused(self, client: Client) -> None:
        client.force_login(user())
        assert client.get("/styleguide/").status_code == 403

    def test_staff_see_it(self, client: Client) -> None:
        client.force_login(user(is_staff=True))
        assert client.get("/styleguide/").status_code == 200

    def test_nothing_can_be_posted(self, client: Client) -> None:
        client.force_login(user(is_staff=True))
        assert client.post("/styleguide/").status_code == 405


def test_every_sample_has_a_title_and_every_title_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.html")} == set(TITLES)


@pytest.mark.django_db
def test_each_sample_is_shown_drawn_and_as_a_snippet(client: Client) -> None:
    client.force_login(user(is_staff=True))
    html = client.get("/styleguide/").content.decode()
    for sample in samples():
        assert f'<section id="{sample.name}"' in html
    assert "&lt;c-rank-row position=&quot;1&quot;" in html
    assert "<c-" not in html  # a component that was not found would stand there as it is
    assert " style=" not in html


@pytest.fixture
def staff(person, live_site):
    """Staff with a window of the wished size, logged in, on the style guide."""

    def open_window(viewport: str | dict, *, theme: str = "dark", **options):
        somebody = person(viewport, **options)
        if not get_user_model().objects.filter(username="nadia").exists():
            user(is_staff=True)
        client = Client()
        client.force_login(get_user_model().objects.get(username="nadia"))
        somebody.context.add_cookies(
            [
                {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site.url},
                {"name": "theme", "value": theme, "url": live_site.url},
            ]
        )
        somebody.visit("/styleguide/")
        return somebody

    return open_window


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_every_component_is_accessible(staff, viewport: str, theme: str) -> None:
    staff(viewport, theme=theme).assert_accessible()


def test_a_phone_shows_everything_in_reach_of_a_thumb(staff) -> None:
    page = staff("phone").page
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_overlays_work_by_keyboard(staff) -> None:
    page = staff("desktop").page

    page.get_by_role("link", name="Leave team").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Leave Padma Titans?")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()

    page.get_by_label("More about Mim").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").strip() == "Profile"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "More about Mim"
    assert page.get_by_role("link", name="Make captain").count() == 0

    page.evaluate("document.getElementById('toasts').append(document.querySelector('.sample .toast'))")
    page.locator("#toasts").get_by_role("button", name="Dismiss").press("Enter")
    assert page.locator("#toasts .toast").count() == 0


def test_without_javascript_menus_open_and_no_button_is_dead(staff) -> None:
    page = staff("phone", js=False).page
    page.get_by_label("More about Mim").click()
    assert page.get_by_role("link", name="Make captain").is_visible()
    assert page.get_by_role("button", name="Dismiss").count() == 0
    assert page.get_by_role("button", name="Copy", exact=True).count() == 0
    assert page.get_by_text("Your place opens up at once.").first.is_visible()  # the dialog stands on the page


def test_a_request_that_fails_is_said_until_it_is_dismissed(staff) -> None:
    somebody = staff("phone")
    page = somebody.page
    somebody.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/theme/', '#live').catch(() => {})")
    alert = page.get_by_role("alert").filter(has_text="you seem to be offline")
    alert.wait_for()
    alert.get_by_role("button", name="Dismiss").click()
    assert alert.count() == 0


def test_what_htmx_posts_carries_the_token(staff) -> None:
    page = staff("phone").page
    page.goto("/theme/")  # a page with a form sets the cookie
    with page.expect_response("**/theme/") as answer:
        page.evaluate("htmx.ajax('POST', '/theme/', {target: '#live', values: {theme: 'light'}})")
    assert answer.value.status == 302


def test_the_theme_is_chosen_without_javascript(person) -> None:
    page = person("phone", js=False).page
    page.goto("/theme/?next=/theme/")
    page.get_by_label("Light").check()
    page.get_by_role("button", name="Use this theme").click()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_under_reduced_motion_nothing_moves(staff) -> None:
    page = staff("phone", reduced_motion="reduce").page
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") in ("0s", "0.001s")
    assert (
        page.evaluate("document.getAnimations().filter((a) => a.effect.getTiming().iterations === Infinity).length")
        == 0
    )
