//! What people type who know EasyRSA and OpenSSL, and what they are told then. The table in
//! `docs/easyrsa.md` says more; a test compares them.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Puts the way to say it here in the place of clap's guesses, where the word is a known one.
pub(super) fn add_tips(error: &mut clap::Error) {
    let (word, table) = match error.kind() {
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, COMMANDS),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, OPTIONS),
        _ => return,
    };
    let Some(ContextValue::String(word)) = error.get(word) else {
        return;
    };
    // OpenSSL's options have one dash
    let is_letter = word.len() == 2 && word.starts_with('-');
    let dashes = is_letter.then(|| "a word has two dashes here, such as --passin".to_owned());
    if let Some(tip) = tip(word, table).or(dashes) {
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        let tip = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tip);
    } else if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        // nobody who types an option that there is not means a file of that name
        let tips = tips.iter();
        let useful = tips.filter(|tip| !tip.to_string().starts_with("to pass "));
        let useful: Vec<StyledStr> = useful.cloned().collect();
        error.remove(ContextKind::Suggested);
        if !useful.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(useful));
        }
    }
}

fn tip(word: &str, table: Table) -> Option<String> {
    let word = word.split('=').next().unwrap_or(word);
    let has = |(words, _): &&(&str, &str)| words.split(' ').any(|one| one == word);
    table
        .iter()
        .find(has)
        .map(|(_, tip)| match tip.split_once(':') {
            // a whole sentence
            Some(("", tip)) => tip.trim_start().to_owned(),
            _ => format!("that is {tip} here"),
        })
}

/// Words with blanks between, and what they are here; after a colon a sentence of its own.
type Table = &'static [(&'static str, &'static str)];

const COMMANDS: Table = &[
    ("init-pki build-ca", "`privca init-ca --cn NAME`"),
    ("gen-req", "`privca gen-csr NAME`"),
    ("import-req", "`privca import-csr FILE NAME`"),
    (
        "sign-req",
        "`privca sign NAME --profile client` (or server, peer, subca)",
    ),
    (
        "build-client-full",
        "`privca issue NAME --profile client`, with --no-pass for `nopass`",
    ),
    (
        "build-server-full",
        "`privca issue NAME --profile server --san dns:NAME`, with --no-pass for `nopass`",
    ),
    (
        "build-serverClient-full",
        "`privca issue NAME --profile peer --san dns:NAME`, with --no-pass for `nopass`",
    ),
    (
        "revoke-expired revoke-renewed revoke-issued",
        "`privca revoke --serial HEX`",
    ),
    (
        "expire rewind-renew rebuild",
        ": no such step is needed: `privca renew NAME` keeps the old certificate",
    ),
    (
        "update-db",
        ": no such step is needed: what has ended is seen from its date",
    ),
    ("show-expire", "`privca list --expires-within 90d`"),
    ("show-revoke", "`privca list --status revoked`"),
    ("show-renew", "`privca list`"),
    (
        "show-req show-cert show-eku display-dn",
        "`privca inspect NAME`",
    ),
    ("show-ca", "`privca inspect ca`"),
    ("show-crl", "`privca inspect crl`"),
    ("export-p7", "`privca export NAME --format p7b`"),
    ("export-p8", "`privca export NAME --format pkcs8`"),
    ("export-p1", "`privca export NAME --format pkcs1`"),
    ("inline", "`privca export NAME --format inline`"),
    (
        "renew-ca",
        ": privca renews no CA; docs/easyrsa.md says what EasyRSA's own does",
    ),
    ("verify-cert", "`privca verify NAME`"),
    ("serial check-serial", "`privca list HEX`"),
    ("show-host version", "`privca --version`"),
    (
        "self-sign-server self-sign-client",
        ": no CA is in that, and privca has none of it",
    ),
    (
        "import-ca",
        "`privca import-crl FILE` for the lists of CAs above",
    ),
    (
        "import-tls-key",
        "`privca export NAME --format inline --tls-crypt FILE`",
    ),
    ("rand", ": `openssl rand -hex N` does that"),
    ("write", "`privca profile show NAME`"),
    (
        "upgrade",
        ": no such step is needed: old directories are read as they are",
    ),
    ("gen-dh", ": `openssl dhparam` does that"),
    (
        "gen-tls-auth-key gen-tls-crypt-key",
        ": `openvpn --genkey` does that",
    ),
    // openssl's
    (
        "x509 req crl pkcs12 pkey rsa ec asn1parse",
        "`privca inspect FILE`",
    ),
    ("ca", "`privca sign --csr FILE`"),
    ("genpkey genrsa ecparam", "`privca gen-key NAME`"),
];

const OPTIONS: Table = &[
    ("--pki-dir", "--pki DIR"),
    ("--days", "--validity DURATION, such as 365d,"),
    ("--startdate", "--not-before TIME"),
    ("--enddate", "--not-after TIME"),
    ("--req-cn", "--cn NAME, or the CN in --subject DN"),
    ("--subject-alt-name", "--san dns:NAME"),
    ("--new-subject", "--subject DN"),
    (
        "--keysize --use-algo --curve",
        "--key-type rsa-3072, or ec-p256",
    ),
    (
        "--batch",
        ": privca asks for nothing but passphrases; --passin and --passout give them",
    ),
    ("--silent", "--quiet"),
    ("nopass", "--no-pass"),
    ("--text", "--format text"),
];
