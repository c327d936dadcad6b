"""Sign-in by a company's own provider (OIDC, SAML): set up by the vendor's administrators. Identity tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.access.actors import Role
from prm.accounts.rules.keys import state_of
from prm.core.ids import typeid_encode, uuid7
from prm.core.sealing import seal, unseal
from prm.core.tables import TableClass


class SignInProvider(models.Model):
    """One provider: for the vendor's people, or for those of one partner. Its client secret is kept sealed and never shown."""

    table_class = TableClass.IDENTITY
    typeid_prefix = "idp"

    class Kind(models.TextChoices):
        """The protocol that it speaks."""

        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    class LetsIn(models.TextChoices):
        """Whom it may let in who has no account."""

        INVITED = "invited", _("Only who is invited")
        ANYBODY = "anybody", _("Everybody of these domains, with the role below")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    partner = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.CASCADE, related_name="sign_in_providers"
    )
    issuer = models.URLField(_("issuer"), max_length=400, blank=True)
    client_id = models.CharField(_("client id"), max_length=200, blank=True)
    sealed_secret = models.TextField(blank=True)
    metadata_url = models.URLField(_("address of the metadata"), max_length=400, blank=True)
    metadata = models.TextField(_("metadata"), blank=True)
    is_required = models.BooleanField(default=False)
    counts_as_second_step = models.BooleanField(default=False)
    lets_in = models.CharField(max_length=8, choices=LetsIn, default=LetsIn.INVITED)
    role = models.CharField(max_length=40, blank=True, default=Role.MANAGER.value)
    is_active = models.BooleanField(default=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """Changes with what its form sets: domains and secret too."""
        domains = sorted(domain.domain for domain in self.domains.all())
        return state_of(
            self.name, self.issuer, self.client_id, self.sealed_secret, self.metadata_url, self.metadata, self.is_required,
            self.counts_as_second_step, self.lets_in, self.role, domains,
        )  # fmt: skip

    @property
    def public_id(self) -> str:
        """``idp_…``: what its addresses are made of."""
        return typeid_encode(self.typeid_prefix, self.pk)

    @property
    def secret(self) -> str:
        """The client secret, for the one request that needs it."""
        return unseal(self.sealed_secret) if self.sealed_secret else ""

    @secret.setter
    def secret(self, value: str) -> None:
        self.sealed_secret = seal(value) if value else ""


class SignInDomain(models.Model):
    """A domain of e-mail addresses that a provider speaks for. One provider a domain: whose people they are has one answer."""

    table_class = TableClass.IDENTITY

    domain = models.CharField(max_length=200, primary_key=True)
    provider = models.ForeignKey(SignInProvider, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain
