//! `related.*`: the addresses, users and hosts of an event, whatever they did in it, so that one search finds them all.
//!
//! <https://www.elastic.co/docs/reference/ecs/ecs-related>

use logweir_json::Scanner;
use logweir_log_formats::LogLine;

use crate::field::Field;
use crate::object::ObjectWriter;
use crate::values::{Value, Values};

const HOSTS: [Field; 3] = [Field::HostName, Field::UrlDomain, Field::DnsQuestionName];
const ADDRESSES: [Field; 3] = [Field::SourceIp, Field::DestinationIp, Field::DnsResolvedIp];

/// Writes them, each once.
pub(crate) fn write(line: &LogLine<'_>, values: &Values<'_>, object: &mut ObjectWriter<'_>) {
    list(Field::RelatedHosts, HOSTS.iter().filter_map(|field| values.get(*field)), object);
    list(Field::RelatedIp, ADDRESSES.iter().filter_map(|field| values.get(*field)), object);
    let of_call = users_of_call(line);
    list(Field::RelatedUser, values.get(Field::UserName).into_iter().chain(of_call.iter().flatten()), object);
}

/// Writes a field of several values, none twice; nothing, if there is none.
fn list<'v>(field: Field, values: impl Iterator<Item = &'v Value<'v>>, object: &mut ObjectWriter<'_>) {
    let mut start = None;
    for value in values {
        let elements = match value {
            Value::List(elements) => elements.as_slice(),
            value => std::slice::from_ref(value),
        };
        for element in elements {
            let start = *start.get_or_insert_with(|| {
                object.field(field);
                object.out.push(b'[');
                object.out.len()
            });
            element_once(start, element, object.out);
        }
    }
    if start.is_some() {
        object.out.push(b']');
    }
}

/// Appends an element of the array that begins at `start`, unless it has it.
fn element_once(start: usize, element: &Value<'_>, out: &mut Vec<u8>) {
    let end = out.len();
    if end > start {
        out.push(b',');
    }
    let own = out.len();
    element.write(out);
    let (before, written) = out[start..].split_at(own - start);
    // Each element but the last has a comma behind it, and none begins within another: all are strings.
    let has =
        |place: usize| before[place..].get(written.len()) == Some(&b',') && (place == 0 || before[place - 1] == b',');
    if memchr::memmem::find_iter(before, written).any(has) {
        out.truncate(end);
    }
}

/// The users that a call of Identity and Access Management is about.
fn users_of_call<'m>(line: &LogLine<'m>) -> [Option<Value<'m>>; 2] {
    let LogLine::CloudTrail(trail) = line else { return [None, None] };
    let of_iam = trail.event.event_source.is_some_and(|source| source.is("iam.amazonaws.com"));
    let Some(parameters) = trail.event.request_parameters.filter(|_| of_iam) else { return [None, None] };
    let mut users = [None, None];
    let mut scanner = Scanner::new(parameters);
    let mut find = || {
        scanner.open(b'{').ok()?;
        let mut first = true;
        while scanner.next(first, b'}').ok()? {
            first = false;
            let key = scanner.key().ok()?;
            let place = ["userName", "newUserName"].iter().position(|name| key.is(name));
            match place {
                Some(place) if scanner.kind().ok()? == logweir_json::Kind::String => {
                    users[place] = Some(Value::Raw(scanner.value().ok()?));
                }
                _ => _ = scanner.value().ok()?,
            }
        }
        Some(())
    };
    // What was read up to a fault is there.
    let _ = find();
    users
}
