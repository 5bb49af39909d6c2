//! What issuing costs does not grow with the number of rows.

use std::fmt::Write as _;

use crate::support::Bench;

#[test]
#[ignore = "needs strace"]
fn issuing_reads_one_byte_of_the_index() {
    let bench = Bench::with_ca();
    bench
        .privca("issue first --no-pass --san email:f@example.com")
        .ok();
    let mut index = bench.read("pki/index.txt");
    for n in 0..100_000u32 {
        writeln!(
            index,
            "V\t280101000000Z\t\t{:032X}\tunknown\t/CN=synth-{n}",
            u128::from(n) + (1 << 127)
        )
        .unwrap();
    }
    bench.write("pki/index.txt", &index);
    let privca = env!("CARGO_BIN_EXE_privca");
    bench
        .sh(&format!("strace -f -o trace -e trace=read,pread64,readv,mmap -P $PWD/pki/index.txt {privca} --pki $PWD/pki issue second --no-pass --san email:s@example.com"))
        .ok();
    // the results of the calls on index.txt, whatever they were
    let trace = bench.read("trace");
    let read: u64 = trace
        .lines()
        .filter(|line| line.contains("read"))
        .filter_map(|line| {
            line.rsplit("= ")
                .next()?
                .split_whitespace()
                .next()?
                .parse::<u64>()
                .ok()
        })
        .sum();
    assert!(
        read <= 16,
        "{read} bytes of a {} byte index were read:\n{trace}",
        index.len()
    );
    assert!(!trace.contains("mmap"), "{trace}");
    let after = bench.read("pki/index.txt");
    assert!(after.starts_with(&index) && after.lines().count() == index.lines().count() + 1);
}

#[test]
#[ignore = "needs openssl"]
fn many_at_once_lose_no_row() {
    let bench = Bench::with_ca();
    let privca = env!("CARGO_BIN_EXE_privca");
    bench
        .sh(&format!("for i in $(seq 16); do (for j in 1 2 3; do {privca} --quiet issue c$i-$j --no-pass --san email:c@example.com || exit 1; done) & done; for job in $(jobs -p); do wait $job || exit 1; done"))
        .ok();
    let index = bench.read("pki/index.txt");
    assert_eq!(index.lines().count(), 48);
    let serials: std::collections::BTreeSet<&str> = index
        .lines()
        .map(|row| row.split('\t').nth(3).unwrap())
        .collect();
    assert_eq!(serials.len(), 48);
    for serial in serials {
        bench
            .sh(&format!(
                "openssl verify -CAfile pki/ca.crt pki/certs_by_serial/{serial}.pem"
            ))
            .ok();
    }
    // OpenSSL reads the whole index
    bench
        .sh("cd pki && openssl ca -config openssl-easyrsa.cnf -updatedb")
        .ok();
}
