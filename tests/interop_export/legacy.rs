//! The legacy bundle beside the one of `openssl pkcs12 -export -legacy`, structure by structure.

use crate::support::Bench;
use crate::world::world;

/// What `openssl asn1parse` shows of the file and of both safes, and `openssl pkcs12 -info` of the
/// bags, without the bytes that are random.
fn structure(bench: &Bench, file: &str) -> Vec<String> {
    let hidden = "sed -E 's/^ *[0-9]+:(d=[0-9]+) +hl=[0-9]/\\1/; s/\\[HEX DUMP\\]:.*/HEX/'";
    let parse = |what: &str| {
        bench
            .sh(&format!(
                "openssl asn1parse -i -inform DER {what} | {hidden}"
            ))
            .ok()
            .stdout
    };
    let offsets = |what: &str| {
        let line = format!(
            "openssl asn1parse -inform DER {what} | grep 'OCTET STRING' | sed -E 's/^ *([0-9]+):.*/\\1/'"
        );
        let lines = bench.sh(&line).ok().stdout;
        lines
            .lines()
            .map(|l| l.parse::<usize>().unwrap())
            .collect::<Vec<_>>()
    };
    // the safes are the first octets of the file, the key's safe the last octets in there
    let safes = offsets(&format!("-in {file}"))[0];
    bench
        .sh(&format!(
            "openssl asn1parse -inform DER -in {file} -strparse {safes} -noout -out safes"
        ))
        .ok();
    let key = *offsets("-in safes").last().unwrap();
    let mut lines = parse(&format!("-in {file}"));
    lines += &parse("-in safes");
    lines += &parse(&format!("-in safes -strparse {key}"));
    let info = format!(
        "openssl pkcs12 -legacy -in {file} -passin pass:secret -noenc -info 2>&1 | grep -v '^[A-Za-z0-9+/=]*$'"
    );
    lines += &bench.sh(&info).ok().stdout;
    lines.lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs openssl"]
fn it_differs_from_openssls_in_the_encryption_of_the_certificates_alone() {
    let bench = world();
    for name in ["ec", "rsa"] {
        bench
            .privca(&format!(
                "export-p12 {name} --legacy --passout pass:secret --out ours.p12 --force"
            ))
            .ok();
        bench
            .sh(&format!(
                "openssl pkcs12 -export -legacy -inkey pki/private/{name}.key -in pki/issued/{name}.crt \
                 -certfile pki/ca.crt -name {name} -passout pass:secret -out theirs.p12"
            ))
            .ok();
        let (ours, theirs) = (
            structure(&bench, "ours.p12"),
            structure(&bench, "theirs.p12"),
        );
        assert_eq!(ours.len(), theirs.len(), "{ours:#?}\n{theirs:#?}");
        let different: Vec<_> = ours.iter().zip(&theirs).filter(|(a, b)| a != b).collect();
        // once in the safe, once in what -info says of it
        assert_eq!(different.len(), 2, "{different:#?}");
        for (ours, theirs) in different {
            assert!(ours.contains("pbeWithSHA1And3-KeyTripleDES-CBC"), "{ours}");
            assert!(theirs.contains("pbeWithSHA1And40BitRC2-CBC"), "{theirs}");
        }
    }
}
