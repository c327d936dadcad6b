"""How allauth behaves here: nobody registers by themselves, people are invited; secrets are sealed; mails are in the person's language."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from prm.access.actors import anonymous_actor
from prm.access.confirming import is_confirmed
from prm.accounts.models import User
from prm.accounts.rules.keys import device_of
from prm.accounts.selectors.providers import is_password_refused
from prm.accounts.selectors.sign_in import is_guessing
from prm.accounts.services.sign_in import sign_in_note
from prm.core.mailing import is_mailable
from prm.core.sealing import seal, unseal
from prm.core.throttle import Limit, address_of

log = logging.getLogger(__name__)
#: Letters that anybody on the internet can have us write, with or without an account: to one address in an hour, whoever asks from
#: wherever. More do not leave, and the answer is the same; the links of those before still open.
ASKED_BY_ANYBODY = {"account/email/password_reset_key", "account/email/unknown_account"}
LETTERS_ASKED = Limit("accounts.letters_asked", 5, 3600)
#: The same from one network, to whichever addresses.
LETTERS_ASKED_FROM = Limit("accounts.letters_asked_from", 60, 3600)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closed sign-up; the rest is allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """One rule for allauth's pages and ours: whoever signed in or confirmed a moment ago is not asked again."""
        return not is_confirmed(self.request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's limits count in Redis; ours, wider, in Postgres: with Redis away nobody guesses for ever."""
        if is_guessing(actor=anonymous_actor(), email=credentials.get("email", ""), ip=self.get_client_ip(request)):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)
        if is_password_refused(actor=anonymous_actor(), email=credentials.get("email", "")):
            raise ValidationError(_("Your company signs in its own way: choose “Sign in with your company”."), code="own_way")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth counts refusals by address: here by address and where they come from, so that nobody uses up another's tries."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{address_of(request)}"

    def get_login_stages(self) -> list[str]:
        """The second step is ours to skip: for a sign-in whose provider took it (``prm.accounts.providers.adapter``)."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "prm.accounts.providers.adapter.SecondStepStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in_note(
            actor=anonymous_actor(), email=credentials.get("email", ""), is_in=False, way="password",
            ip=self.get_client_ip(request), device=_device(request),
        )  # fmt: skip

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.VENDOR_NAME} · {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever gets it, where that is known."""
        if template_prefix in ASKED_BY_ANYBODY and (not is_mailable(email) or self._asks_too_often(email)):
            log.warning("%s: not sent, no address or so many were asked for within the hour", template_prefix)
            return
        user = context.get("user")
        language = user.language if isinstance(user, User) else translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            super().send_mail(template_prefix, email, {**context, "vendor": settings.VENDOR_NAME})

    def _asks_too_often(self, email: str) -> bool:
        """Whether no more letter leaves to this address, or because of whoever asks; counts one time of both."""
        left = [LETTERS_ASKED.use(email.strip().casefold()), LETTERS_ASKED_FROM.use(address_of(self.request))]
        return any(one.is_used_up for one in left)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Told after every change of what opens the account. A mail that cannot be sent does not hide that the change was made."""
        try:
            super().send_notification_mail(
                template_prefix, user, {"user": user, "device": _device(self.request), **(context or {})}, email
            )
        except (OSError, SMTPException):
            log.exception("the mail %s could not be sent", template_prefix)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Second factors: their secrets are sealed, their names are words of ours."""

    def get_totp_issuer(self) -> str:
        return str(settings.VENDOR_NAME)

    def _get_site_name(self) -> str:
        return str(settings.VENDOR_NAME)

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Where it was made: what tells one passkey from another."""
        return _device(context.request)


def _device(request: HttpRequest | None) -> str:
    found = device_of(request.headers.get("User-Agent", "") if request is not None else "")
    return found or _("Unknown device")
