//! Which server, and who asks.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use logweir_search_client::{
    Authentication, Certificates, Client, ClientConfig, Endpoint, Scheme, Secret, SecretArn, SigningService,
};

#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// URL of the server, with its port.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Endpoint,
    /// How the server learns who asks. By itself: what the other flags are for; sigv4 for hosts of Amazon OpenSearch.
    #[arg(long, value_name = "WAY")]
    auth: Option<Way>,
    /// Secret of Secrets Manager or parameter of Systems Manager, with --auth basic or api-key:
    /// `{"username":"…","password":"…"}`, `{"api_key":"…"}` or the bare key.
    #[arg(long, value_name = "ARN", conflicts_with_all = ["username", "password_file", "api_key_file"])]
    secret_arn: Option<SecretArn>,
    /// Name of the user, for basic authentication.
    #[arg(long, value_name = "NAME", requires = "password_file")]
    username: Option<String>,
    /// File that holds the password; - is standard input.
    #[arg(long, value_name = "FILE", requires = "username", conflicts_with = "api_key_file")]
    password_file: Option<PathBuf>,
    /// File that holds the API key, encoded or as id:key; - is standard input.
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// PEM file of the authorities that signed the server's certificate, if it is not a public one.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Region to sign for; by the host's name, or that of the AWS configuration.
    #[arg(long)]
    region: Option<String>,
    /// Service to sign for, es or aoss; by the host's name.
    #[arg(long, value_name = "SERVICE")]
    signing_service: Option<SigningService>,
    /// Allow sending credentials in the clear, by http:// to another machine.
    #[arg(long)]
    allow_http: bool,
}

/// How a server learns who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// It does not.
    None,
    /// User name and password.
    Basic,
    /// An API key.
    ApiKey,
    /// AWS Signature Version 4, with the credentials of the AWS configuration.
    Sigv4,
}

impl Connection {
    /// The clients of the server and, the same way, of `more` endpoints. Files are read once.
    pub(crate) fn clients(&self, more: Option<&Endpoint>) -> Result<(Client, Option<Client>)> {
        let authentication = self.authentication()?;
        let certificates = self.ca.as_deref().map(|path| {
            let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
            Certificates::from_pem(&text).with_context(|| path.display().to_string())
        });
        let certificates = certificates.transpose()?;
        let client = |endpoint: &Endpoint| {
            let (authentication, certificates) = (authentication.clone(), certificates.clone());
            let allow_http = self.allow_http;
            let made = Client::new(ClientConfig {
                authentication,
                certificates,
                allow_http,
                ..ClientConfig::new(endpoint.clone())
            });
            // Nothing was asked yet: what is wrong is in the flags.
            made.map_err(|error| anyhow::anyhow!("{error}{}", if allow_http { "" } else { hint(&error.to_string()) }))
        };
        Ok((client(&self.endpoint)?, more.map(client).transpose()?))
    }

    fn authentication(&self) -> Result<Authentication> {
        let way = match (self.auth, &self.username, &self.api_key_file) {
            (Some(way), ..) => way,
            (None, Some(_), _) => Way::Basic,
            (None, None, Some(_)) => Way::ApiKey,
            (None, None, None) if self.secret_arn.is_some() => {
                bail!("say what the secret is: --auth basic or --auth api-key")
            }
            (None, None, None) if self.endpoint.amazon().is_some() => Way::Sigv4,
            (None, None, None) => Way::None,
        };
        Ok(match (way, &self.secret_arn) {
            (Way::None, _) => Authentication::None,
            (Way::Sigv4, _) => Authentication::SigV4 { service: self.signing_service, region: self.region.clone() },
            (Way::Basic, Some(arn)) => Authentication::Stored { scheme: Scheme::Basic, secret: arn.clone() },
            (Way::ApiKey, Some(arn)) => Authentication::Stored { scheme: Scheme::ApiKey, secret: arn.clone() },
            (Way::Basic, None) => {
                let (Some(username), Some(file)) = (&self.username, &self.password_file) else {
                    bail!("--auth basic needs --username and --password-file, or --secret-arn");
                };
                Authentication::Basic { username: username.clone(), password: secret(file)? }
            }
            (Way::ApiKey, None) => {
                let Some(file) = &self.api_key_file else {
                    bail!("--auth api-key needs --api-key-file or --secret-arn")
                };
                Authentication::ApiKey(secret(file)?)
            }
        })
    }
}

/// Which flag a refusal to send in the clear is about.
fn hint(error: &str) -> &'static str {
    if error.contains("in the clear") { " (--ca, --allow-http)" } else { "" }
}

fn secret(file: &Path) -> Result<Secret> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Secret::new(&text))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        connection: Connection,
    }

    fn authentication(endpoint: &str, flags: &[&str]) -> Result<Authentication, String> {
        let flags = ["logweir", "--endpoint", endpoint].into_iter().chain(flags.iter().copied());
        let flags = Flags::try_parse_from(flags).map_err(|error| error.to_string())?;
        flags.connection.authentication().map_err(|error| error.to_string())
    }

    #[test]
    fn the_flags_tell_the_way() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "geheim\n").unwrap();
        let (here, path) = ("http://localhost:9200", file.path().to_str().unwrap());
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/search";
        assert_eq!(authentication(here, &[]), Ok(Authentication::None));
        let signed = Authentication::SigV4 { service: None, region: None };
        assert_eq!(authentication("https://search-a.eu-west-1.es.amazonaws.com", &[]), Ok(signed));
        let basic = Authentication::Basic { username: "admin".to_owned(), password: Secret::new("geheim") };
        assert_eq!(authentication(here, &["--username", "admin", "--password-file", path]), Ok(basic));
        let key = Authentication::ApiKey(Secret::new("geheim"));
        assert_eq!(authentication(here, &["--api-key-file", path]), Ok(key));
        let stored = Authentication::Stored { scheme: Scheme::Basic, secret: arn.parse().unwrap() };
        assert_eq!(authentication(here, &["--auth", "basic", "--secret-arn", arn]), Ok(stored));

        for (flags, told) in [
            (["--secret-arn", arn].as_slice(), "--auth basic or --auth api-key"),
            (&["--secret-arn", "search"], "is no ARN of a secret"),
            (&["--auth", "basic"], "needs --username and --password-file"),
            (&["--auth", "api-key"], "needs --api-key-file or --secret-arn"),
            (&["--username", "admin"], "--password-file"),
            (&["--api-key-file", "/no/such/file"], "cannot be read"),
        ] {
            let error = authentication(here, flags).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
