"""The component gallery (``/ui/gallery``): every component with invented data, for those who build pages.
Development only.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views import View

from prm.ui import listings, marks, tables
from prm.ui.chart_samples import sample_scatter, samples
from prm.ui.filters import ChoiceFilter, DateFilter, FlagFilter, RangeFilter, TextFilter

COMPANIES = json.loads("""[
["Isère Cloud","Grenoble","MSP","wa","Candidate",62,11,24,"Tessel,-Nordwall",82,320,412,520,91],
["Armor Systèmes","Lorient","Integrator","o","Identified",73,12,29,"-Nordwall,Tessel",81,250,447,640,69],
["Ligérien Réseaux","Angers","VAR","","Targeted",54,10,15,"-Nordwall",80,230,351,480,72],
["Opaline IT","Bordeaux","Integrator","us","Onboarding",88,16,31,"+Orvane,Celadon",79,430,538,640,94],
["Atelier Numérique Ouest","Nantes","VAR","us","Active",41,8,12,"+Orvane,Tessel",78,240,296,360,88],
["Aubépine Informatique","Le Mans","VAR","o","Identified",33,7,9,"-Kestrel",76,110,188,280,54],
["Cobalt Infogérance","Tours","MSP","us","Active",119,14,58,"+Orvane,Celadon",73,470,602,720,96],
["Vendelis","La Roche-sur-Yon","VAR","","Targeted",27,6,8,"Tessel",72,100,164,220,61],
["Girondine de Réseaux","Mérignac","Integrator","o","Identified",96,null,40,"-Nordwall,-Kestrel",72,300,489,780,48],
["Solvane Télécom","Poitiers","VAR","wa","Candidate",45,9,11,"-Nordwall",70,190,274,350,83],
["Pertuis Services","La Rochelle","MSP","o","Identified",38,5,17,"-Kestrel",68,130,203,290,66],
["Tramontane IT","Montpellier","VAR","us","Active",58,13,14,"+Orvane,-Nordwall",67,270,331,390,97],
["Quai Neuf Conseil","Nantes","Integrator","o","Identified",82,9,44,"Celadon",64,220,377,610,58],
["Bocage Infogérance","Cholet","MSP","","Targeted",51,6,23,"-Nordwall",63,180,258,360,70],
["Océane Bureautique","Vannes","Reseller","o","Identified",29,11,null,"",62,80,141,240,41],
["Marais Télécom","Niort","VAR","o","Identified",24,6,7,"-Kestrel",60,90,132,180,63],
["Côte & Fils Réseaux","Saint-Nazaire","VAR","o","Identified",31,7,9,"-Nordwall,Tessel",59,130,176,230,67],
["Dordonia","Périgueux","Reseller","o","Identified",22,8,3,"",57,60,98,150,52]
]""")
FIELDS = "name place typology dot life employees sales engineers carries alike p10 p50 p90 known".split()


def _rows() -> list[SimpleNamespace]:
    found = [SimpleNamespace(**dict(zip(FIELDS, row, strict=True))) for row in COMPANIES]
    for row in found:
        row.share = row.known / 100
        row.parts = [(f"c-{n}", row.alike * part) for n, part in enumerate((0.27, 0.23, 0.18, 0.14, 0.08, 0.1), 1)]
    return found


def _name(row: Any) -> SafeString:
    return format_html(
        '<span class="co"><a class="nm" href="#">{}</a> <span class="at">{}</span></span>', row.name, row.place
    )


def _carries(row: Any) -> SafeString | str:
    if not row.carries:
        return format_html('<span class="mute">{}</span>', "none known")
    kinds = {"+": "us", "-": "them"}
    return format_html_join("", "{}", ((marks.tag(v.lstrip("+-"), kinds.get(v[0], "")),) for v in row.carries.split(",")))


def _force(row: Any) -> SafeString:
    known = [marks.unknown_cell() if v is None else v for v in (row.sales, row.engineers)]
    return format_html('{} <span class="mute">/</span> {}', *known)


def companies_spec() -> tables.ListSpec:
    """The company list of the pictures."""
    column = tables.Column
    return tables.ListSpec(
        name="gallery-companies",
        sort="-resemblance",
        search="Name or place",
        columns=(
            column(key="company", label="Company", cell=_name, sort="name", locked=True, phone="name"),
            column(
                key="typology",
                label="Typology",
                cell=lambda r: format_html('<span class="sub">{}</span>', r.typology),
                phone="meta",
            ),
            column(
                key="lifecycle", label="Lifecycle", cell=lambda r: format_html("{}{}", marks.dot(r.dot), r.life), phone="meta"
            ),
            column(key="employees", label="Employees", cell=lambda r: r.employees, sort="employees", numeric=True),
            column(key="force", label="Sales/eng.", cell=_force, numeric=True),
            column(key="carries", label="Carries", cell=_carries),
            column(
                key="resemblance",
                label="Resemblance",
                cell=lambda r: marks.figure_meter(r.alike, r.alike / 100),
                sort="resemblance",
                numeric=True,
                phone="figure",
            ),
            column(
                key="potential",
                label="Potential €k",
                sort="potential",
                numeric=True,
                cell=lambda r: format_html(
                    '<span class="fig-with">{}<span class="fig med">{}</span></span>',
                    marks.whisker(r.p10, r.p50, r.p90, top=800),
                    r.p50,
                ),
            ),
            column(key="known", label="Known", cell=lambda r: marks.known(r.known / 100), numeric=True),
            column(key="freshness", label="Freshness", cell=lambda r: None, shown=False),
            column(key="manager", label="Account manager", cell=lambda r: None, shown=False),
        ),
        filters=(
            ChoiceFilter(
                key="territory",
                label="Territory",
                choices=[("west", "West"), ("south", "South"), ("east", "East"), ("north", "North")],
            ),
            ChoiceFilter(
                key="typology", label="Typology", choices=[(t, t) for t in ("VAR", "MSP", "Integrator", "Reseller")]
            ),
            RangeFilter(key="employees", label="Employees"),
            RangeFilter(key="potential", label="Potential", currency="EUR"),
            FlagFilter(key="partner", label="Partner"),
            DateFilter(key="touched", label="Last touch"),
            TextFilter(key="city", label="City"),
        ),
    )


class SampleForm(forms.Form):
    """A form with faults, for the error states."""

    activity = forms.CharField(label="Activity")
    amount = forms.DecimalField(label="Amount claimed", max_value=6500)
    contact = forms.EmailField(label="Their contact", required=False, help_text="We only write to them with your consent.")
    when = forms.ChoiceField(
        label="When will they sign?",
        choices=[("6", "June"), ("7", "July"), ("8", "August"), ("l", "Later")],
        widget=forms.RadioSelect,
    )


class GalleryView(View):
    """``/ui/gallery`` shows the components, ``?page=list`` a list, ``?page=charts`` the charts,
    ``?page=study`` the slim shell.
    """

    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not getattr(settings, "PRM_GALLERY", settings.DEBUG):
            raise Http404
        if request.actor.is_anonymous:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        page = request.GET.get("page", "components")
        if page == "list":
            return self._list(request)
        if page == "study":
            return TemplateResponse(request, "ui/gallery/study.html", {"rows": _rows()[:11], "scatter": sample_scatter()})
        if page == "charts":
            return TemplateResponse(request, "ui/gallery/charts.html", {"charts": samples()})
        now = timezone.now()
        form = SampleForm({"activity": "Roadshow, Nantes, 14 April", "amount": "7200", "when": "7"})
        return TemplateResponse(
            request,
            "ui/gallery/components.html",
            {
                "icons": sorted(name for name in _icon_names()),
                "form": form,
                "today": date.today(),
                "old": date.today() - timedelta(days=700),
                "stale": date.today() - timedelta(days=1300),
                "parts": [("c-1", 22.0), ("c-2", 18.8), ("c-3", 14.8), ("c-4", 11.8), ("c-5", 6.2), ("c-6", 8.6)],
                "trend": [3, 4, 4.2, 5, 5.1, 6, 6.2, 7.4],
                "tabs": [
                    {"label": "Overview", "url": "#", "current": True},
                    {"label": "Facts", "url": "#", "count": 38},
                    {"label": "History", "url": "#"},
                ],
                "entries": [
                    {
                        "icon": "briefcase",
                        "text": format_html("Registered <b>{}</b>, €84,000", "Mutuelle Armorine"),
                        "about": "Yann Le Goff · no conflict",
                        "at": now - timedelta(minutes=20),
                    },
                    {
                        "icon": "certificate",
                        "text": format_html("Maël Briand passed <b>{}</b>", "Firewall Expert"),
                        "about": "5 of 6 certificates for Gold",
                        "at": now - timedelta(days=2),
                    },
                    {
                        "icon": "user-check",
                        "text": "Updated 6 facts from the portal",
                        "about": "Employees 44 → 46",
                        "at": now - timedelta(days=70),
                    },
                ],
                "vendors": [
                    {"label": "Tessel", "share": 1.0, "figure": "30 %", "kind": "other"},
                    {"label": "Nordwall", "share": 0.73, "figure": "22 %", "kind": "them"},
                    {
                        "label": "Orvane",
                        "share": 0.6,
                        "figure": "18 %",
                        "kind": "us",
                        "ours": True,
                        "change": 5,
                        "change_text": "5",
                    },
                    {"label": "Not known", "share": None, "figure": "9 %"},
                ],
                "steps": [
                    {"label": "Read and mapped 24 columns", "state": "done", "figure": "3 s"},
                    {"label": "Checked every cell", "state": "done", "figure": "37 faults"},
                    {"label": "Writing, duplicates held for you", "state": "now", "figure": "18 held"},
                    {"label": "Summary, and undo for 24 hours", "state": "next"},
                ],
                "moment": datetime.now(tz=timezone.get_current_timezone()),
            },
        )

    def _list(self, request: HttpRequest) -> HttpResponse:
        spec = companies_spec()
        state = spec.state(request)
        rows = _rows()
        if state.q:
            rows = [row for row in rows if state.q.lower() in f"{row.name} {row.place}".lower()]
        if "typology" in state.values:
            rows = [row for row in rows if row.typology in state.values["typology"]]
        total = len(rows) if state.is_filtered else 312
        views = [
            ("All", "", 5012, False),
            ("My partners", "v=2", 31, False),
            ("White space West", "v=3", 312, False),
            ("Like Kerlan", "v=4", None, True),
            ("Carry Nordwall", "v=5", None, True),
            ("To refresh", "v=6", 148, False),
        ]
        act = listings.BulkAct
        listing = listings.Listing(
            spec=spec,
            state=state,
            noun="Companies",
            sums="Potential €48.6 M at P50 · 11 partners already",
            page=tables.Page(rows=rows, total=total, next="abc"),
            views=[
                listings.ViewTab(label=n, query=q, count=c, shared=s, current=n.startswith("White")) for n, q, c, s in views
            ],
            bulk=[
                act(label="Target list", url="#", icon="list-details"),
                act(label="Assign", url="#", icon="user-plus"),
                act(label="Ask for facts", url="#", icon="forms"),
                act(label="Merge", url="#", icon="git-merge"),
                act(label="Make candidates", url="#", main=True),
            ],
            saving={"template": "views/saving.html", "list_name": "companies"},
            export="companies",
            row_id=lambda r: r.name,
        )
        return listings.render_list(request, listing, "ui/gallery/list.html")


def _icon_names() -> list[str]:
    path = settings.BASE_DIR / "frontend" / "icons.txt"
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
