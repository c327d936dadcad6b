"""What a problem's ``type`` leads to, for whoever calls the API: the vendor's programs, a partner's, and those without a key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views import View

from prm.api.problem_codes import CODES


class ProblemsPage(View):
    """``/developers/problems``: the codes that any operation may answer. No secret, so nobody is asked who they are."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "api/problems.html", {"codes": CODES})
