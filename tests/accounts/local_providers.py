"""Providers of sign-in for tests, on this machine: a small OIDC server, and what a SAML provider would post. Both sign for real."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

CLIENT, SECRET = "prm-client", "a client secret of the tests"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class OidcServer:
    """An OIDC provider. ``claims`` is what its next id token says besides what every token has to; ``signed_by`` another key forges."""

    url: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    signed_by: Any = None
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    calls_itself: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def token(self) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, **self.claims}
        return jwt.encode(said, self.signed_by or self.key, algorithm=self.algorithm, headers={"kid": "k1"})

    def answer(self, path: str, form: dict[str, str]) -> Any:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.calls_itself or self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
            }  # fmt: skip
        if path == "/jwks":
            own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**own, "kid": "k1", "use": "sig", "alg": "RS256"}]}
        if path == "/token":
            self.asked.append(form)
            return {"access_token": "an access token", "token_type": "Bearer", "id_token": self.token()}
        return None


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    """A provider on a free port of this machine."""
    server = OidcServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()}
            found = server.answer(urlsplit(self.path).path, form)
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        do_POST = do_GET  # noqa: N815  as the base class names it

        def log_message(self, *parts: Any) -> None:
            """Quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()


@dataclass
class SamlIdp:
    """A SAML provider: its metadata, and signed answers to our questions."""

    entity_id: str = "https://idp.kerlan.example/saml"
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    days: int = 30

    def pem(self) -> str:
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self.key.private_bytes(*form).decode()

    def cert(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp of the tests")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
            .serial_number(7).not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=self.days))
            .sign(self.key, hashes.SHA256())
        )  # fmt: skip
        return made.public_bytes(serialization.Encoding.PEM).decode()

    def metadata(self, *before: SamlIdp) -> str:
        """What it tells of itself; ``before`` are those whose keys it names first, as it does while one follows another."""
        keys = "".join(
            '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
            f"<ds:X509Certificate>{''.join(one.cert().splitlines()[1:-1])}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
            "</md:KeyDescriptor>"
            for one in (*before, self)
        )
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity_id}">'
            '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            f"{keys}"
            f'<md:SingleSignOnService Binding="{Names.BINDING_HTTP_REDIRECT}" Location="https://idp.kerlan.example/sso"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def response(
        self, *, to: str, acs: str, audience: str, email: str, subject: str = "s-1", minutes: int = 5, signed_by: SamlIdp | None = None,
        is_signed: bool = True,
    ) -> str:  # fmt: skip
        """The form field ``SAMLResponse``: an answer to the request ``to``, for ``audience``, good for so many minutes."""
        now = datetime.now(UTC)
        at, until = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (now, now + timedelta(minutes=minutes)))
        began = (now - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assertion = (
            f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a{subject}" Version="2.0" IssueInstant="{at}">'
            f"<saml:Issuer>{self.entity_id}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="{Names.NAMEID_PERSISTENT}">{subject}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="{Names.CM_BEARER}"><saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}"'
            f' InResponseTo="{to}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{began}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}'
            "</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{at}"><saml:AuthnContext><saml:AuthnContextClassRef>'
            "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f'<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>'
            "</saml:AttributeStatement></saml:Assertion>"
        )
        if is_signed:
            signer = signed_by or self
            signed = Utils.add_sign(assertion, signer.pem(), signer.cert(), False, Names.RSA_SHA256, Names.SHA256)
            assertion = signed.decode() if isinstance(signed, bytes) else signed
        response = (
            f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0" IssueInstant="{at}"'
            f' Destination="{acs}" InResponseTo="{to}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">'
            f'{self.entity_id}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
            f"</samlp:Status>{assertion}</samlp:Response>"
        )
        return base64.b64encode(response.encode()).decode()
