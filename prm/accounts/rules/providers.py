"""Sign-in by a provider: what an address's domain is, and what an answer of a provider has to hold. No storage, no request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

#: Signatures that a provider may use; none with a shared secret, and never none at all.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_SECONDS = 60
_DOMAIN = re.compile(r"^(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")
#: Where everybody has an address: no company speaks for them.
SHARED_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com yahoo.fr icloud.com me.com aol.com gmx.com gmx.de gmx.net web.de "
    "proton.me protonmail.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net mail.ru yandex.ru qq.com 163.com".split()
)


def domain_of(email: str) -> str:
    """The domain of an address, in small letters; "" for what is no address."""
    local, _at, domain = email.strip().rpartition("@")
    return domain.casefold() if local else ""


def domains_in(text: str) -> list[str]:
    """Domains typed one a line or parted by commas, sorted, without what people put before them."""
    found = {word.casefold().removeprefix("@").strip(".") for word in re.split(r"[\s,;]+", text) if word}
    return sorted(found - {""})


def wrong_domains(domains: Iterable[str]) -> list[str]:
    """Those that are no domain, or one where everybody has an address."""
    return [domain for domain in domains if not _DOMAIN.match(domain) or domain in SHARED_DOMAINS]


def claims_in(token: str, *, keys: Mapping[str, Any], issuer: str, audience: str) -> dict[str, Any]:
    """What a signed id token says. ``keys`` is the provider's JWKS.

    Raises jwt.PyJWTError for a token that is forged, expired, from somebody else, for somebody else, or unsigned.
    """
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("not a signature that is taken")
    known = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if header.get("kid") in {None, key.key_id}]
    if len(known) != 1:
        raise jwt.InvalidKeyError("no key of the provider's signed this")
    return dict(
        jwt.decode(
            token, key=known[0].key, algorithms=[header["alg"]], issuer=issuer, audience=audience, leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    )  # fmt: skip


def is_for(claims: Mapping[str, Any], *, audience: str, nonce: str) -> bool:
    """Whether a token answers the question that was asked: by its nonce, and by whom it was made for where it names several."""
    several = isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1
    azp = claims.get("azp")
    return bool(nonce) and claims.get("nonce") == nonce and (azp == audience if (azp or several) else True)


@dataclass(frozen=True)
class SamlParts:
    """What signing in needs of a provider's metadata. ``certs`` are all that it may sign with: while it changes from one to the next,
    it names both."""

    entity_id: str
    sso_url: str
    certs: tuple[str, ...]


def saml_parts(metadata: str) -> SamlParts:
    """Reads them. ValueError where any is missing."""
    try:
        idp = OneLogin_Saml2_IdPMetadataParser.parse(metadata.encode()).get("idp", {})
    except Exception as error:  # whatever the parsers below raise: what was given is no metadata
        raise ValueError("no metadata") from error
    single = idp.get("x509cert", "")
    parts = SamlParts(
        entity_id=idp.get("entityId", ""),
        sso_url=idp.get("singleSignOnService", {}).get("url", ""),
        certs=tuple(dict.fromkeys(idp.get("x509certMulti", {}).get("signing", []) or ([single] if single else []))),
    )
    if not (parts.entity_id and parts.sso_url and parts.certs):
        raise ValueError("metadata without what signing in needs")
    return parts
