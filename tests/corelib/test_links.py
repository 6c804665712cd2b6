"""A link leads where its icon says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.corelib.links import LINK_KINDS, clean_link
from apps.corelib.typed import InputError


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("youtube", "https://www.youtube.com/@rafi", "https://www.youtube.com/@rafi"),
        ("youtube", "youtube.com/@rafi", "https://youtube.com/@rafi"),
        ("youtube", "@rafi.plays", "https://www.youtube.com/@rafi.plays"),
        ("youtube", "https://youtu.be/abc?t=1#x", "https://youtu.be/abc?t=1"),
        ("twitch", "rafibd", "https://www.twitch.tv/rafibd"),
        ("discord", "http://discord.gg/abc", "https://discord.gg/abc"),
        ("facebook", "https://m.facebook.com/rafi", "https://m.facebook.com/rafi"),
        ("x", "https://twitter.com/rafi", "https://twitter.com/rafi"),
        ("instagram", " HTTPS://WWW.Instagram.com/Rafi/ ", "https://www.instagram.com/Rafi/"),
        ("website", "example.com", "https://example.com"),
        ("website", "http://rafi.example.com/a?b=c", "http://rafi.example.com/a?b=c"),
        ("website", "https://বাংলা.com/", "https://xn--54b7fta0cc.com/"),
        ("twitch", "  ", ""),
    ],
)
def test_an_address_or_a_handle_is_completed(kind, typed, stored):
    assert clean_link(kind, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed", "reason"),
    [
        ("youtube", "https://evil.example/youtube.com", "This leads to evil.example, not to YouTube."),
        ("youtube", "https://youtube.com.evil.example/@x", "This leads to youtube.com.evil.example, not to YouTube."),
        ("youtube", "https://youtube.com@evil.example/x", "Leave out login and port."),
        ("youtube", "https://notyoutube.com/x", "This leads to notyoutube.com"),
        ("youtube", "https://youtube.com/", "This is YouTube itself. Add your name."),
        ("discord", "rafi", "Discord looks like https://discord.gg/invite."),
        ("twitch", "https://twitch.tv:8080/x", "Leave out login and port."),
        ("website", "javascript:alert(1)", "Website looks like"),
        ("website", "javascript://example.com/%0aalert(1)", "Website looks like"),
        ("website", "data:text/html,x", "Website looks like"),
        ("website", "https://127.0.0.1/", "Website looks like"),
        ("website", "https://[::1]/", "Website looks like"),
        ("website", "https://localhost/", "Website looks like"),
        ("website", "https://exam ple", "Website looks like"),
        ("website", "https://example.com\\@evil.example", "Website looks like"),
        ("website", "https://example.com/" + "a" * 200, "The address is longer than 200 characters."),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused_with_the_reason(kind, typed, reason):
    with pytest.raises(InputError) as refusal:
        clean_link(kind, typed)
    assert reason in str(refusal.value)


@given(kind=st.sampled_from(list(LINK_KINDS)), typed=st.text(max_size=60))
def test_whatever_is_typed_gives_a_web_address_or_a_refusal(kind, typed):
    try:
        stored = clean_link(kind, typed)
    except InputError:
        return
    assert stored == "" or stored.startswith(("https://", "http://"))
    assert clean_link(kind, stored) == stored
