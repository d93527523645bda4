"""The policy that is put together once is the library's."""

from csp.utils import build_policy
from django.http import HttpResponse
from django.test import RequestFactory

from config.content_security import ContentSecurityPolicyMiddleware

HEADER = "Content-Security-Policy"


def answer_to(view):
    return ContentSecurityPolicyMiddleware(view)(RequestFactory().get("/"))


def directives(policy):
    return {part.strip() for part in policy.split(";")}


def test_page_has_its_own_nonce():
    seen = []

    def view(request):
        seen.append(str(request.csp_nonce))
        return HttpResponse()

    first, second = (answer_to(view)[HEADER] for _ in range(2))

    assert seen[0] != seen[1]
    assert directives(first) == directives(build_policy(nonce=seen[0]))
    assert directives(second) == directives(build_policy(nonce=seen[1]))


def test_page_without_scripts_of_its_own_has_no_nonce():
    policy = answer_to(lambda request: HttpResponse())[HEADER]
    assert directives(policy) == directives(build_policy())


def test_stricter_policy_of_a_view_stays():
    response = answer_to(lambda request: HttpResponse(headers={HEADER: "sandbox"}))
    assert response[HEADER] == "sandbox"
