"""The rows of one side: what a partner or a candidate has in every table that outsiders reach."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from prm.access.actors import Actor
from prm.access.roles import as_sign_in, as_system
from prm.accounts.models import ApiKey, Invitation, Person, SignInDomain, SignInProvider
from prm.accounts.rules.keys import digest_of as digest_of_key
from prm.accounts.rules.keys import new_secret, shown_prefix
from prm.core.ids import typeid_encode, uuid7
from prm.events.models import OutboxEvent, PersonalPayload
from prm.notifications.models import Channel, DigestTime, Mail, Notification, Preference
from prm.partners.facts.proposed import ProposalSource
from prm.partners.models import (
    CustomerMix,
    FactProposal,
    Industry,
    OfferCarried,
    OfferCategory,
    PartnerContact,
    PartnerTerritory,
    Product,
    ProposalState,
    Sale,
    Site,
    SourceKind,
    Territory,
)
from prm.partners.services.proposals import fact_propose
from prm.portal.models import Brand
from prm.questionnaires.models import Answer, AnswerFile, Round
from prm.questionnaires.models import Invitation as Asked
from prm.questionnaires.respondents import digest_of, token_of

if TYPE_CHECKING:
    from tests.access.canaries import Side


def rows_of(side: Side) -> None:
    """A row of the side in every table that outsiders reach, a file behind each that names one."""
    first = side.actor
    with as_sign_in():
        secret = new_secret()
        side.key = secret
        scopes = [
            "companies:write",
            "partners:write",
            "sales:write",
            "persons:write",
            "notifications:write",
            "questionnaires:write",
        ]
        ApiKey.objects.create(
            user_id=first.user_id, partner_id=side.partner.pk, name="A key", prefix=shown_prefix(secret),
            digest=digest_of_key(secret), scopes=scopes,
        )  # fmt: skip
        now = timezone.now()
        invited = Invitation.objects.create(
            email=f"new@{side.letter}.example", name="New", roles=[], partner_id=side.partner.pk, digest=side.letter * 64,
            sent_at=now, expires_at=now + timedelta(days=7),
        )  # fmt: skip
        provider = SignInProvider.objects.create(name="Provider", kind="oidc", partner_id=side.partner.pk)
        SignInDomain.objects.create(provider=provider, domain=f"sign-in.{side.letter}.example")
    with as_system("canaries") as system:
        partner, company = side.partner, side.partner.company
        theirs: dict[str, Any] = {"partner_id": partner.pk}
        site = Site.objects.create(company=company, city="Brest", country="FR")
        CustomerMix.objects.create(company=company, industry=Industry.objects.earliest("id"))
        OfferCarried.objects.create(company=company, category=OfferCategory.objects.earliest("id"))
        PartnerTerritory.objects.create(**theirs, territory=Territory.objects.earliest("id"))
        ours = {"person": Person.objects.get(name="Sample Person"), "name": "Our contact", "email": "our@orvane.example"}
        PartnerContact.objects.update_or_create(partner=partner, defaults=ours)
        sale = Sale.objects.create(
            **theirs, product=Product.objects.earliest("id"), sold_on=date(2026, 1, 5), quantity=1, amount=100, currency="EUR",
            order_number=side.letter,
        )  # fmt: skip
        Brand.objects.create(**theirs, logo=_kept(f"logos/{side.mark()}.png", _picture()))
        told, *_others = [_told(side, person) for person in side.people.values()]
        PersonalPayload.objects.create(**theirs, data={"name": side.mark()}, salt=b"0")
        OutboxEvent.objects.create(
            **theirs,
            type="canary",
            actor_kind="partner",
            subject_type="canary",
            subject_id=uuid7(),
            data={"word": side.mark()},
        )
        proposals = _proposed(side, system)
        asked, answered, paper = _answered(side)
    side.by_resource = {
        "companies": company, "partners": partner, "sites": site, "sales": sale, "notifications": told,
        "fact-proposals": proposals[0], "questionnaire-answers": answered,
    }  # fmt: skip
    side.by_parameter = {
        "company_id": company.public_id, "partner_id": partner.public_id, "site_id": site.public_id, "detail_id": site.public_id,
        "sale_id": sale.public_id, "notification_id": told.public_id, "proposal_id": proposals[0].public_id,
        "answer_id": answered.public_id, "file_id": paper.public_id, "token": token_of(asked.pk),
        "invitation_id": invited.public_id,
        "person_id": typeid_encode(Person.typeid_prefix, first.person_id),
    }  # fmt: skip


def _told(side: Side, person: Actor) -> Notification:
    """A person's preferences and what it was told; the record that it was told of is its own company."""
    theirs: dict[str, Any] = {"partner_id": side.partner.pk, "person_id": person.person_id}
    DigestTime.objects.update_or_create(**theirs)
    Preference.objects.update_or_create(**theirs, kind="partners.facts_decided", defaults={"channel": Channel.MAIL})
    company = side.partner.company_id
    told = Notification.objects.create(
        **theirs, kind="partners.facts_decided", channel=Channel.MAIL, subject_type="company", subject_id=company,
        entries=[{"id": str(company), "cause": str(uuid7()), "data": {"word": side.mark()}}],
    )  # fmt: skip
    Mail.objects.create(person_id=person.person_id, notification=told)
    return told


