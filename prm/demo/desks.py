"""What Orvane's people keep: views of their lists, keys of programs, companies put away."""

from __future__ import annotations

from urllib.parse import urlencode

from prm.access.roles import as_role
from prm.accounts.selectors.keys import api_key_list
from prm.accounts.services.keys import api_key_create, api_key_revoke
from prm.demo.accounts import demo_actor
from prm.demo.registry import WorldContext, register_world
from prm.demo.universe import company_ids
from prm.partners.services.companies import company_archive
from prm.views.models import SavedView
from prm.views.services import saved_view_create

# Names that colleagues see read in English and in French: they are one text for all of them.
# Whose, of which list, name, whether colleagues see it, what it asks for.
_VIEWS = (
    ("rousset", "companies", "Prospects FR-WEST", True, {"territory": "FR-WEST", "typology": ["var", "integrator", "msp"],
                                                        "partner": "no", "employees_min": 20, "sort": "-employees"}),
    ("rousset", "companies", "Type Kerlan", True, {"typology": "var", "vendor": "tessel", "employees_min": 25, "employees_max": 90,
                                                   "partner": "no", "sort": "-known"}),
    ("vidal", "companies", "Nordwall", True, {"vendor": "nordwall", "sort": "-revenue"}),
    ("rousset", "companies", "To refresh", False, {"partner": "yes", "territory": "FR-WEST", "sort": "known"}),
    ("vidal", "companies", "Croissance forte", False, {"growth_min": 15, "partner": "no", "sort": "-growth"}),
    ("marchal", "companies", "Suisse romande", False, {"country": "CH", "partner": "no", "sort": "-employees"}),
    ("rousset", "partners", "Bretagne + Pays de la Loire", True, {"territory": ["FR-BRE", "FR-PDL"], "lifecycle": ["active", "extended"],
                                                   "sort": "-sales"}),
    ("vidal", "sales", "{year}", True, {"sold_from": "{year}-01-01", "sort": "-sold"}),
    ("tessier", "imports", "Attention", True, {"state": ["checked", "failed"]}),
    ("tessier", "jobs", "Incidents", True, {"state": "failed"}),
)  # fmt: skip
_KEYS = (
    ("tessier", "ERP, sales every night", ["sales:read", "sales:write", "partners:read"], False),
    ("tessier", "Data warehouse, first try", ["companies:read"], True),
    ("rousset", "Spreadsheet of the West", ["companies:read", "studies:read"], False),
)
PUT_AWAY = 3


def _is_there(context: WorldContext) -> bool:
    return SavedView.objects.exists()


@register_world("partners.desks", order=510, is_there=_is_there, whole=False)
def build(context: WorldContext) -> str:
    """Views, keys and archived companies, each by whoever would."""
    for whose, list_name, name, is_shared, asked in _VIEWS:
        actor = demo_actor(whose)
        year = context.day.today.year
        query = urlencode(asked, doseq=True, safe="{}").format(year=year)
        with as_role(actor):
            saved_view_create(actor=actor, list_name=list_name, name=name.format(year=year), query=query, is_shared=is_shared)
    for whose, name, scopes, is_over in _KEYS:
        actor = demo_actor(whose)
        with as_role(actor):
            key, _secret = api_key_create(actor=actor, name=name, scopes=scopes)
            if is_over:
                api_key_revoke(actor=actor, key_id=key.pk)
    lukas = demo_actor("brandt")
    twins = context.world.companies.index[context.world.companies["duplicate_of"] >= 0][:PUT_AWAY]
    with as_role(lukas):
        for row in twins:
            company_archive(actor=lukas, company_id=company_ids(context)[row])
        keys = len(api_key_list(actor=demo_actor("tessier")))
    return f"{len(_VIEWS)} saved views, {keys} keys of programs, {len(twins)} companies put away"
