//! `logweir search install`.

use std::io::Write;

use anyhow::Result;
use clap::{Args, ValueEnum};
use logweir_dashboards::{Product, VERSION, saved_objects};
use logweir_search::{FlatField, IndexPrefix, templates};
use logweir_search_client::{
    Client, DashboardsPlace, DashboardsProduct, Effect, Endpoint, InstallOptions, Outcome, Retention, SavedObjects,
    Template, Thing, about, dashboards_product, first_taken, install_index_settings, install_lifecycle,
    install_saved_objects, install_templates,
};

use super::connection::Connection;

pub(super) const HELP: &str = "\
Exit codes: 0 all is as it should be, 1 something was left alone or failed, 2 wrong flags or an unreadable file.

Deletion by age is Index State Management (OpenSearch) or Index Lifecycle Management (Elasticsearch), whichever the server has;
both count from the day on which an index was created. Where there is neither, run `logweir search expire` every day.

Examples:
  logweir search install --endpoint https://search.example.com:9200 --username admin --password-file - --ca ca.pem \\
    --retention-days 30 --dashboards https://dashboards.example.com:5601
  logweir search install --endpoint https://search-logs-abc.eu-west-1.es.amazonaws.com \\
    --dashboards https://search-logs-abc.eu-west-1.es.amazonaws.com/_dashboards";

#[derive(Debug, Args)]
pub(crate) struct Install {
    #[command(flatten)]
    connection: Connection,
    /// First part of the names of all indices.
    #[arg(long, default_value_t)]
    prefix: IndexPrefix,
    /// After how many days the server deletes an index by itself; 0 never. Unless given, what is there stays as it is.
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u32>,
    /// URL of OpenSearch Dashboards or Kibana, for the dashboards; Amazon's is the endpoint with /_dashboards behind it.
    #[arg(long, value_name = "URL")]
    dashboards: Option<Endpoint>,
    /// Which product that is; found out by itself.
    #[arg(long, value_name = "PRODUCT", requires = "dashboards")]
    product: Option<DashboardsFlag>,
    /// Space of Kibana to install into.
    #[arg(long, value_name = "NAME", requires = "dashboards", conflicts_with = "tenant")]
    space: Option<String>,
    /// Tenant of OpenSearch Dashboards to install into.
    #[arg(long, value_name = "NAME", requires = "dashboards")]
    tenant: Option<String>,
    /// Overwrite what a person changed, or somebody else made.
    #[arg(long)]
    force: bool,
    /// Change nothing, and tell what would be done.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DashboardsFlag {
    OpensearchDashboards,
    Kibana,
}

/// Whether all is as it should be.
pub(super) async fn run(options: &Install, out: &mut impl Write) -> Result<bool> {
    let (client, dashboards) = options.connection.clients(options.dashboards.as_ref())?;
    let how = InstallOptions { force: options.force, dry_run: options.dry_run, ..InstallOptions::default() };
    let mut well = true;
    let mut tell = |outcomes: Vec<Outcome>| -> Result<()> {
        for outcome in outcomes {
            well &= !outcome.is_trouble();
            writeln!(out, "{outcome}")?;
        }
        Ok(out.flush()?)
    };
    let about = about(&client, how.timeout).await?;
    let flat = match about.as_deref().map(FlatField::of_server) {
        Some(flat) => Some(flat),
        None => first_taken(&client, FlatField::candidates(), how.timeout).await?,
    };
    let how = InstallOptions { is_guess: flat.is_none(), ..how };
    let flat = flat.unwrap_or_default();
    let templates: Vec<_> = templates(&options.prefix, flat)
        .into_iter()
        .map(|template| Template { name: template.name, body: template.body })
        .collect();
    let retention = Retention::new(options.prefix.as_str(), options.retention_days, &templates);
    let (lifecycle, outcome) = install_lifecycle(&client, &retention, &how).await?;
    tell(vec![outcome])?;
    tell(install_templates(&client, &templates, &lifecycle, &how).await?)?;
    tell(vec![install_index_settings(&client, &templates, &how).await?])?;
    if let Some(client) = dashboards {
        tell(install_dashboards(options, &client, &how).await?)?;
    }
    Ok(well)
}

async fn install_dashboards(options: &Install, client: &Client, how: &InstallOptions) -> Result<Vec<Outcome>> {
    let place = DashboardsPlace { space: options.space.clone(), tenant: options.tenant.clone() };
    let product = match options.product {
        Some(DashboardsFlag::Kibana) => Some(DashboardsProduct::Kibana),
        Some(DashboardsFlag::OpensearchDashboards) => Some(DashboardsProduct::OpenSearchDashboards),
        None => dashboards_product(client, &place, how).await?,
    };
    let product = match product {
        Some(DashboardsProduct::Kibana) => Product::Kibana,
        Some(DashboardsProduct::OpenSearchDashboards) => Product::OpenSearchDashboards,
        None => {
            let reason =
                "it does not tell which product it is: say --product opensearch-dashboards or kibana".to_owned();
            let name = format!("at {}", client.endpoint());
            let effect = Effect::Failed { reason };
            return Ok(vec![Outcome { thing: Thing::SavedObject, name, effect, dry_run: how.dry_run }]);
        }
    };
    let objects = SavedObjects::parse(&saved_objects(product, options.prefix.as_str()), VERSION)?;
    Ok(install_saved_objects(client, &objects, &place, how).await?)
}
