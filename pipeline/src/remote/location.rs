//! Where datasets are published: a bucket, a container, a directory, or, to read from, a web server.
//!
//! What a store wants to know beside its URL (credentials, region, another endpoint) is read from the environment, from the
//! variables that its own tools read, and is told to nobody.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt,
    ObjectStoreScheme, PutMode, PutPayload, RetryConfig, UpdateVersion,
};
use orrery_format::Manifest;
use orrery_format::manifest::MANIFEST_FILE;
use url::Url;

use super::refusal;
use crate::error::PipelineError;

/// How long to wait for a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for the next bytes of one that is open.
const READ_PATIENCE: Duration = Duration::from_secs(30);

/// What is longer than this is no manifest: those of today have a five-hundredth of it.
const MANIFEST_BYTES_MAX: u64 = 100 << 20;

/// What a file is uploaded in, where it is longer: S3 takes no parts below 5 MiB, but for the last.
const PART_BYTES: usize = 8 << 20;

/// The file of a directory that is locked for the moment in which `manifest.json` is compared and replaced.
const POINTER_LOCK_FILE: &str = ".publishing";

/// What keeps a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    /// S3, or what speaks like it.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
    /// A web server, which is read from alone.
    Web,
    /// A directory of a file system.
    Directory(PathBuf),
}

/// A place that datasets are published at.
#[derive(Debug)]
pub(super) struct Location {
    url: String,
    keeper: Keeper,
    store: Box<dyn ObjectStore>,
    root: Path,
}

/// `manifest.json` of a location as it was found.
#[derive(Clone, Debug)]
pub(super) struct Pointer {
    /// Its bytes.
    pub(super) text: Vec<u8>,
    /// What the store calls this state of it.
    pub(super) version: UpdateVersion,
}

/// What became of asking for `manifest.json`.
#[derive(Debug)]
pub(super) enum Answer {
    /// There is none.
    Nothing,
    /// It is the one that was known.
    AsKnown,
    /// It is this one.
    Found(Pointer),
}

impl Location {
    /// Understands a URL and the environment; nothing is asked of anybody yet.
    ///
    /// # Errors
    /// When the URL names no location, or the environment lacks what its store needs.
    pub(super) fn open(text: &str, retries: usize) -> Result<Location, PipelineError> {
        let (url, scheme, root) = understood(text)?;
        let retry =
            RetryConfig { backoff: BackoffConfig::default(), max_retries: retries, ..RetryConfig::default() };
        let client = ClientOptions::new()
            // A slow line is no fault, a silent one is.
            .with_timeout_disabled()
            .with_connect_timeout(CONNECT_PATIENCE)
            .with_read_timeout(READ_PATIENCE);
        if scheme != ObjectStoreScheme::Local {
            // TLS has no cryptography of its own here. If there is a provider already, that one will do.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let told = url.to_string().trim_end_matches('/').to_owned();
        let (keeper, store): (Keeper, Result<Box<dyn ObjectStore>, Error>) = match scheme {
            ObjectStoreScheme::AmazonS3 => {
                let mut builder =
                    AmazonS3Builder::new().with_url(&told).with_retry(retry).with_client_options(client);
                for (name, value) in environment("AWS_") {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                (Keeper::S3, builder.build().map(|store| Box::new(store) as _))
            }
            ObjectStoreScheme::GoogleCloudStorage => {
                let mut builder = GoogleCloudStorageBuilder::new()
                    .with_url(&told)
                    .with_retry(retry)
                    .with_client_options(client);
                for (name, value) in environment("GOOGLE_") {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                (Keeper::Google, builder.build().map(|store| Box::new(store) as _))
            }
            ObjectStoreScheme::MicrosoftAzure => {
                let mut builder = MicrosoftAzureBuilder::new()
                    .with_url(&told)
                    .with_retry(retry)
                    .with_client_options(client);
                for (name, value) in environment("AZURE_") {
                    if let Ok(key) = name.parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                (Keeper::Azure, builder.build().map(|store| Box::new(store) as _))
            }
            ObjectStoreScheme::Local => {
                let dir = url.to_file_path().map_err(|()| {
                    PipelineError::Usage(format!("{told}: it names no directory; write file:///path/to/it"))
                })?;
                let store = LocalFileSystem::new().with_fsync(true);
                (Keeper::Directory(dir), Ok(Box::new(store) as _))
            }
            // What no other is.
            _ => {
                // Whoever writes http:// means it; what is fetched is checked all the same.
                let client = client.with_allow_http(true);
                let server = &url[..url::Position::BeforePath];
                let builder =
                    HttpBuilder::new().with_url(server).with_retry(retry).with_client_options(client);
                (Keeper::Web, builder.build().map(|store| Box::new(store) as _))
            }
        };
        match store {
            Ok(store) => Ok(Location { url: told, keeper, store, root }),
            Err(error) => Err(refusal::unready(&keeper, told, &error)),
        }
    }

    /// As messages call it.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What keeps it.
    pub(super) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// An object as messages call it.
    pub(super) fn object(&self, key: &str) -> String {
        format!("{}/{key}", self.url)
    }

    /// Why something could not be done to an object.
    pub(super) fn refused(&self, key: &str, action: &'static str, error: &Error) -> PipelineError {
        refusal::told(&self.keeper, self.object(key), action, error)
    }

    fn path(&self, key: &str) -> Path {
        key.split('/').fold(self.root.clone(), Path::join)
    }

    /// Begins to read an object.
    pub(super) async fn get(&self, key: &str, options: GetOptions) -> Result<GetResult, Error> {
        self.store.get_opts(&self.path(key), options).await
    }

    /// `manifest.json`, unless it is in the state that is known.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn pointer_unless(&self, known: Option<String>) -> Result<Answer, PipelineError> {
        let refused = |error: &Error| self.refused(MANIFEST_FILE, "reading", error);
        let options = GetOptions { if_none_match: known, ..GetOptions::default() };
        let found = match self.get(MANIFEST_FILE, options).await {
            Ok(found) => found,
            Err(Error::NotModified { .. }) => return Ok(Answer::AsKnown),
            // Without a bucket there are no manifests either, but that is another mistake.
            Err(error @ Error::NotFound { .. }) if !refusal::is_of_bucket(&error) => {
                return Ok(Answer::Nothing);
            }
            Err(error) => return Err(refused(&error)),
        };
        if found.meta.size > MANIFEST_BYTES_MAX {
            let what = format!("it has {} bytes, which no manifest has", found.meta.size);
            return Err(self.damaged(MANIFEST_FILE, what));
        }
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let text = found.bytes().await.map_err(|error| refused(&error))?.to_vec();
        Ok(Answer::Found(Pointer { text, version }))
    }

    /// The content of a small object that is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn read(&self, key: &str) -> Result<Vec<u8>, PipelineError> {
        let refused = |error: Error| self.refused(key, "reading", &error);
        let found = self.get(key, GetOptions::default()).await.map_err(refused)?;
        Ok(found.bytes().await.map_err(refused)?.to_vec())
    }

    /// `manifest.json`, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn pointer(&self) -> Result<Option<Pointer>, PipelineError> {
        match self.pointer_unless(None).await? {
            Answer::Found(pointer) => Ok(Some(pointer)),
            Answer::Nothing | Answer::AsKnown => Ok(None),
        }
    }

    /// The manifest of a pointer.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn manifest(&self, pointer: &Pointer) -> Result<Manifest, PipelineError> {
        let path = PathBuf::from(self.object(MANIFEST_FILE));
        Manifest::parse(&path, &pointer.text)
            .map_err(|error| self.damaged(MANIFEST_FILE, super::fault(error)))
    }

