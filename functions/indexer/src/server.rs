//! The search server as the function first meets it: connected to and given its index templates, when the first document comes.

use std::sync::Arc;
use std::time::Duration;

use logweir_aws_support::configuration;
use logweir_lambda_support::{Backoff, Deadline, Failure};
use logweir_search::{FlatField, IndexPrefix, templates};
use logweir_search_client::{
    Authentication, Certificates, Client, ClientConfig, ClientError, Effect, Endpoint, InstallOptions, Outcome,
    Retention, Template, Thing, about, first_taken, install_index_settings, install_lifecycle, install_templates,
};
use tokio::sync::OnceCell;

use crate::config::Config;

/// How often the templates are tried to be installed.
const INSTALL_ATTEMPTS: u32 = 6;
const INSTALL_BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(4) };

/// The server.
#[derive(Debug)]
pub(crate) struct Server {
    endpoint: Endpoint,
    authentication: Authentication,
    certificates: Option<Certificates>,
    prefix: IndexPrefix,
    install_templates: bool,
    retention_days: u32,
    client: OnceCell<Arc<Client>>,
    is_installed: OnceCell<()>,
}

impl Server {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            endpoint: config.endpoint.clone(),
            authentication: config.authentication.clone(),
            certificates: config.certificates.clone(),
            prefix: config.settings.prefix.clone(),
            install_templates: config.install_templates,
            retention_days: config.retention_days,
            client: OnceCell::new(),
            is_installed: OnceCell::new(),
        }
    }

    /// A client of the server, whose templates are there. What fails is tried again by the next invocation.
    pub(crate) async fn client(&self, deadline: Deadline) -> Result<Arc<Client>, Failure> {
        let client = self.client.get_or_try_init(|| self.connect()).await?;
        if self.install_templates {
            self.is_installed.get_or_try_init(|| Box::pin(self.install(client, deadline))).await?;
        }
        Ok(Arc::clone(client))
    }

    async fn connect(&self) -> Result<Arc<Client>, Failure> {
        let mut config = ClientConfig::new(self.endpoint.clone());
        config.authentication = self.authentication.clone();
        config.certificates = self.certificates.clone();
        config.aws = Some(configuration().await.clone());
        Client::new(config).map(Arc::new).map_err(|error| Failure::new("Configuration", &error))
    }

    /// Installs the index templates: before the first document, as a field's type cannot be changed behind it. What a person
    /// changed is left alone. Many functions start at once when the first logs come, and get into each other's way: whoever
    /// fails looks again, and finds what another installed.
    async fn install(&self, client: &Client, deadline: Deadline) -> Result<(), Failure> {
        let mut attempt = 0;
        loop {
            let Err((failure, may_pass)) = self.install_once(client, deadline).await else { return Ok(()) };
            let wait = INSTALL_BACKOFF.random_delay(attempt);
            attempt += 1;
            if !may_pass || attempt == INSTALL_ATTEMPTS || !deadline.allows(wait) {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The error says whether it may pass.
    async fn install_once(&self, client: &Client, deadline: Deadline) -> Result<(), (Failure, bool)> {
        let prefix = &self.prefix;
        let failed = |error: ClientError| (Failure::new("InstallFailed", &error), error.is_retryable());
        let about = about(client, deadline.remaining()).await.map_err(failed)?;
        let flat = match about.as_deref().map(FlatField::of_server) {
            Some(flat) => Some(flat),
            None => first_taken(client, FlatField::candidates(), deadline.remaining()).await.map_err(failed)?,
        };
        if flat.is_none() {
            tracing::warn!("the server does not tell what it is: the role or user lacks cluster:monitor/main (GET /)");
        }
        let (flat, is_guess) = (flat.unwrap_or_default(), flat.is_none());
        let templates: Vec<_> = templates(prefix, flat)
            .into_iter()
            .map(|template| Template { name: template.name, body: template.body })
            .collect();
        let retention = Retention::new(prefix.as_str(), Some(self.retention_days), &templates);
        let options = InstallOptions { timeout: deadline.remaining(), is_guess, ..InstallOptions::default() };
        let installed = async {
            let (lifecycle, outcome) = install_lifecycle(client, &retention, &options).await?;
            let mut outcomes = install_templates(client, &templates, &lifecycle, &options).await?;
            outcomes.push(outcome);
            Ok::<_, ClientError>(outcomes)
        };
        let outcomes = installed.await.map_err(failed)?;
        outcomes.iter().for_each(tell);
        let is_failed = |outcome: &&Outcome| {
            outcome.thing == Thing::IndexTemplate && matches!(outcome.effect, Effect::Failed { .. })
        };
        if let Some(outcome) = outcomes.iter().find(is_failed) {
            // Somebody else may have been at it.
            return Err((Failure { error_type: "InstallFailed", message: outcome.to_string() }, true));
        }
        // What is there can be written to without it.
        match install_index_settings(client, &templates, &options).await {
            Ok(outcome) => tell(&outcome),
            Err(error) => tracing::warn!(%error, "the indices that are there keep their settings"),
        }
        Ok(())
    }
}

fn tell(outcome: &Outcome) {
    if outcome.is_trouble() {
        tracing::warn!(%outcome, "somebody should look at what is installed");
    } else if outcome.effect != Effect::Unchanged {
        tracing::info!(%outcome, "installed");
    }
}
