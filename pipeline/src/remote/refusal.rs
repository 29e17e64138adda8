//! What a store said when it refused something, in few words, with what to do about it, and without anybody's credentials.

use std::error::Error as _;
use std::ffi::OsString;

use object_store::Error;

use super::location::Keeper;
use crate::error::PipelineError;

/// What stands for a secret in a message.
const HIDDEN: &str = "…";

/// How much of a reply that is not understood is shown, characters.
const SHOWN: usize = 200;

/// The error of a store that did not do something to an object, as the pipeline's.
pub(super) fn told(keeper: &Keeper, object: String, action: &'static str, error: &Error) -> PipelineError {
    PipelineError::Remote { object, action, what: hidden(reason(error)), remedy: remedy(keeper, error) }
}

/// The error of a store that was not even asked, since its settings will not do.
pub(super) fn unready(keeper: &Keeper, location: String, error: &Error) -> PipelineError {
    let what = hidden(reason(error));
    let remedy = match untrusting(&what) {
        Some(remedy) => remedy.to_owned(),
        None => format!("; check {}", credentials(keeper)),
    };
    PipelineError::Remote { object: location, action: "preparing to use it", what, remedy }
}

/// Whether what was not found is the bucket or the container.
pub(super) fn is_of_bucket(error: &Error) -> bool {
    let text = error.to_string();
    ["NoSuchBucket", "ContainerNotFound", "bucket does not exist"].iter().any(|code| text.contains(code))
}

/// The innermost cause, which is what the server or the system said.
fn reason(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = cause.to_string();
    let text = text.trim_start_matches("Server returned non-2xx status code: ");
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.trim())
    };
    let brief = match (text.split_once(": <").or_else(|| text.split_once(":\n<")), element("Code")) {
        // S3 and who speaks like it, and Azure, explain themselves in XML, which may repeat what was sent.
        (Some((status, _)), Some(code)) => match element("Message") {
            Some(message) => format!("{status}, {code}: {message}"),
            None => format!("{status}, {code}"),
        },
        _ => text.to_owned(),
    };
    let line = brief.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.trim_end_matches([':', '.']).to_owned(),
    }
}

/// What to do about it, as the end of a message.
fn remedy(keeper: &Keeper, error: &Error) -> String {
    // With all causes, and where each request went.
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&next.to_string());
        cause = next.source();
    }
    let is_refused = matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. });
    // Without any, the machine itself is asked for some, in vain where it is none of the cloud's.
    let lacks_credentials =
        ["169.254.", "/latest/api/token", "metadata.google"].iter().any(|sign| text.contains(sign));
    let credentials = credentials(keeper);
    if let Some(remedy) = untrusting(&text) {
        remedy.to_owned()
    } else if is_of_bucket(error) {
        "; make it, or correct the URL".to_owned()
    } else if lacks_credentials {
        format!("; no credentials were found: set {credentials}")
    } else if is_refused {
        format!("; check {credentials}; and whether they may list, read and, to publish, write here")
    } else if text.contains("URL scheme is not allowed") {
        "; it is at an http:// address: set AWS_ALLOW_HTTP=true (AZURE_ALLOW_HTTP for Azure) if that is meant"
            .to_owned()
    } else if text.contains("incorrectly configured region") || text.contains("AuthorizationHeaderMalformed")
    {
        "; set AWS_REGION to the bucket's".to_owned()
    } else if text.contains("501 Not Implemented") {
        "; a store without conditional writes needs AWS_CONDITIONAL_PUT=disabled, and one publisher at a time"
            .to_owned()
    } else if matches!(keeper, Keeper::Directory(_)) {
        String::new()
    } else {
        "; check the URL, the endpoint and the network, and run the same command again: it continues where it was".to_owned()
    }
}

/// What to do where nobody, or not this server, is trusted.
fn untrusting(text: &str) -> Option<&'static str> {
    if text.contains("No CA certificates") {
        Some(
            "; install the system's certificates, which Debian calls ca-certificates, or name a file of some in SSL_CERT_FILE",
        )
    } else if text.contains("invalid peer certificate") {
        Some(
            "; check the URL; if it is right, name the file of the authority that is to be trusted in SSL_CERT_FILE",
        )
    } else {
        None
    }
}