    /// An object that is not what it should be.
    pub(super) fn damaged(&self, key: &str, what: String) -> PipelineError {
        PipelineError::ObjectDamaged { object: self.object(key), what }
    }

    /// Replaces `manifest.json` if it is still what was found; gives whether it was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn replace_pointer(
        &self,
        found: Option<&Pointer>,
        text: &[u8],
    ) -> Result<bool, PipelineError> {
        let mode = match found {
            _ if matches!(self.keeper, Keeper::Directory(_)) => None,
            Some(found) => Some(PutMode::Update(found.version.clone())),
            None => Some(PutMode::Create),
        };
        if let Some(mode) = mode {
            let path = self.path(MANIFEST_FILE);
            match self.store.put_opts(&path, PutPayload::from(text.to_vec()), mode.into()).await {
                Ok(_) => return Ok(true),
                Err(Error::Precondition { .. } | Error::AlreadyExists { .. }) => {
                    // It may be ours all the same, written by a request whose answer was lost.
                    return Ok(self.pointer().await?.is_some_and(|pointer| pointer.text == text));
                }
                // A store that has been said to know no conditions.
                Err(Error::NotImplemented { .. }) => {}
                Err(error) => return Err(self.refused(MANIFEST_FILE, "writing", &error)),
            }
        }
        // Without conditions it is compared, and replaced a moment later. In a directory nobody else does so in between.
        let _lock = self.lock_pointer()?;
        if self.pointer().await?.map(|pointer| pointer.text) != found.map(|found| found.text.clone()) {
            return Ok(false);
        }
        self.put(MANIFEST_FILE, text.to_vec()).await?;
        Ok(true)
    }

    /// Keeps other publishers to a directory from `manifest.json` until it is dropped.
    fn lock_pointer(&self) -> Result<Option<File>, PipelineError> {
        let Keeper::Directory(dir) = &self.keeper else { return Ok(None) };
        let path = dir.join(POINTER_LOCK_FILE);
        let locked =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).and_then(|file| {
                file.lock()?;
                Ok(file)
            });
        Ok(Some(locked.map_err(PipelineError::io(&path, "locking"))?))
    }

    /// Writes an object, whatever is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn put(&self, key: &str, content: Vec<u8>) -> Result<(), PipelineError> {
        let written = self.put_in_parts(key, content.into(), PART_BYTES).await;
        written.map_err(|error| self.refused(key, "writing", &error))
    }

    /// The same, in parts of a length where there is more. Nobody sees an object that lacks some.
    async fn put_in_parts(&self, key: &str, mut content: bytes::Bytes, part: usize) -> Result<(), Error> {
        let path = self.path(key);
        if content.len() <= part {
            self.store.put(&path, content.into()).await?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(&path).await?;
        while !content.is_empty() {
            let next = content.split_to(part.min(content.len()));
            if let Err(error) = upload.put_part(next.into()).await {
                // The fault to tell of is the first one.
                let _ = upload.abort().await;
                return Err(error);
            }
        }
        upload.complete().await?;
        Ok(())
    }

    /// Every object of a folder: what it is called in it, and what is known of it.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<(String, ObjectMeta)>, PipelineError> {
        let objects: BoxStream<'_, Result<ObjectMeta, Error>> = self.store.list(Some(&self.path(folder)));
        let listed = objects.map_ok(|meta| (meta.location.filename().unwrap_or_default().to_owned(), meta));
        listed.try_collect().await.map_err(|error| self.refused(folder, "listing", &error))
    }

    /// Removes an object; one that is gone already is no fault.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(super) async fn remove(&self, key: &str) -> Result<(), PipelineError> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.refused(key, "removing", &error)),
        }
    }
}

