"""One object of each kind, for walking every URL with real ids."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from prm.access.roles import as_system
from prm.accounts.models import ApiKey, Person, User
from prm.core.ids import typeid_encode
from prm.exports.models import Export
from prm.imports.services import import_create
from prm.jobs.models import Job
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CustomerMix,
    Industry,
    Lifecycle,
    MarketShare,
    OfferCarried,
    OfferCategory,
    Partner,
    Position,
    Product,
    ProductFamily,
    Sale,
    Site,
    Territory,
    Vendor,
    VendorCarried,
)
from prm.views.models import SavedView
from profiling.studies.models import StudyRun
from profiling.studies.services import study_create
from profiling.targets.models import TargetList, TargetListEntry


class Samples:
    """Objects by the words that routes use: ``company_id``, or ``id`` under ``companies``."""

    def __init__(self) -> None:
        owner = User.objects.create_user(email="sample@orvane.example", password="correct horse battery")
        key = ApiKey.objects.create(
            user=owner, name="Sample", prefix="prm_live_samp", digest="0" * 64, scopes=["persons:read"]
        )
        with as_system("samples for the matrix") as actor:
            person = Person.objects.create(name="Sample Person", user=owner)
            company = Company.objects.create(name="Kerlan Systèmes", country="FR", city="Brest")
            partner = Partner.objects.create(company=company, lifecycle=Lifecycle.ACTIVE)
            family = ProductFamily.objects.create(code="switching", name="Switching")
            product = Product.objects.create(code="sw-1", name="Switch 1", family=family)
            vendor = Vendor.objects.create(code="nordwall", name="Nordwall")
            site = Site.objects.create(company=company, city="Brest", country="FR")
            position = Position(company=company, person=Person(name="Anne Le Goff"))
            position.save()
            industry = Industry.objects.create(code="healthcare", name="Healthcare")
            territory = Territory.objects.create(code="brittany", name="Brittany")
            category = OfferCategory.objects.create(code="firewalls", name="Firewalls")
            carried = VendorCarried.objects.create(company=company, vendor=vendor)
            mix = CustomerMix.objects.create(company=company, industry=industry)
            offered = OfferCarried.objects.create(company=company, category=category)
            market_share = MarketShare.objects.create(company=company, industry=industry, share=0)
            known_as = CompanyExternalId.objects.create(company=company, source="crm", external_id="42")
            sale = Sale.objects.create(
                partner=partner,
                product=product,
                sold_on=date(2026, 1, 5),
                quantity=1,
                amount=100,
                currency="EUR",
                order_number="1",
            )
            view = SavedView.objects.create(
                list_name="companies", name="France", query="country=FR", person=person, is_shared=True
            )
            job = Job.objects.create(kind="samples", title="A sample")
            export = Export.objects.create(source="companies", title="A sample", owner_id=owner.pk)
            batch = import_create(actor=actor, target="companies", upload=BytesIO(b"name\nKerlan\n"), file_name="x.csv")
            lookalike = study_create(
                actor=actor, kind="look_alike", title="Like Kerlan", parameters={"references": [company.public_id]}
            )
            ranking = study_create(actor=actor, kind="ranking", title="Potential", parameters={})
            lookalike.last_number = 1
            lookalike.save()
            run = StudyRun.objects.create(study=lookalike, number=1, parameters=lookalike.parameters, code_version="0")
            targets = TargetList.objects.create(name="West")
            entry = TargetListEntry.objects.create(target_list=targets, company=company)
        self._values = {
            "key_id": typeid_encode("key", key.pk), "person_id": person.public_id, "company_id": company.public_id,
            "partner_id": partner.public_id, "product_id": product.public_id, "vendor_id": vendor.public_id,
            "site_id": site.public_id, "sale_id": sale.public_id, "job_id": job.public_id, "export_id": export.public_id,
            "import_id": batch.public_id,
            "study_id": lookalike.public_id, "run_id": run.public_id, "list_id": targets.public_id,
            "entry_id": entry.public_id, "view_id": view.public_id,
            "kind": "vendors", "record_id": vendor.public_id, "part": "sites", "detail_id": site.public_id, "fact": "employees",
            "number": "1", "source": "crm", "external_id": "42",
        }  # fmt: skip
        self._ranking = ranking.public_id
        self._carried = carried.public_id
        self._by_resource = {
            "companies": company, "partners": partner, "products": product, "product-families": family, "vendors": vendor,
            "sales": sale, "sites": site, "jobs": job, "exports": export, "imports": batch, "studies": lookalike, "runs": run,
            "target-lists": targets, "persons": person, "customers": mix, "offers": offered, "market-shares": market_share,
            "external-ids": known_as, "people": position, "territories": territory, "industries": industry, "offer-categories": category,
            "saved-views": view,
        }  # fmt: skip

    def value(self, name: str, path: str, parameter: str) -> str:
        """What stands for ``parameter`` in the route ``name``."""
        if name == "vendor:exports:list-export":
            return "companies"
        if parameter == "study_id" and "ranking" in name:
            return self._ranking
        if parameter in {"id", "pk"}:
            if path.startswith("api/v1/companies/") and "/vendors/" in path:
                return self._carried
            before = path.split(f"<str:{parameter}>", maxsplit=1)[0].rstrip("/").split("/")[-1]
            return self._by_resource[before].public_id
        return self._values[parameter]
