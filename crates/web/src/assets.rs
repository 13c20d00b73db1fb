//! The stylesheet, icons and fonts: embedded, served under a hash of their content, kept by browsers for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal: $media_type:literal,)+) => {
        &[$(Asset {
            name: $name,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../assets/", $name)),
        },)+]
    };
}

const ASSETS: &[Asset] = assets! {
    "style.css": "text/css; charset=utf-8",
    "emblem.svg": "image/svg+xml",
    "favicon.svg": "image/svg+xml",
    "golos-LICENSE.txt": "text/plain; charset=utf-8",
    "golos-cyrillic-ext.woff2": "font/woff2",
    "golos-cyrillic.woff2": "font/woff2",
    "golos-latin-ext.woff2": "font/woff2",
    "golos-latin.woff2": "font/woff2",
    "icon-check.svg": "image/svg+xml",
    "icon-chevron.svg": "image/svg+xml",
    "icon-cross.svg": "image/svg+xml",
    "icon-document.svg": "image/svg+xml",
    "icon-info.svg": "image/svg+xml",
    "icon-warning.svg": "image/svg+xml",
};

/// One hash over all, so that the stylesheet may name its neighbours without knowing theirs.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for asset in ASSETS {
        digest.update(asset.name.as_bytes());
        digest.update(asset.bytes.len().to_be_bytes());
        digest.update(asset.bytes);
    }
    hex::encode(&digest.finalize()[..10])
});

/// Where a page finds an asset: `/assets/1f…/style.css`.
#[must_use]
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/assets/{hash}/{name}", get(serve))
        .route(
            "/favicon.ico",
            get(|| async { answer(find("favicon.svg"), false) }),
        )
        // Nobody's crawler has any business here.
        .route(
            "/robots.txt",
            get(|| async { "User-agent: *\nDisallow: /\n" }),
        )
}

async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    answer(find(&name), hash == *HASH)
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

fn answer(asset: Option<&'static Asset>, for_ever: bool) -> Response {
    let Some(asset) = asset else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.bytes.into_response();
    let cache = if for_ever {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.media_type),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_the_stylesheet_names_is_there() {
        let css = std::str::from_utf8(find("style.css").unwrap().bytes).unwrap();
        let mut named = 0;
        for (at, _) in css.match_indices("url(") {
            let rest = &css[at + 4..];
            let name = rest[..rest.find(')').unwrap()].trim_matches(['"', '\'']);
            assert!(find(name).is_some(), "{name}");
            named += 1;
        }
        assert!(named > 0);
    }
}
