"""Pages of companies and the catalogue for ``make shots``: the best known partner, a company of which little is known."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from prm.access.actors import Actor, Role
from prm.partners.catalogue import KINDS
from prm.partners.details import DETAILS
from prm.partners.selectors.companies import company_list
from prm.partners.selectors.people import people_list
from prm.partners.selectors.products import product_list
from prm.partners.selectors.proposals import proposals_waiting
from prm.partners.selectors.rates import rate_list
from prm.ui.shots import Shot, register


def first_company(actor: Actor, *, sort: str, **filters: object) -> str | None:
    """The public id of the first company of a list."""
    rows = company_list(actor=actor, filters=filters, sort=sort, limit=1).rows
    return str(rows[0].public_id) if rows else None


def known(actor: Actor) -> str | None:
    """The partner of which most is known."""
    return first_company(actor, sort="-known", partner=True)


def sparse(actor: Actor) -> str | None:
    """The company of which least is known."""
    return first_company(actor, sort="known")


def _page(name: str, company: str | None) -> str | None:
    return reverse(f"vendor:partners:{name}", args=[company]) if company else None


def _detail(actor: Actor, part: str) -> str | None:
    company = known(actor)
    return reverse("vendor:partners:detail-list", args=[company, part]) if company else None


def _fact(actor: Actor) -> str | None:
    company = known(actor)
    return reverse("vendor:partners:fact-history", args=[company, "employees"]) if company else None


def _person(actor: Actor) -> str | None:
    place = people_list(actor=actor, filters={"spoken": True}).order_by("person__name_key").first()
    return reverse("vendor:partners:person-detail", args=[place.person.public_id]) if place else None


def _merge(actor: Actor) -> str | None:
    kept, gone = known(actor), first_company(actor, sort="known", partner=True)
    return f"{_page('company-merge', kept)}?with={gone}" if kept and gone and kept != gone else None


def _product(actor: Actor) -> str | None:
    product = product_list(actor=actor).first()
    return reverse("vendor:partners:catalogue-edit", args=["products", product.public_id]) if product else None


def _proposal(actor: Actor) -> str | None:
    found = next(iter(proposals_waiting(actor=actor, limit=1)), None)
    return reverse("vendor:partners:proposal-edit", args=[found.public_id]) if found else None


def _rate(actor: Actor) -> str | None:
    found = rate_list(actor=actor).first()
    return reverse("vendor:partners:rate-edit", args=[found.public_id]) if found else None


def _catalogue(actor: Actor, kind: str) -> str:
    return reverse("vendor:partners:catalogue-list", args=[kind])


register(Shot("company-known", lambda actor: _page("company-detail", known(actor))))
register(Shot("company-sparse", lambda actor: _page("company-detail", sparse(actor))))
register(Shot("company-edit", lambda actor: _page("company-edit", known(actor))))
register(
    Shot(
        "company-errors", lambda actor: reverse("vendor:partners:company-create"), send=".form .btn-primary",
        fill=(("[name=name]", "Kerlan Systèmes"), ("[name=website]", "https://kerlan systemes")),
    )
)  # fmt: skip
for tab in ("facts", "people", "relationship", "introduce"):
    register(Shot(f"company-{tab}", partial(lambda actor, tab: _page(f"company-{tab}", known(actor)), tab=tab)))
register(Shot("person", _person))
register(Shot("company-merge", _merge, role=Role.DIRECTOR))
for part in DETAILS:
    register(Shot(f"company-details-{part}", partial(_detail, part=part)))
register(Shot("company-fact", _fact))
register(Shot("company-history", lambda actor: _page("company-history", known(actor))))
register(Shot("companies-none", lambda actor: f"{reverse('vendor:partners:company-list')}?q=nobody+of+this+name"))
register(Shot("catalogue-product", _product))
for kind in KINDS:
    register(Shot(f"catalogue-{kind}", partial(_catalogue, kind=kind)))
register(Shot("proposal", _proposal))
register(Shot("rate", _rate, role=Role.DIRECTOR))
register(Shot("rate-new", lambda actor: reverse("vendor:partners:rate-new"), role=Role.DIRECTOR))
register(Shot("company-twins", lambda actor: reverse("vendor:partners:company-twins")))
