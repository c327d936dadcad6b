"""One object of each kind, for walking every URL with real ids."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

from django.utils import timezone

from prm.access.actors import Role
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import (
    ApiKey,
    CustomRole,
    Invitation,
    Membership,
    Organisation,
    Person,
    SignInProvider,
    StudyPass,
    User,
)
from prm.core.ids import typeid_encode
from prm.events.models import OutboxEvent, PersonalPayload
from prm.exports.models import Export
from prm.imports.services import import_create
from prm.jobs.models import Job
from prm.notifications.models import Channel, DigestTime, Notification, Preference
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import (
    Company,
    CompanyExternalId,
    CustomerMix,
    ExchangeRate,
    Industry,
    Liaison,
    Lifecycle,
    MarketShare,
    OfferCarried,
    OfferCategory,
    Partner,
    PartnerTerritory,
    Position,
    Product,
    ProductFamily,
    Sale,
    Site,
    Territory,
    Vendor,
    VendorCarried,
)
from prm.partners.services.proposals import fact_propose
from prm.portal.models import Brand
from prm.questionnaires.models import Answer, AnswerFile
from prm.questionnaires.respondents import token_of
from prm.questionnaires.services.questionnaires import questionnaire_create, version_publish
from prm.questionnaires.services.rounds import round_send
from prm.views.models import SavedView
from profiling.ranking.models import Correction
from profiling.sharing.models import Publication, PublishedRow, Remark
from profiling.studies.models import StudyRun
from profiling.studies.services import study_create
from profiling.targets.models import TargetList, TargetListEntry


class Samples:
    """Objects by the words that routes use: ``company_id``, or ``id`` under ``companies``."""

    def __init__(self) -> None:
        owner = User.objects.create_user(email="sample@orvane.example", password="correct horse battery")
        Membership.objects.create(user=owner, role=Role.MANAGER)
        key = ApiKey.objects.create(
            user=owner, name="Sample", prefix="prm_live_samp", digest="0" * 64, scopes=["persons:read"]
        )
        outside = User.objects.create_user(email="sample@outside.example")
        Membership.objects.create(user=outside, role=Role.SPECIALIST)
        role = CustomRole.objects.create(name="Reader", base=Role.MANAGER, permissions=["partners.company:view"])
        provider = SignInProvider.objects.create(
            name="Sign-in", kind="oidc", issuer="https://login.orvane.example", client_id="c"
        )
        now = timezone.now()
        into = Invitation.objects.create(
            email="invited@orvane.example", name="Invited", roles=["manager"], digest="1" * 64, sent_at=now,
            expires_at=now + timedelta(days=7),
        )  # fmt: skip
        with as_system("samples for the matrix") as actor:
            person = Person.objects.create(name="Sample Person", user=owner)
            company = Company.objects.create(name="Kerlan Systèmes", country="FR", city="Brest")
            partner = Partner.objects.create(company=company, lifecycle=Lifecycle.ACTIVE, account_manager=person)
            family = ProductFamily.objects.create(code="switching", name="Switching")
            product = Product.objects.create(code="sw-1", name="Switch 1", family=family)
            vendor = Vendor.objects.create(code="nordwall", name="Nordwall")
            site = Site.objects.create(company=company, city="Brest", country="FR")
            position = Position(company=company, person=Person.objects.create(name="Anne Le Goff"))
            position.save()
            liaison = Liaison.objects.create(company=company, ours=person, theirs=position.person, department="sales")
            industry = Industry.objects.create(code="healthcare", name="Healthcare")
            territory = Territory.objects.create(code="brittany", name="Brittany")
            PartnerTerritory.objects.create(partner=partner, territory=territory)
            PersonalPayload.objects.create(partner_id=partner.pk, data={}, salt=b"0")
            Brand.objects.create(partner=partner)
            with as_sign_in():
                Organisation.objects.create(partner_id=partner.pk, company_id=company.pk, name="Kerlan", door="partner")
                yann = User.objects.create_user(email="sample@kerlan.example")
                Membership.objects.create(user=yann, role=Role.PARTNER_SALES, partner_id=partner.pk)
                to_partner = Invitation.objects.create(
                    email="invited@kerlan.example", name="Invited", roles=["partner_sales"], digest="2" * 64, sent_at=now,
                    expires_at=now + timedelta(days=7), partner_id=partner.pk,
                )  # fmt: skip
            of_partner = Person.objects.create(name="Yann", partner_id=partner.pk, user=yann)
            theirs = {"partner_id": partner.pk, "person": of_partner}
            Notification.objects.create(
                **theirs, kind="partner_moved", channel=Channel.IN_APP, subject_type="partner", subject_id=partner.pk
            )
            Preference.objects.create(**theirs, kind="partner_moved", channel=Channel.IN_APP)
            DigestTime.objects.create(**theirs)
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
            Publication.objects.create(
                study=lookalike, title="Like Kerlan", number=1, answered_at=now, rows_count=1,
                columns=[{"key": "company_name", "kind": "text", "label": {"en": "Company", "fr": "Entreprise"}}],
            )  # fmt: skip
            PublishedRow.objects.create(study=lookalike, rank=1, name_key="kerlan systemes", values=["Kerlan Systèmes"])
            specialist = Person.objects.create(name="Sample Specialist", user=outside)
            with as_sign_in():
                StudyPass.objects.create(user=outside, study_id=lookalike.pk)
                Invitation.objects.filter(pk=into.pk).update(roles=[Role.SPECIALIST], study_ids=[lookalike.pk])
            Remark.objects.create(study=lookalike, person=person, author=person.name, text="Look at the first.")
            targets = TargetList.objects.create(name="West")
            entry = TargetListEntry.objects.create(target_list=targets, company=company)
            asked = questionnaire_create(actor=actor, title={"en": "Sample", "fr": "Exemple"}, template="profile")
            version = asked.versions.get()
            version_publish(actor=actor, version_id=version.pk)
            position.person.email = "anne@kerlan.example"
            position.person.save()
            asking = round_send(
                actor=actor, questionnaire_id=asked.pk, company_ids=[company.pk], person_ids=[position.person_id],
                due_at=timezone.now() + timedelta(days=9),
            )  # fmt: skip
            invitation = asking.invitations.get()
            answered = Answer.objects.create(
                partner=partner, invitation=invitation, round=asking, values={"typology": "var"}, submitted_at=timezone.now()
            )
            paper = AnswerFile.objects.create(
                partner=partner, answer=answered, question="profile_file", path="answers/none.pdf", name="a.pdf",
                content_type="application/pdf", size=1,
            )  # fmt: skip
            [proposal] = fact_propose(
                actor=actor, partner_id=partner.pk, company_id=company.pk, facts={"employees": 46},
                source=ProposalSource("questionnaire", "Sample", "questionnaire:sample"),
            )  # fmt: skip
            rate = ExchangeRate.objects.create(day=now.date(), from_currency="USD", to_currency="EUR", rate="0.92")
            correction = Correction.objects.create(company=company, what="share", value="0.2500", reason="They told us")
            event = OutboxEvent.objects.filter(subject_id=batch.pk).get()
            told = Notification.objects.create(
                person=person, kind="jobs.done", channel="in_app", subject_type="job", subject_id=job.pk,
                entries=[{"id": str(job.pk), "cause": str(job.pk), "data": {}}],
            )  # fmt: skip
        self._values = {
            "notification_id": told.public_id, "rate_id": rate.public_id,
            "key_id": typeid_encode("key", key.pk), "person_id": person.public_id,
            "invitation_id": into.public_id, "role_id": role.public_id, "provider_id": provider.public_id, "company_id": company.public_id,
            "partner_id": partner.public_id, "product_id": product.public_id, "vendor_id": vendor.public_id,
            "site_id": site.public_id, "sale_id": sale.public_id, "job_id": job.public_id, "export_id": export.public_id,
            "import_id": batch.public_id, "event_id": event.public_id,
            "study_id": lookalike.public_id, "run_id": run.public_id, "list_id": targets.public_id,
            "entry_id": entry.public_id, "view_id": view.public_id,
            "kind": "vendors", "record_id": vendor.public_id, "part": "sites", "detail_id": site.public_id, "fact": "employees",
            "liaison_id": liaison.public_id, "batch": str(liaison.pk), "key": "none",
            "questionnaire_id": asked.public_id, "round_id": asking.public_id, "answer_id": answered.public_id,
            "file_id": paper.public_id, "proposal_id": proposal.public_id, "token": token_of(invitation.pk), "section": "company",
            "question": "profile_file",
            "number": "1", "source": "crm", "external_id": "42",
        }  # fmt: skip
        self._ranking = ranking.public_id
        self._of_partner = {
            "invitation_id": to_partner,
            "invitations": to_partner,
            "person_id": of_partner,
            "members": of_partner,
        }
        self._carried = carried.public_id
        self._by_resource = {
            "companies": company, "partners": partner, "products": product, "product-families": family, "vendors": vendor,
            "sales": sale, "exchange-rates": rate, "sites": site,
            "jobs": job, "exports": export, "imports": batch, "studies": lookalike, "runs": run,
            "target-lists": targets, "persons": person,
            "members": person, "invitations": into, "roles": role, "customers": mix, "offers": offered, "market-shares": market_share,
            "external-ids": known_as, "people": position, "territories": territory, "industries": industry, "offer-categories": category,
            "saved-views": view, "liaisons": liaison, "contacts": position, "questionnaires": asked, "questionnaire-rounds": asking,
            "questionnaire-answers": answered, "fact-proposals": proposal, "notifications": told,
            "specialists": specialist, "events": event, "potential-corrections": correction,
        }  # fmt: skip

    def value(self, name: str, path: str, parameter: str) -> str:
        """What stands for ``parameter`` in the route ``name``."""
        if name == "vendor:exports:list-export":
            return "companies"
        if parameter == "person_id" and "specialist" in name:
            return self._by_resource["specialists"].public_id
        if name.startswith("vendor:partners:person-"):
            return self._by_resource["people"].person.public_id
        before = path.split(f"<str:{parameter}>", maxsplit=1)[0].rstrip("/").split("/")[-1]
        of_partner = self._of_partner.get(before if parameter == "id" else parameter)
        if of_partner and (path.startswith("api/v1/partners/") or name.startswith("vendor:partners:access-")):
            return of_partner.public_id
        if parameter == "study_id" and "ranking" in name:
            return self._ranking
        if parameter in {"id", "pk"}:
            if path.startswith("api/v1/companies/") and "/vendors/" in path:
                return self._carried
            return self._by_resource[before].public_id
        return self._values[parameter]
