//! What is installed, against a stand-in (`keeper.rs`). Index templates are tried on the real servers too: tests/cloud.

use logweir_search_client::{
    Client, DashboardsPlace, DashboardsProduct, Effect, InstallOptions, Lifecycle, Outcome, Retention, SavedObjects,
    Template, about, dashboards_product, install_index_settings, install_lifecycle, install_saved_objects,
    install_templates,
};
use serde_json::{Value, json};

use crate::client_of;
use crate::keeper::{Has, start};

const USUAL: InstallOptions =
    InstallOptions { force: false, dry_run: false, timeout: std::time::Duration::from_secs(20), is_guess: false };

fn template(version: u32, shards: u32) -> Template {
    let settings = json!({ "index": { "number_of_shards": shards } });
    let body = json!({ "index_patterns": ["cwl-app-*"], "version": version, "template": { "settings": settings } });
    Template { name: "cwl-app".to_owned(), body }
}

/// What became of an index template; a person's own beside it comes before.
async fn templates(client: &Client, template: &Template, lifecycle: &Lifecycle, options: InstallOptions) -> Outcome {
    let outcomes = install_templates(client, std::slice::from_ref(template), lifecycle, &options).await;
    outcomes.expect("answers").pop().expect("an outcome")
}

fn retention(days: Option<u32>) -> Retention {
    Retention::new("cwl", days, &[template(1, 1)])
}

async fn lifecycle(client: &Client, days: Option<u32>) -> (Lifecycle, Effect) {
    let (lifecycle, outcome) = install_lifecycle(client, &retention(days), &USUAL).await.expect("answers");
    (lifecycle, outcome.effect)
}

#[tokio::test]
async fn templates_are_installed_once_upgraded_and_left_alone_when_changed() {
    let (server, kept) = start(Has::Neither).await;
    let client = client_of(&server.url());
    let install = async |version, shards, options| {
        templates(&client, &template(version, shards), &Lifecycle::None, options).await
    };
    let dry = InstallOptions { dry_run: true, ..USUAL };
    let force = InstallOptions { force: true, ..USUAL };

    assert_eq!(install(1, 1, dry).await.to_string(), "would be created: index template cwl-app");
    assert!(kept.lock().unwrap().is_empty());
    assert_eq!(install(1, 1, USUAL).await.effect, Effect::Created);
    assert_eq!(install(1, 1, USUAL).await.effect, Effect::Unchanged);
    assert_eq!(install(2, 2, USUAL).await.effect, Effect::Upgraded);
    // Of one version, with other settings.
    assert_eq!(install(2, 3, USUAL).await.effect, Effect::Upgraded);
    assert!(matches!(install(1, 1, USUAL).await.effect, Effect::LeftAlone { reason } if reason.contains("newer")));

    let change = |pointer: &str, value: Value| {
        *kept.lock().unwrap().get_mut("/_index_template/cwl-app").unwrap().pointer_mut(pointer).unwrap() = value;
    };
    change("/body/template/settings/index/number_of_shards", json!("7"));
    let left = install(3, 3, USUAL).await;
    assert_eq!(left.to_string(), "left alone: index template cwl-app: changed by hand: --force overwrites it");
    assert!(left.is_trouble());
    assert_eq!(install(3, 3, force).await.effect, Effect::Overwritten);
    assert_eq!(install(3, 3, USUAL).await.effect, Effect::Unchanged);
    // Who made it is not known.
    change("/body/_meta", json!({ "description": "mine" }));
    assert!(
        matches!(install(3, 3, USUAL).await.effect, Effect::LeftAlone { reason } if reason.contains("not Logweir's"))
    );
}