def told_of_another(side: Side, other: Side) -> None:
    """As if a receiver had told a person of a company that is not theirs: its name is looked up when it is shown, and not found."""
    entry = {"id": str(other.partner.company_id), "cause": str(uuid7()), "data": {}}
    with as_system("canaries"):
        for person in side.people.values():
            row = Notification.objects.create(
                partner_id=side.partner.pk, person_id=person.person_id, kind="partners.facts_decided", channel=Channel.MAIL,
                subject_type="company", subject_id=other.partner.company_id, entries=[entry],
            )  # fmt: skip
            Mail.objects.create(person_id=person.person_id, notification=row)


def _proposed(side: Side, system: Actor) -> list[FactProposal]:
    """One proposal that waits, one accepted, one refused."""
    made = fact_propose(
        actor=system, partner_id=side.partner.pk, company_id=side.partner.company_id,
        facts={"legal_name": side.mark(), "city": side.mark(), "region": side.mark()},
        source=ProposalSource(SourceKind.PARTNER, side.mark(), f"partner:{side.partner.pk}"), note=side.mark(),
    )  # fmt: skip
    for proposal, state in zip(made[1:], (ProposalState.ACCEPTED, ProposalState.REFUSED), strict=True):
        proposal.state, proposal.reason, proposal.written = state, side.mark(), side.mark()
        proposal.decided_at = timezone.now()
        proposal.save()
    FactProposal.objects.filter(pk=made[0].pk).update(written=side.mark())
    return made


def _answered(side: Side) -> tuple[Asked, Answer, AnswerFile]:
    """An invitation to a questionnaire, a draft of its answer and a file in it."""
    key, round_ = uuid7(), Round.objects.earliest("id")
    title = side.mark()
    asked = Asked.objects.create(
        pk=key, partner=side.partner, round=round_, company=side.partner.company, person_id=side.actor.person_id,
        title={"en": title, "fr": title}, due_at=round_.due_at, expires_at=round_.due_at, token_digest=digest_of(token_of(key)),
    )  # fmt: skip
    path = _kept(f"answers/{side.mark()}.pdf", side.mark().encode())
    answered = Answer.objects.create(partner=side.partner, invitation=asked, round=round_)
    paper = AnswerFile.objects.create(
        partner=side.partner,
        answer=answered,
        question="profile_file",
        path=path,
        name="a.pdf",
        content_type="application/pdf",
        size=9,
    )
    answered.values = {
        "typology": "var", "word": side.mark(),
        "profile_file": {"file": paper.public_id, "name": side.mark(), "size": 9},
    }  # fmt: skip
    answered.save()
    return asked, answered, paper


def _kept(name: str, content: bytes) -> str:
    return default_storage.save(name, ContentFile(content))


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()
