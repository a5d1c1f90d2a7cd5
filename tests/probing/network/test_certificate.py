"""Issuers out of certificates, also out of what is none."""

from __future__ import annotations

import ssl
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scaffold.probing.network.certificate import issuer_of
from tests.probing.network.servers import ISSUER


def der(certificate: Path) -> bytes:
    text = certificate.read_text(encoding="ascii")
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])


def test_the_issuer(certificate) -> None:
    assert issuer_of(der(certificate)) == ISSUER


def test_a_certificate_that_is_cut_off(certificate) -> None:
    assert [issuer_of(der(certificate)[:length]) for length in (0, 1, 10, 60)] == [""] * 4


@given(st.binary(max_size=300))
def test_what_is_no_certificate_says_nothing_or_something_and_never_fails(data) -> None:
    assert isinstance(issuer_of(data), str)
