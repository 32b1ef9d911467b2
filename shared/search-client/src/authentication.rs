//! How a server learns who asks.

use base64_simd::STANDARD;
use http::HeaderValue;
use serde_json::Value;

use crate::secret::Secret;
use crate::secret_arn::SecretArn;

/// How a server learns who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// It does not.
    None,
    /// By a user name and a password.
    Basic {
        /// The user's name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// By an API key: as Elasticsearch encodes it, or as `id:key`.
    ApiKey(Secret),
    /// By what a secret of AWS holds, fetched when it is needed and again when the server refuses it.
    Stored {
        /// What is made of the secret.
        scheme: Scheme,
        /// Where it is.
        secret: SecretArn,
    },
    /// By AWS Signature Version 4, with the credentials of the AWS SDK's chain.
    SigV4 {
        /// The service that signatures are for; by the host's name if there is none.
        service: Option<SigningService>,
        /// Its region; by the host's name, else that of the AWS configuration, if there is none.
        region: Option<String>,
    },
}

/// What is made of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// User name and password: `{"username":"…","password":"…"}`.
    Basic,
    /// API key: `{"api_key":"…"}`, with `"id"` beside it as Elasticsearch answers, or the bare key.
    ApiKey,
}

/// A service whose requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningService {
    /// Amazon OpenSearch Service.
    Es,
    /// Amazon OpenSearch Serverless.
    Aoss,
}

impl SigningService {
    /// Its name in signatures.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Aoss => "aoss",
        }
    }
}

/// No service whose requests are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be es (OpenSearch Service) or aoss (OpenSearch Serverless)")]
pub struct SigningServiceError;

impl std::str::FromStr for SigningService {
    type Err = SigningServiceError;

    fn from_str(text: &str) -> Result<Self, SigningServiceError> {
        match text {
            "es" => Ok(Self::Es),
            "aoss" => Ok(Self::Aoss),
            _ => Err(SigningServiceError),
        }
    }
}

/// The header `Authorization` for a user name and a password.
pub(crate) fn basic(username: &str, password: &Secret) -> Result<HeaderValue, &'static str> {
    if username.is_empty() || password.is_empty() {
        return Err("the user name or the password is empty");
    }
    if username.contains(':') {
        return Err("a user name must hold no colon");
    }
    header(&format!("Basic {}", STANDARD.encode_to_string(format!("{username}:{}", password.reveal()))))
}

/// The header `Authorization` for an API key. A colon tells `id:key` from what is encoded already.
pub(crate) fn api_key(key: &Secret) -> Result<HeaderValue, &'static str> {
    let key = key.reveal().trim();
    if key.is_empty() {
        return Err("the API key is empty");
    }
    if key.contains(':') {
        header(&format!("ApiKey {}", STANDARD.encode_to_string(key)))
    } else {
        header(&format!("ApiKey {key}"))
    }
}

/// The header `Authorization` for the text of a secret.
pub(crate) fn of_secret(scheme: Scheme, text: &Secret) -> Result<HeaderValue, &'static str> {
    let parsed: Option<Value> = serde_json::from_str(text.reveal()).ok().filter(Value::is_object);
    let member = |name: &str| parsed.as_ref()?.get(name)?.as_str().filter(|value| !value.is_empty());
    match scheme {
        Scheme::Basic => match (member("username"), member("password")) {
            (Some(username), Some(password)) => basic(username, &Secret::new(password)),
            _ => Err(r#"it must be {"username":"…","password":"…"}"#),
        },
        Scheme::ApiKey if parsed.is_none() => api_key(text),
        Scheme::ApiKey => match (member("encoded"), member("id"), member("api_key")) {
            (Some(encoded), ..) => api_key(&Secret::new(encoded)),
            (None, Some(id), Some(key)) => api_key(&Secret::new(&format!("{id}:{key}"))),
            (None, None, Some(key)) => api_key(&Secret::new(key)),
            (None, _, None) => Err(r#"it must be {"api_key":"…"} or the bare key"#),
        },
    }
}

fn header(text: &str) -> Result<HeaderValue, &'static str> {
    let mut value = HeaderValue::from_str(text).map_err(|_| "it holds characters that no HTTP header can carry")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scheme: Scheme, text: &str) -> Result<String, &'static str> {
        of_secret(scheme, &Secret::new(text)).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn secrets_become_headers() {
        // The example of RFC 7617, section 2.
        let basic = shown(Scheme::Basic, r#"{"username":"Aladdin","password":"open sesame"}"#);
        assert_eq!(basic.unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        // The example of Elasticsearch's API "create API key".
        let encoded = "ApiKey VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==";
        for text in [
            r#"{"id":"VuaCfGcBCdbkQm-e5aOx","name":"k","api_key":"ui2lp2axTNmsyakw9tvNnw","encoded":"VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="}"#,
            r#"{"id":"VuaCfGcBCdbkQm-e5aOx","api_key":"ui2lp2axTNmsyakw9tvNnw"}"#,
            r#"{"api_key":"VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="}"#,
            "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw",
            "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==\n",
        ] {
            assert_eq!(shown(Scheme::ApiKey, text).unwrap(), encoded, "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_of_the_kind_is_refused_and_not_shown() {
        for (scheme, text) in [
            (Scheme::Basic, "geheim"),
            (Scheme::Basic, r#"{"username":"geheim","password":""}"#),
            (Scheme::Basic, r#"{"username":"a:b","password":"geheim"}"#),
            (Scheme::ApiKey, r#"{"password":"geheim"}"#),
            (Scheme::ApiKey, "geheim\ngeheim"),
            (Scheme::ApiKey, " "),
        ] {
            assert!(!shown(scheme, text).unwrap_err().contains("geheim"), "{text}");
        }
        let authentication = Authentication::Basic { username: "u".to_owned(), password: Secret::new("geheim") };
        assert!(!format!("{authentication:?}").contains("geheim"));
        assert!(!format!("{:?}", api_key(&Secret::new("geheim"))).contains("geheim"));
    }
}
