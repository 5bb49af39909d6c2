//! The `privca` binary.

fn main() {}
