//! The authorities that this machine trusts.

use std::path::Path;
use std::sync::OnceLock;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

/// Where Linux distributions keep all authorities in one file, in the order in which `openssl-probe` looks for it.
/// Amazon Linux 2023, in which Lambda runs, has the second. Other systems have no such file, or keep in it what they no
/// longer trust.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/ssl/cert.pem",
];
/// What names other places: <https://docs.openssl.org/3.0/man7/openssl-env/>.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

static ROOTS: OnceLock<TrustedRoots> = OnceLock::new();

/// Authorities.
#[derive(Debug, Clone)]
pub struct TrustedRoots {
    certificates: Vec<CertificateDer<'static>>,
    store: RootCertStore,
}

/// The authorities that this machine trusts, read when they are first asked for. `SSL_CERT_FILE` and `SSL_CERT_DIR`
/// name others; without them it is the distribution's one file of all.
pub fn trusted_roots() -> &'static TrustedRoots {
    ROOTS.get_or_init(|| {
        let roots = read(are_named(), BUNDLES.iter().map(Path::new));
        if roots.certificates.is_empty() {
            tracing::warn!("this machine has no certificates of authorities: no server can be believed");
        }
        roots
    })
}

impl TrustedRoots {
    /// They as `rustls` wants them.
    pub fn store(&self) -> &RootCertStore {
        &self.store
    }

    /// They in the PEM format, each of them good.
    pub(crate) fn pem(&self) -> String {
        let mut text =
            String::with_capacity(self.certificates.iter().map(|certificate| certificate.len() * 3 / 2).sum());
        for certificate in &self.certificates {
            text.push_str("-----BEGIN CERTIFICATE-----\n");
            base64_simd::STANDARD.encode_append(certificate, &mut text);
            text.push_str("\n-----END CERTIFICATE-----\n");
        }
        text
    }

    /// Those of `found` that can be used. One that cannot is no reason to stop: the server is signed by another.
    fn of(found: CertificateResult) -> Self {
        let CertificateResult { mut certs, errors, .. } = found;
        for error in errors {
            tracing::warn!(%error, "certificates of authorities");
        }
        let mut store = RootCertStore::empty();
        certs.retain(|certificate| store.add(certificate.clone()).is_ok());
        Self { certificates: certs, store }
    }
}

/// Whether the environment names a place.
#[expect(
    clippy::disallowed_methods,
    reason = "OpenSSL's variables, which rustls-native-certs reads itself: no configuration of ours"
)]
fn are_named() -> bool {
    VARIABLES.iter().any(|name| std::env::var_os(name).is_some())
}

/// The first of `bundles` that is there and alone, unless the environment names other places. Left to itself,
/// rustls-native-certs reads the folders beside the file too, which hold the same once more, a certificate a file:
/// hundreds of files, each fetched by itself where a function has just started.
fn read<'p>(are_named: bool, bundles: impl Iterator<Item = &'p Path>) -> TrustedRoots {
    if !are_named && cfg!(target_os = "linux") {
        let found = bundles.filter(|path| path.is_file()).map(|path| load_certs_from_paths(Some(path), None));
        if let Some(roots) = found.map(TrustedRoots::of).find(|roots| !roots.certificates.is_empty()) {
            return roots;
        }
    }
    TrustedRoots::of(load_native_certs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use rustls::pki_types::pem::PemObject;
    use tempfile::TempDir;

    fn certificate() -> String {
        let params = CertificateParams::new(["authority.example".to_owned()]).unwrap();
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn one_file_is_read_and_no_folder() {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("bundle.pem"), format!("{}{}", certificate(), certificate())).unwrap();
        // The same folder, as /etc/pki/tls/certs has it; and what a later place has.
        std::fs::write(path("01234567.0"), certificate()).unwrap();
        std::fs::write(path("later.pem"), certificate()).unwrap();
        let places = [path("none.pem"), path("bundle.pem"), path("later.pem")];
        assert_eq!(read(false, places.iter().map(AsRef::as_ref)).store().len(), 2);
        // One that holds nothing is as good as none.
        std::fs::write(path("none.pem"), "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n").unwrap();
        assert_eq!(read(false, places.iter().map(AsRef::as_ref)).store().len(), 2);
    }

    #[test]
    fn places_that_are_named_or_no_file_are_left_to_the_library() {
        let folder = TempDir::new().unwrap();
        let bundle = folder.path().join("bundle.pem");
        std::fs::write(&bundle, certificate()).unwrap();
        let library = TrustedRoots::of(load_native_certs()).certificates;
        assert_eq!(read(true, [bundle.as_path()].into_iter()).certificates, library);
        assert_eq!(read(false, std::iter::empty()).certificates, library);
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let text = format!("{}{}", certificate(), certificate());
        let certs: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).map(Result::unwrap).collect();
        let mut found = CertificateResult::default();
        found.certs = certs.clone();
        found.certs.insert(1, CertificateDer::from(vec![0]));
        let roots = TrustedRoots::of(found);
        assert_eq!(roots.certificates, certs);
        let again: Vec<_> = CertificateDer::pem_slice_iter(roots.pem().as_bytes()).map(Result::unwrap).collect();
        assert_eq!(again, certs);
    }
}
