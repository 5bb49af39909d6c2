//! As much of JSON Schema as `docs/*.schema.json` use, so that the documents hold against real
//! output without a crate for it.

use serde_json::Value;

/// Fails the test unless `value` is what the schema in `docs/` says.
#[track_caller]
pub fn check(schema: &str, value: &Value) {
    let path = format!("{}/docs/{schema}", env!("CARGO_MANIFEST_DIR"));
    let root: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if let Err(fault) = holds(&root, &root, value, "$") {
        panic!("{fault}");
    }
}

const KNOWN: [&str; 15] = [
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "anyOf",
    "const",
    "description",
    "enum",
    "items",
    "not",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
];

fn holds(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let members = schema.as_object().unwrap();
    for word in members.keys() {
        assert!(KNOWN.contains(&word.as_str()), "{word} is not checked");
    }
    let fault = |said: String| Err(format!("{at}: {said}"));
    if let Some(reference) = members.get("$ref") {
        let pointer = reference.as_str().unwrap().trim_start_matches('#');
        holds(root, root.pointer(pointer).unwrap(), value, at)?;
    }
    if let Some(types) = members.get("type") {
        let is = |name: &Value| is_type(name.as_str().unwrap(), value);
        let any = match types {
            Value::Array(names) => names.iter().any(is),
            name => is(name),
        };
        if !any {
            return fault(format!("{value} is not of type {types}"));
        }
    }
    if let Some(only) = members.get("const")
        && only != value
    {
        return fault(format!("{value} is not {only}"));
    }
    if let Some(Value::Array(some)) = members.get("enum")
        && !some.contains(value)
    {
        return fault(format!("{value} is none of {some:?}"));
    }
    if let (Some(part), Some(text)) = (members.get("pattern"), value.as_str())
        && !text.contains(part.as_str().unwrap())
    {
        return fault(format!("{text:?} has no {part}"));
    }
    if let Some(not) = members.get("not")
        && holds(root, not, value, at).is_ok()
    {
        return fault(format!("{value} is what it must not be"));
    }
    if let Some(Value::Array(choices)) = members.get("anyOf") {
        let faults: Vec<String> = choices
            .iter()
            .map_while(|choice| holds(root, choice, value, at).err())
            .collect();
        if faults.len() == choices.len() {
            return fault(format!("no alternative fits:\n  {}", faults.join("\n  ")));
        }
    }
    if let Some(object) = value.as_object() {
        check_members(root, schema, object, at)?;
    }
    if let (Some(items), Some(list)) = (members.get("items"), value.as_array()) {
        for (i, item) in list.iter().enumerate() {
            holds(root, items, item, &format!("{at}[{i}]"))?;
        }
    }
    Ok(())
}

fn check_members(
    root: &Value,
    schema: &Value,
    object: &serde_json::Map<String, Value>,
    at: &str,
) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap()) {
            return Err(format!("{at}: {name} is missing"));
        }
    }
    for (name, value) in object {
        match schema["properties"].get(name) {
            Some(inner) => holds(root, inner, value, &format!("{at}.{name}"))?,
            None if schema["additionalProperties"] == Value::Bool(false) => {
                return Err(format!("{at}: {name} is not in the schema"));
            }
            None => {}
        }
    }
    Ok(())
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other} is not checked"),
    }
}
