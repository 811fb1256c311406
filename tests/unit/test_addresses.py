"""An address is opened only if it is Stripe's own (docs/decisions/0026)."""

from __future__ import annotations

from string import ascii_letters, digits, printable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.money.addresses import dispute_address, is_return_page, openable, page_address, returns_here
from engine.domain.shared.errors import StrangeAddress

SANDBOX = "http://127.0.0.1:24100"
PAGE = "https://checkout.stripe.com/c/pay/cs_test_a1B2#fidkdWxOYHwnPyd1blpxYHZxWjA0%2FSDF"
STRANGE = (
    "",
    "file:///etc/passwd",
    "file://checkout.stripe.com/c/pay/x",
    "smb://checkout.stripe.com/c",
    "javascript:alert(1)//checkout.stripe.com",
    "data:text/html,checkout.stripe.com",
    "http://checkout.stripe.com/c/pay/x",
    "https://checkout.stripe.com.evil.example/c",
    "https://evil.example/checkout.stripe.com",
    "https://evil.example#checkout.stripe.com",
    "https://checkout.stripe.com@evil.example/c",
    "https://user:word@checkout.stripe.com/c",
    "https://checkout.stripe.com:8443/c",
    "https://checkout.stripe.com./c",
    "https://checkout.stripe.com\\@evil.example/c",
    "https://evil.example\\.checkout.stripe.com/",
    "https://checkout.strípe.com/c",
    "https://сheckout.stripe.com/c",  # noqa: RUF001 -- a Cyrillic letter, on purpose
    "https://xn--heckout-2fg.stripe.com/c",
    "https://checkout。stripe。com/c",
    "https://checkout.stripe.com/c\n",
    " https://checkout.stripe.com/c",
    "https:checkout.stripe.com/c",
    "https:/checkout.stripe.com/c",
    "https:///checkout.stripe.com/c",
    "//checkout.stripe.com/c",
    "https://[checkout.stripe.com]/c",
    "https://checkout.stripe.com/" + "x" * 9000,
    "ms-settings:network",
    "mailto:pay@checkout.stripe.com",
)


def test_stripes_own_page_is_opened():
    assert PAGE == page_address(PAGE)
    assert PAGE == page_address(PAGE, SANDBOX)


def test_the_sandboxs_page_is_opened_beside_that_sandbox_only():
    url = f"{SANDBOX}/pay/abcdef"

    assert url == page_address(url, SANDBOX)
    for other in ("", "http://127.0.0.1:24101", "https://127.0.0.1:24100", "http://evil.example", "nonsense"):
        with pytest.raises(StrangeAddress):
            page_address(url, other)


@pytest.mark.parametrize("url", STRANGE)
@pytest.mark.parametrize("sandbox", ["", SANDBOX])
def test_everything_else_is_refused(url, sandbox):
    with pytest.raises(StrangeAddress):
        page_address(url, sandbox)


@pytest.mark.parametrize("url", [each.replace("checkout.stripe.com", "127.0.0.1:24100") for each in STRANGE])
def test_what_looks_like_the_sandbox_is_refused(url):
    if not url.startswith(f"{SANDBOX}/"):
        with pytest.raises(StrangeAddress):
            page_address(url, SANDBOX)


@given(st.one_of(st.text(max_size=80), st.text(alphabet=printable, max_size=80)))
def test_no_text_gets_past_that_is_not_stripes_host(text):
    for url in (text, f"https://{text}", f"https://checkout.stripe.com{text}", f"https://{text}checkout.stripe.com/"):
        try:
            passed = page_address(url)
        except StrangeAddress:
            continue
        parts = urlsplit(passed)
        assert ("https", "checkout.stripe.com") == (parts.scheme, parts.netloc)
        assert parts.username is parts.password is parts.port is None


@given(st.text(max_size=30) | st.from_regex(r"d[up]_[A-Za-z0-9./?#@:%-]{1,20}", fullmatch=True), st.booleans())
def test_of_the_dashboard_only_a_disputes_own_page_is_opened(dispute_id, livemode):
    url = f"https://dashboard.stripe.com{'' if livemode else '/test'}/disputes/{dispute_id}"
    if dispute_id[:3] in ("du_", "dp_") and dispute_id[3:].isascii() and dispute_id[3:].isalnum():
        assert url == dispute_address(dispute_id, livemode=livemode) == openable(url)
    else:
        for refuse in (lambda: dispute_address(dispute_id, livemode=livemode), lambda: openable(url)):
            with pytest.raises(StrangeAddress):
                refuse()
    with pytest.raises(StrangeAddress):
        page_address(url)  # nobody pays there


@given(st.text(alphabet=ascii_letters + digits + "-_", min_size=20, max_size=64), st.integers(1, 65535))
def test_a_desks_own_page_is_known_by_its_form(token, port):
    assert returns_here(f"http://127.0.0.1:{port}/paid/{token}")
    assert not returns_here(f"http://evil.example:{port}/paid/{token}")
    assert not returns_here(f"http://127.0.0.1:{port}@evil.example/paid/{token}")


@pytest.mark.parametrize(
    "url",
    [
        "http://firm.example/paid",
        "https://user@firm.example/paid",
        "https://firm.example/paid?to=x",
        "https://firm.example/paid#x",
        "https://localhost/paid",
        "https://fírm.example/paid",
        "javascript:alert(1)",
        "",
    ],
)
def test_only_an_https_page_with_a_name_can_be_recorded(url):
    assert not is_return_page(url)
    assert is_return_page("https://firm.example/paid/thanks.html")
