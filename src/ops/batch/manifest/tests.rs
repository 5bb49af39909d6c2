//! Manifests of any kind: typed rows, or faults that repeat no secret.

use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> String {
    parse(text.as_bytes(), None).unwrap_err().in_file("m")
}

#[test]
fn the_two_formats_say_the_same() {
    let csv = "name,cn,san,validity,key_type,p12,passout\n\
               a,A a,email:a@example.com;dirname:CN=x y;dns:b.example c.example,30d,rsa-2048,legacy,env:X\n";
    let json = r#"{"name":"a","cn":"A a","san":["email:a@example.com","dirname:CN=x y","dns:b.example","c.example"],
        "validity":"30d","key_type":"rsa-2048","p12":"legacy","passout":"env:X"}"#
        .replace('\n', "");
    let mut csv = parse(csv.as_bytes(), None).unwrap();
    let json = parse(json.as_bytes(), None).unwrap();
    csv[0].line = 1;
    assert_eq!(csv, json);
    assert_eq!(csv[0].names.len(), 4);
}

#[test]
fn bytes_of_spreadsheets_do_no_harm() {
    let plain = parse(b"name,san\na,email:a@example.com\n", None).unwrap();
    for text in [
        "\u{feff}name,san\r\na,email:a@example.com\r\n",
        "NAME , San\n\n a , email:a@example.com",
        "name;san\na;email:a@example.com\n",
        "\"name\",\"san\"\n\"a\",\"email:a@example.com\"\n",
    ] {
        let mut rows = parse(text.as_bytes(), None).unwrap();
        rows[0].line = 2;
        assert_eq!(rows, plain, "{text:?}");
    }
}

#[test]
fn sizes_are_bounded() {
    let long = format!("name\n{}\n", "a".repeat(1 << 17));
    assert!(faults(&long).contains("2: name: it has more than 65536 bytes"));
    let mut many = "name\n".to_owned();
    for n in 0..=MOST_ROWS {
        many.push_str(&format!("n{n}\n"));
    }
    assert!(faults(&many).contains("there are more than 100000 rows"));
    let wrong = format!("name\n{}", ".x\n".repeat(250));
    assert!(faults(&wrong).ends_with("m: and 150 faults more"));
    let huge = vec![b'a'; MOST_BYTES + 1];
    assert!(parse(&huge, None).is_err());
}

#[test]
fn a_secret_in_any_column_is_not_repeated() {
    for column in row::MEMBERS {
        let text = format!("name,{column}\nx,pass:hunter2\nx,pass:hunter2\n");
        if let Err(faults) = parse(text.as_bytes(), None) {
            let said = faults.in_file("m");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
    assert!(!faults("name,pass:hunter2\na,b\n").contains("hunter2"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _read = parse(&bytes, None);
    }

    #[test]
    fn what_looks_like_a_manifest_is_rows_or_faults(
        text in "(name|csr|san|p12|passout)?[,;\t](san|name|x)?\n([a-z.:@\",;\n]{0,40}\n){0,4}",
    ) {
        for format in [Format::Csv, Format::JsonLines] {
            match parse(text.as_bytes(), Some(format)) {
                Ok(rows) => prop_assert!(!rows.is_empty()),
                Err(faults) => prop_assert!(faults.iter().count() > 0),
            }
        }
    }

    #[test]
    fn names_and_lines_come_through_quoting(names in prop::collection::btree_set(
        "[a-z][a-z ,\"']{0,8}[a-z]".prop_filter("the CA's own", |name| name != "ca"), 1..6,
    )) {
        let mut text = "name,profile\n".to_owned();
        for name in &names {
            text.push_str(&format!("\"{}\",client\n", name.replace('"', "\"\"")));
        }
        let rows = parse(text.as_bytes(), None).unwrap();
        let read: Vec<(usize, String)> = rows.iter().map(|r| (r.line, r.name.to_string())).collect();
        let wanted: Vec<(usize, String)> = (2..).zip(names).collect();
        prop_assert_eq!(read, wanted);
    }
}