/// Variables of the environment with a prefix, by their names in lower case, as the stores' builders know them.
fn environment(prefix: &str) -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let variables = std::env::vars_os().filter_map(text).filter(move |(name, _)| name.starts_with(prefix));
    variables.map(|(name, value)| (name.to_ascii_lowercase(), value))
}

/// What a URL says, or what is wrong with it.
fn understood(text: &str) -> Result<(Url, ObjectStoreScheme, Path), PipelineError> {
    const FORMS: &str = "locations are s3://bucket/path, gs://bucket/path, az://container/path, file:///directory and, to pull \
                         from, https://server/path";
    let wrong = |what: &str| PipelineError::Usage(format!("{}: {what}", without_secrets(text)));
    let url = Url::parse(text).map_err(|error| wrong(&format!("this is no URL ({error}); {FORMS}")))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            "there is something behind ? or #, which no location has; credentials belong into the environment",
        ));
    }
    let is_container = matches!(url.scheme(), "az" | "adl" | "azure" | "abfs" | "abfss");
    if url.password().is_some() || (!url.username().is_empty() && !is_container) {
        return Err(wrong("there is a user in it; credentials belong into the environment"));
    }
    match ObjectStoreScheme::parse(&url) {
        Ok((ObjectStoreScheme::Memory, _)) | Err(_) => {
            Err(wrong(&format!("nothing can be published there; {FORMS}")))
        }
        Ok((scheme, root)) => Ok((url, scheme, root)),
    }
}

/// A URL as it may be shown: without what stands before an @ behind a colon, and without what is behind ? or #.
fn without_secrets(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let shown = match rest.split_once('@') {
        Some((user, host)) if user.contains(':') => format!("…@{host}"),
        _ => rest.to_owned(),
    };
    if scheme.is_empty() { shown } else { format!("{scheme}://{shown}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_are_no_locations_are_refused_with_the_forms_of_those_that_are() {
        for (text, told) in [
            ("", "this is no URL"),
            ("datasets", "file:///directory"),
            ("/srv/orrery", "file:///directory"),
            ("s3:", "s3://bucket/path"),
            ("s3:///path", "s3://bucket/path"),
            ("file://srv/orrery", "file:///directory"),
            ("memory:///orrery", "s3://bucket/path"),
            ("ftp://server/orrery", "s3://bucket/path"),
            ("https://", "this is no URL"),
            ("s3://bucket/path?versionId=1", "behind ? or #"),
            ("https://server/orrery#now", "behind ? or #"),
            ("https://user@server/orrery", "there is a user in it"),
            ("s3://key:secret@bucket/path", "there is a user in it"),
        ] {
            let Err(PipelineError::Usage(message)) = Location::open(text, 0) else {
                panic!("{text} was taken")
            };
            assert!(message.contains(told), "{text}: {message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn secrets_of_urls_are_not_shown() {
        for (text, shown) in [
            ("https://u:p@ss/w", "https://…@ss/w"),
            ("https://u:p@host:x/w?sig=abc", "https://…@host:x/w"),
            ("abfss://container@account/w", "abfss://container@account/w"),
            ("u:p@host", "…@host"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn what_is_long_goes_in_parts_and_is_whole_then() {
        let dir = tempfile::tempdir().unwrap();
        let location = Location::open(Url::from_directory_path(dir.path()).unwrap().as_str(), 0).unwrap();
        let content: Vec<u8> = (0..1000_u32).map(|nth| (nth % 251) as u8).collect();
        for part in [1000, 999, 500, 300, 7] {
            let key = format!("blocks/in-{part}");
            super::super::run(async {
                location
                    .put_in_parts(&key, content.clone().into(), part)
                    .await
                    .map_err(|error| location.refused(&key, "writing", &error))
            })
            .unwrap();
            assert_eq!(std::fs::read(dir.path().join(&key)).unwrap(), content, "{key}");
        }
    }
}