/// Where a store's credentials come from.
fn credentials(keeper: &Keeper) -> &'static str {
    match keeper {
        Keeper::S3 => {
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN; AWS_SKIP_SIGNATURE=true reads \
             what is public"
        }
        Keeper::Google => {
            "GOOGLE_SERVICE_ACCOUNT or GOOGLE_APPLICATION_CREDENTIALS, a file; GOOGLE_SKIP_SIGNATURE=true reads what is public"
        }
        Keeper::Azure => {
            "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN; AZURE_SKIP_SIGNATURE=true \
             reads what is public"
        }
        Keeper::Web => "the server's own settings: it is asked without any",
        Keeper::Directory(_) => "the owner and the mode of the directory",
    }
}

/// A text without the secrets of this environment.
fn hidden(text: String) -> String {
    secrets(std::env::vars_os()).iter().fold(text, |text, secret| text.replace(secret, HIDDEN))
}

/// The values of variables that are nobody's business.
fn secrets(environment: impl Iterator<Item = (OsString, OsString)>) -> Vec<String> {
    let is_secret = |name: &str| {
        let is_of_store = ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix));
        let says_so = ["KEY", "SECRET", "TOKEN", "SAS", "PASSWORD"].iter().any(|word| name.contains(word));
        let is_place = ["_FILE", "_URI", "_URL", "_PATH"].iter().any(|end| name.ends_with(end));
        is_of_store && says_so && !is_place
    };
    // Shorter ones would tear words apart.
    let told =
        environment.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    told.filter(|(name, value)| is_secret(name) && value.len() >= 8).map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn a_store_is_quoted_in_a_line_and_without_what_it_repeats() {
        let body = "403 Forbidden: <?xml version=\"1.0\"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request \
                    signature\n  does not match.</Message><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId></Error>";
        let error = Error::PermissionDenied {
            path: "manifest.json".to_owned(),
            source: format!("Server returned non-2xx status code: {body}").into(),
        };
        assert_eq!(
            reason(&error),
            "403 Forbidden, SignatureDoesNotMatch: The request signature does not match"
        );
        assert!(remedy(&Keeper::S3, &error).contains("AWS_SECRET_ACCESS_KEY"));
        assert_eq!(reason(&generic(&"ab ".repeat(1000))).chars().count(), SHOWN + 1);
        assert_eq!(reason(&generic("404 Not Found: ")), "404 Not Found");
    }

    #[test]
    fn remedies_fit_the_store_and_the_fault() {
        let of = |keeper: &Keeper, text: &str| remedy(keeper, &generic(text));
        assert!(of(&Keeper::S3, "PUT http://169.254.169.254/latest").contains("AWS_ACCESS_KEY_ID"));
        assert!(
            of(&Keeper::Google, "GET http://metadata.google.internal/").contains("GOOGLE_SERVICE_ACCOUNT")
        );
        assert!(of(&Keeper::S3, "PUT http://127.0.0.1:1/latest/api/token").contains("AWS_ACCESS_KEY_ID"));
        assert!(
            of(&Keeper::Azure, "GET http://169.254.169.254/metadata").contains("AZURE_STORAGE_ACCOUNT_KEY")
        );
        assert!(of(&Keeper::S3, "URL scheme is not allowed").contains("AWS_ALLOW_HTTP"));
        assert!(of(&Keeper::S3, "Connection refused").contains("run the same command again"));
        assert!(of(&Keeper::S3, "NoSuchBucket").contains("make it"));
        assert!(of(&Keeper::Directory("/srv".into()), "Permission denied").is_empty());
    }

    #[test]
    fn secrets_are_values_and_not_the_names_of_files() {
        let environment = [
            ("AWS_SECRET_ACCESS_KEY", "0123456789"),
            ("AWS_ACCESS_KEY_ID", "short"),
            ("AZURE_STORAGE_SAS_TOKEN", "sv=2024&sig=x"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token"),
            ("AWS_REGION", "eu-central-1"),
            ("OTHER_SECRET", "abcdefghij"),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        assert_eq!(secrets(environment.into_iter()), ["0123456789", "sv=2024&sig=x"]);
    }
}
