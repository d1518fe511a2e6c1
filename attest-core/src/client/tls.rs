//! Which servers are believed to be who they say: the system's certificate authorities and the bundled ones.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, ErrorKind};

/// A TLS configuration on `ring`, with the authorities of `ca_bundle` (PEM) added. `of_the_system` says whether the
/// system's are read: some hundred files.
pub(super) fn configuration(
    ca_bundle: Option<&[u8]>,
    of_the_system: bool,
) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if of_the_system {
        add_system(&mut roots);
    }
    if let Some(pem) = ca_bundle {
        add_bundle(&mut roots, pem)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            Error::new(ErrorKind::Internal, "TLS cannot be set up").with_source(error)
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(configuration)
}

fn add_system(roots: &mut RootCertStore) {
    // A system without authorities, or with one that cannot be read, still has the bundled ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
}

fn add_bundle(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), Error> {
    let refuse = |why: String| Error::new(ErrorKind::Config, format!("the CA bundle {why}"));
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| refuse(format!("is no PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| refuse(format!("holds a certificate that cannot be used: {error}")))?;
        count += 1;
    }
    if count == 0 {
        return Err(refuse("holds no certificate: give PEM".to_owned()));
    }
    Ok(())
}