#[tokio::test]
async fn a_component_template_of_ones_own_is_made_empty_and_never_touched_again() {
    let (server, kept) = start(Has::Neither).await;
    let client = client_of(&server.url());
    let install = async |version, options: InstallOptions| {
        let all = install_templates(&client, &[template(version, version)], &Lifecycle::None, &options).await;
        all.expect("answers").iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let dry = InstallOptions { dry_run: true, ..USUAL };
    let (custom, ours) = ("component template cwl-app@custom", "index template cwl-app");
    assert_eq!(install(1, dry).await, [format!("would be created: {custom}"), format!("would be created: {ours}")]);
    assert!(kept.lock().unwrap().is_empty());
    assert_eq!(install(1, USUAL).await, [format!("created: {custom}"), format!("created: {ours}")]);
    assert_eq!(kept.lock().unwrap()["/_index_template/cwl-app"]["body"]["composed_of"], json!(["cwl-app@custom"]));

    let path = "/_component_template/cwl-app%40custom";
    let mine = json!({ "template": { "mappings": { "properties": { "mine": { "type": "keyword" } } } } });
    kept.lock().unwrap().get_mut(path).unwrap()["body"] = mine.clone();
    for options in [USUAL, InstallOptions { force: true, ..USUAL }] {
        let version = if options.force { 3 } else { 2 };
        assert_eq!(install(version, options).await, [format!("unchanged: {custom}"), format!("upgraded: {ours}")]);
        assert_eq!(kept.lock().unwrap()[path]["body"], mine);
    }
    // Who does not know what the server is replaces nothing of the same version.
    let guess = InstallOptions { is_guess: true, ..USUAL };
    let other = |version| Template { body: template(version, 9).body, ..template(version, 9) };
    assert_eq!(templates(&client, &other(3), &Lifecycle::None, guess).await.effect, Effect::Unchanged);
    assert_eq!(templates(&client, &other(4), &Lifecycle::None, guess).await.effect, Effect::Upgraded);
}

#[tokio::test]
async fn who_may_not_see_component_templates_still_installs() {
    let server = crate::server::Server::start(None, |seen| {
        let body = r#"{"error":{"reason":"no permissions for [cluster:admin/component_template/get]"}}"#;
        let there = json!({ "index_templates": [{ "name": "cwl-app", "index_template": {
            "index_patterns": ["cwl-app-*"], "composed_of": ["cwl-app@custom"], "version": 1,
            "_meta": { "managed_by": "logweir", "version": 1, "source": "other", "digest": "d" } } }] });
        let is_component = seen.line.contains("/_component_template/");
        if is_component {
            crate::server::answer(403, "", body)
        } else {
            crate::server::answer(200, "", &there.to_string())
        }
    })
    .await;
    let outcomes = install_templates(&client_of(&server.url()), &[template(1, 1)], &Lifecycle::None, &USUAL).await;
    let [custom, ours] = &outcomes.unwrap()[..] else { panic!("two outcomes") };
    assert!(custom.is_trouble() && custom.to_string().contains("no permissions for"));
    // It is composed of one that may not be seen, and stays so.
    assert_eq!(ours.effect, Effect::Unchanged);
    assert!(server.seen().iter().all(|seen| seen.line.starts_with("GET")));
}

#[tokio::test]
async fn indices_that_are_there_get_the_setting_and_those_that_refuse_are_named() {
    let listed = json!({
        "cwl-app-2026.11.20": { "settings": { "index": { "provided_name": "cwl-app-2026.11.20" } } },
        "cwl-app-2026.11.21": { "settings": { "index": { "highlight": { "max_analyzed_offset": "2000000" } } } },
        "cwl-app-2026.11.22": { "settings": { "index": { "provided_name": "cwl-app-2026.11.22" } } },
    });
    let server = crate::server::Server::start(None, move |seen| match &seen.line {
        line if line.starts_with("GET") => crate::server::answer(200, "", &listed.to_string()),
        line if line.contains("11.22") => {
            crate::server::answer(403, "", r#"{"error":{"reason":"blocked by: read-only"}}"#)
        }
        _ => crate::server::answer(200, "", r#"{"acknowledged":true}"#),
    })
    .await;
    let client = client_of(&server.url());
    let told = async |options| install_index_settings(&client, &[template(1, 1)], &options).await.unwrap().to_string();
    let name = "index.highlight.max_analyzed_offset of 2 indices";
    assert_eq!(told(InstallOptions { dry_run: true, ..USUAL }).await, format!("would be upgraded: setting {name}"));
    assert_eq!(server.seen().len(), 1);
    let failed = told(USUAL).await;
    assert!(failed.starts_with(&format!("failed: setting {name}: cwl-app-2026.11.22: ")), "{failed}");
    assert!(failed.contains("blocked by: read-only"), "{failed}");
    let sent: Vec<_> = server.seen().into_iter().filter(|seen| seen.line.starts_with("PUT")).collect();
    assert_eq!(sent.len(), 3, "both, then each alone");
    assert_eq!(sent[1].body(), r#"{"index.highlight.max_analyzed_offset":2000000}"#);
}

#[tokio::test]
async fn a_server_says_what_it_is_or_not() {
    for (status, body, told) in
        [(200, r#"{"version":{}}"#, Some(r#"{"version":{}}"#)), (403, "{}", None), (404, "", None)]
    {
        let server = crate::server::Server::start(None, move |_| crate::server::answer(status, "", body)).await;
        let about = about(&client_of(&server.url()), USUAL.timeout).await.unwrap();
        assert_eq!(about.as_deref(), told.map(str::as_bytes), "{status}");
    }
    let server = crate::server::Server::start(None, |_| crate::server::answer(503, "", "")).await;
    let error = about(&client_of(&server.url()), USUAL.timeout).await.unwrap_err();
    assert!(error.is_retryable() && error.code() == "SearchBusy", "{error}");
}

#[tokio::test]
async fn opensearch_deletes_by_ism() {
    let (server, kept) = start(Has::Ism).await;
    let client = client_of(&server.url());
    assert!(matches!(lifecycle(&client, None).await, (Lifecycle::None, Effect::NotNeeded { .. })));
    assert!(matches!(lifecycle(&client, Some(0)).await, (Lifecycle::None, Effect::NotNeeded { .. })));
    assert_eq!(lifecycle(&client, Some(30)).await, (Lifecycle::Ism, Effect::Created));
    assert_eq!(kept.lock().unwrap()["/_plugins/_ism/add/cwl-app-%2A"], json!({ "policy_id": "logweir-cwl" }));
    let path = "/_plugins/_ism/policies/logweir-cwl";
    let policy = kept.lock().unwrap()[path]["body"]["policy"].clone();
    assert_eq!(policy["ism_template"][0]["index_patterns"], json!(["cwl-app-*"]));
    assert_eq!(policy["states"][0]["transitions"][0]["conditions"]["min_index_age"], "30d");
    assert_eq!(lifecycle(&client, Some(30)).await, (Lifecycle::Ism, Effect::Unchanged));
    assert_eq!(lifecycle(&client, None).await, (Lifecycle::Ism, Effect::Unchanged));
    // Back to never: what is there goes on, and what to type is told.
    let (ism, effect) = lifecycle(&client, Some(0)).await;
    assert_eq!(ism, Lifecycle::Ism);
    let Effect::LeftAlone { reason } = effect else { panic!("{effect:?}") };
    assert!(reason.contains("`POST _plugins/_ism/remove/cwl-app-*`"), "{reason}");
    assert!(reason.contains("`DELETE _plugins/_ism/policies/logweir-cwl`"), "{reason}");
    assert_eq!(lifecycle(&client, Some(60)).await, (Lifecycle::Ism, Effect::Upgraded));
    assert_eq!(kept.lock().unwrap()["/_plugins/_ism/change_policy/cwl-app-%2A"], json!({ "policy_id": "logweir-cwl" }));

    let changed = "/body/policy/states/0/transitions/0/conditions/min_index_age";
    *kept.lock().unwrap().get_mut(path).unwrap().pointer_mut(changed).unwrap() = json!("1d");
    assert!(matches!(lifecycle(&client, Some(30)).await.1, Effect::LeftAlone { .. }));
    assert!(matches!(lifecycle(&client, Some(0)).await.1, Effect::LeftAlone { .. }));
}

#[tokio::test]
async fn elasticsearch_deletes_by_ilm_and_templates_name_the_policy() {
    let (server, kept) = start(Has::Ilm).await;
    let client = client_of(&server.url());
    let (ilm, effect) = lifecycle(&client, Some(30)).await;
    assert_eq!((&ilm, effect), (&Lifecycle::Ilm { policy: "logweir-cwl".to_owned() }, Effect::Created));
    let delete = &kept.lock().unwrap()["/_ilm/policy/logweir-cwl"]["body"]["policy"]["phases"]["delete"].clone();
    assert_eq!(*delete, json!({ "min_age": "30d", "actions": { "delete": {} } }));
    assert_eq!(kept.lock().unwrap()["/cwl-app-%2A/_settings"]["body"]["index.lifecycle.name"], "logweir-cwl");

    assert_eq!(templates(&client, &template(1, 1), &ilm, USUAL).await.effect, Effect::Created);
    let index = kept.lock().unwrap()["/_index_template/cwl-app"]["body"]["template"]["settings"]["index"].clone();
    assert_eq!(index["lifecycle"]["name"], "logweir-cwl");
    let (kept_on, effect) = lifecycle(&client, Some(0)).await;
    assert_eq!(kept_on, ilm, "templates name it until somebody deletes it");
    let Effect::LeftAlone { reason } = effect else { panic!("{effect:?}") };
    assert!(reason.contains("`POST cwl-app-*/_ilm/remove`, then `DELETE _ilm/policy/logweir-cwl`"), "{reason}");
    // Without a word on it, both stay as they are.
    let (ilm, effect) = lifecycle(&client, None).await;
    assert_eq!(effect, Effect::Unchanged);
    assert_eq!(templates(&client, &template(1, 1), &ilm, USUAL).await.effect, Effect::Unchanged);
    assert_eq!(lifecycle(&client, Some(7)).await.1, Effect::Upgraded);
}

#[tokio::test]
async fn a_server_that_has_neither_is_named_the_other_way() {
    let (server, _) = start(Has::Neither).await;
    let (none, effect) = lifecycle(&client_of(&server.url()), Some(30)).await;
    assert_eq!(none, Lifecycle::None);
    assert!(
        matches!(effect, Effect::NotNeeded { reason } if reason.contains("logweir search expire --older-than 30d"))
    );
}

#[tokio::test]
async fn a_policy_that_may_not_be_seen_is_still_named() {
    let server = crate::server::Server::start(None, |seen| {
        if seen.line.contains("/_ilm/") {
            crate::server::answer(403, "", r#"{"error":{"reason":"action [cluster:admin/ilm/get] is unauthorized"}}"#)
        } else {
            crate::server::answer(400, "", r#"{"error":"no handler found for uri [a] and method [GET]"}"#)
        }
    })
    .await;
    let client = client_of(&server.url());
    let (ilm, effect) = lifecycle(&client, Some(30)).await;
    assert_eq!(ilm, Lifecycle::Ilm { policy: "logweir-cwl".to_owned() });
    assert!(matches!(effect, Effect::Failed { reason } if reason.contains("is unauthorized")));
    assert_eq!(lifecycle(&client, Some(0)).await.0, Lifecycle::None);
}

fn objects(version: u64, title: &str, more: &str) -> SavedObjects {
    let lines = [
        json!({ "type": "index-pattern", "id": "p", "attributes": { "title": "cwl-*", "timeFieldName": "@timestamp" } }),
        json!({ "type": "visualization", "id": "v", "attributes": { "title": title, "uiStateJSON": "{}" }, "references": [] }),
        json!({ "type": "dashboard", "id": "d", "attributes": { "title": "D", "description": "All." }, "references": [] }),
    ];
    let lines = lines.iter().fold(String::new(), |text, line| format!("{text}{line}\n"));
    SavedObjects::parse(&format!("{lines}{more}"), version).expect("saved objects")
}

async fn dashboards(client: &Client, objects: &SavedObjects, options: InstallOptions) -> Vec<Effect> {
    let outcomes =
        install_saved_objects(client, objects, &DashboardsPlace::default(), &options).await.expect("answers");
    outcomes.into_iter().map(|outcome| outcome.effect).collect()
}

#[tokio::test]
async fn saved_objects_are_imported_once_and_left_alone_when_changed() {
    use Effect::{Created, Overwritten, Unchanged, Upgraded};
    let (server, kept) = start(Has::Neither).await;
    let client = client_of(&server.url());
    let product = dashboards_product(&client, &DashboardsPlace::default(), &USUAL).await.unwrap();
    assert_eq!(product, Some(DashboardsProduct::OpenSearchDashboards));

    let first = objects(1, "V", "");
    assert_eq!(
        dashboards(&client, &first, InstallOptions { dry_run: true, ..USUAL }).await,
        [Created, Created, Created]
    );
    assert!(kept.lock().unwrap().is_empty());
    assert_eq!(dashboards(&client, &first, USUAL).await, [Created, Created, Created]);
    assert_eq!(dashboards(&client, &first, USUAL).await, [Unchanged, Unchanged, Unchanged]);
    assert_eq!(dashboards(&client, &objects(2, "W", ""), USUAL).await, [Unchanged, Upgraded, Unchanged]);

    kept.lock().unwrap().get_mut("dashboard d").unwrap()["attributes"]["title"] = json!("Mine");
    kept.lock().unwrap().get_mut("index-pattern p").unwrap()["attributes"]["fields"] = json!("[…]");
    let third = objects(3, "X", "");
    let effects = dashboards(&client, &third, USUAL).await;
    assert!(matches!(effects.as_slice(), [Unchanged, Upgraded, Effect::LeftAlone { .. }]), "{effects:?}");
    assert_eq!(kept.lock().unwrap()["dashboard d"]["attributes"]["title"], "Mine");
    let force = InstallOptions { force: true, ..USUAL };
    assert_eq!(dashboards(&client, &third, force).await, [Unchanged, Unchanged, Overwritten]);
    assert_eq!(dashboards(&client, &third, USUAL).await, [Unchanged, Unchanged, Unchanged]);
}

#[tokio::test]
async fn what_is_not_imported_is_told() {
    let (server, _) = start(Has::Neither).await;
    let refused = r#"{"type":"search","id":"refused","attributes":{"title":"S"}}"#;
    let effects = dashboards(&client_of(&server.url()), &objects(1, "V", refused), USUAL).await;
    assert!(matches!(&effects[3], Effect::Failed { reason } if reason.contains("refers to gone")), "{effects:?}");
    assert_eq!(effects[1], Effect::Created);

    let denied = |_: &crate::server::Received| crate::server::answer(401, "", r#"{"message":"Unauthorized"}"#);
    let server = crate::server::Server::start(None, denied).await;
    let client = client_of(&server.url());
    let error =
        install_saved_objects(&client, &objects(1, "V", ""), &DashboardsPlace::default(), &USUAL).await.unwrap_err();
    assert!(error.to_string().contains("401: Unauthorized"), "{error}");
    let error = install_templates(&client, &[template(1, 1)], &Lifecycle::None, &USUAL).await.unwrap_err();
    assert_eq!(error.code(), "SearchUnauthenticated");
    assert_eq!(server.seen().len(), 2, "no more is asked");

    let denied = |_: &crate::server::Received| crate::server::answer(403, "", r#"{"message":"Forbidden"}"#);
    let server = crate::server::Server::start(None, denied).await;
    let effects = dashboards(&client_of(&server.url()), &objects(1, "V", ""), USUAL).await;
    assert!(matches!(&effects[..], [Effect::Failed { reason }] if reason.contains("403: Forbidden")), "{effects:?}");
}
