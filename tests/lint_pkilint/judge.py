#!/usr/bin/env python3
"""Asks pkilint (PyPI) about many certificates and CRLs in one process.

Usage: judge.py FOLDER

FOLDER has DER: *.crt and *.crl. Prints a line for each finding, tab-separated: file, severity, code, message.
A file that pkilint cannot load has the severity FATAL.
"""
import pathlib
import sys

from pkilint import loader, pkix
from pkilint.pkix import certificate, crl, extension, name


def certificate_judge():
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


def crl_judge():
    return crl.create_pkix_crl_validator_container(
        [
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


CERTIFICATES, CRLS = certificate_judge(), crl_judge()
LOADERS = {".crt": loader.RFC5280CertificateDocumentLoader(), ".crl": loader.RFC5280CertificateListDocumentLoader()}

for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if path.suffix not in LOADERS:
        continue
    judge = CERTIFICATES if path.suffix == ".crt" else CRLS
    try:
        document = LOADERS[path.suffix].load_der_document(path.read_bytes(), path.name)
        results = judge.validate(document.root)
    except BaseException as fault:  # pyasn1 raises many kinds, and Rust below panics
        print(path.name, "FATAL", type(fault).__name__, str(fault).replace("\n", " ")[:200], sep="\t")
        continue
    for result in results:
        for found in result.finding_descriptions:
            message = (found.message or "").replace("\n", " ").replace("\t", " ")
            print(path.name, found.finding.severity.name, found.finding.code, message, sep="\t")
