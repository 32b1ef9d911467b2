//! Where a server is.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use crate::authentication::SigningService;

/// What stays as it is in a URL (RFC 3986's unreserved characters): all else is percent-encoded, as signatures want it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// As [`ENCODED`], but for what parts a path.
const ENCODED_IN_PATH: &AsciiSet = &ENCODED.remove(b'/');

/// The address of a server, perhaps with a path that all requests begin with.
///
/// ```
/// use logweir_search_client::Endpoint;
///
/// let endpoint: Endpoint = "https://search.example.com/logs/".parse()?;
/// assert_eq!(endpoint.to_string(), "https://search.example.com/logs");
/// assert_eq!(endpoint.join("/_dashboards").to_string(), "https://search.example.com/logs/_dashboards");
/// assert!("search.example.com:9200".parse::<Endpoint>().is_err());
/// # Ok::<(), logweir_search_client::EndpointError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    secure: bool,
    loopback: bool,
    host: String,
    port: Option<u16>,
    /// Percent-encoded; empty, or begins with a slash and ends with none.
    base_path: String,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// No URL.
    #[error("the endpoint is no URL ({reason}): write it as https://host:port")]
    NoUrl {
        /// What is wrong.
        reason: String,
    },
    /// Neither `https` nor `http`.
    #[error("the endpoint must begin with https:// or http://: write it as https://host:port")]
    Scheme,
    /// No host.
    #[error("the endpoint names no host: write it as https://host:port")]
    NoHost,
    /// A user name or a password, which would end up in logs.
    #[error("the endpoint holds a user name or password: leave them out, and give them as a secret or a file")]
    UserInfo,
    /// Something behind the path.
    #[error("the endpoint has a query (?) or a fragment (#): leave it out")]
    Query,
}

/// What the name of an AWS host tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amazon {
    /// The service that signatures are for.
    pub service: SigningService,
    /// Its region.
    pub region: String,
}

impl Endpoint {
    /// Whether it is reached by TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is on this machine: what is sent there, nobody else sees.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Name or address of the host; an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host and port, as the header `Host` has them: no port that goes without saying.
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// The service and region of a host of Amazon OpenSearch Service or Serverless.
    ///
    /// Names: <https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html> and
    /// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-vpc.html>.
    pub fn amazon(&self) -> Option<Amazon> {
        let service = |word: &str| match word {
            "es" | "aos" => Some(SigningService::Es),
            "aoss" => Some(SigningService::Aoss),
            _ => None,
        };
        let labels: Vec<&str> = self.host.split('.').collect();
        let (service, region) = match *labels.as_slice() {
            [_, .., region, word, "amazonaws", "com"] | [_, .., region, word, "amazonaws", "com", "cn"] => {
                (service(word)?, region)
            }
            [_, .., word, region, "on", "aws"] => (service(word)?, region),
            _ => return None,
        };
        Some(Amazon { service, region: region.to_owned() })
    }

    /// The endpoint of what lies below this one at `path`, which is not percent-encoded.
    #[must_use]
    pub fn join(&self, path: &str) -> Self {
        let below = utf8_percent_encode(path.trim_matches('/'), ENCODED_IN_PATH);
        Self { base_path: format!("{}/{below}", self.base_path), ..self.clone() }
    }

    /// The URL of a request; neither `path` nor `query` is percent-encoded.
    pub(crate) fn url(&self, path: &str, query: &[(String, String)]) -> String {
        let path = utf8_percent_encode(path.trim_start_matches('/'), ENCODED_IN_PATH);
        let mut url = format!("{self}/{path}");
        for (index, (name, value)) in query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ENCODED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ENCODED));
        }
        url
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text.trim()).map_err(|error| EndpointError::NoUrl { reason: error.to_string() })?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(EndpointError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::Query);
        }
        let loopback = match url.host().ok_or(EndpointError::NoHost)? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        Ok(Self {
            secure,
            loopback,
            host: url.host_str().ok_or(EndpointError::NoHost)?.to_owned(),
            port: url.port(),
            base_path: url.path().trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Endpoint {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_kept_without_what_goes_without_saying() {
        assert_eq!(parse("https://Search.Example.com:443/").to_string(), "https://search.example.com");
        assert_eq!(parse("http://[::1]:9200/es//").to_string(), "http://[::1]:9200/es");
        assert_eq!(parse(" https://a.example:9243 ").authority(), "a.example:9243");
        // A name that is not ASCII, by UTS 46.
        assert_eq!(parse("https://Bücher.example").authority(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_does_not_belong_in_an_address_is_refused() {
        let refused = |text: &str| text.parse::<Endpoint>().unwrap_err();
        assert_eq!(refused("https://elastic:geheim@a.example"), EndpointError::UserInfo);
        assert_eq!(refused("https://elastic@a.example"), EndpointError::UserInfo);
        assert_eq!(refused("https://a.example/?pretty"), EndpointError::Query);
        assert_eq!(refused("https://a.example/#top"), EndpointError::Query);
        assert_eq!(refused("localhost:9200"), EndpointError::Scheme);
        assert_eq!(refused("ftp://a.example"), EndpointError::Scheme);
        assert!(matches!(refused("a.example"), EndpointError::NoUrl { .. }));
        assert!(!refused("https://elastic:geheim@a.example").to_string().contains("geheim"));
    }

    #[test]
    fn loopback_is_told() {
        for text in ["http://localhost:9200", "http://127.3.0.1", "http://[::1]", "http://es.localhost"] {
            assert!(parse(text).is_loopback(), "{text}");
        }
        for text in ["http://10.0.0.1", "http://localhost.example.com", "http://host.docker.internal"] {
            assert!(!parse(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn hosts_of_aws_tell_service_and_region() {
        let told = |text: &str| parse(text).amazon().map(|amazon| (amazon.service, amazon.region));
        let found = |service, region: &str| Some((service, region.to_owned()));
        assert_eq!(told("https://search-x-y.eu-west-1.es.amazonaws.com"), found(SigningService::Es, "eu-west-1"));
        assert_eq!(told("https://vpc-x-y.cn-north-1.es.amazonaws.com.cn"), found(SigningService::Es, "cn-north-1"));
        assert_eq!(told("https://search-x-y.aos.us-east-1.on.aws"), found(SigningService::Es, "us-east-1"));
        assert_eq!(told("https://abc.us-east-1.aoss.amazonaws.com"), found(SigningService::Aoss, "us-east-1"));
        for other in ["https://es.amazonaws.com", "https://x.eu-west-1.elb.amazonaws.com", "https://es.example.com"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn a_request_is_encoded_as_signatures_want_it() {
        let query =
            [("filter_path".to_owned(), "errors,items.*.status".to_owned()), ("é".to_owned(), "a b".to_owned())];
        assert_eq!(
            parse("https://a.example/es").url("/cwl-*/_search", &query),
            "https://a.example/es/cwl-%2A/_search?filter_path=errors%2Citems.%2A.status&%C3%A9=a%20b"
        );
        assert_eq!(parse("https://a.example").url("/", &[]), "https://a.example/");
    }
}
