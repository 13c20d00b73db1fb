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

    fn colour(css: &str, name: &str) -> [f64; 3] {
        let (_, rest) = css.split_once(&format!("--{name}: #")).expect(name);
        let number = u32::from_str_radix(&rest[..6], 16).expect(name);
        [16, 8, 0].map(|shift| f64::from(number >> shift & 0xff) / 255.0)
    }

    /// Source: WCAG 2.2, "relative luminance" and "contrast ratio".
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let linear = colour.map(|c| {
                if c <= 0.04045 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_its_ground_and_controls_be_seen() {
        let css = std::str::from_utf8(find("style.css").unwrap().bytes).unwrap();
        let mut too_weak = Vec::new();
        let mut hold = |text: &str, ground: &str, least: f64| {
            let got = contrast(colour(css, text), colour(css, ground));
            if got < least {
                too_weak.push(format!("{text} on {ground}: {got:.2}"));
            }
        };
        for ground in ["ground", "paper", "tint", "calm-ground"] {
            hold("ink", ground, 4.5);
            hold("ink-soft", ground, 4.5);
            hold("link", ground, 4.5);
            hold("brand", ground, 4.5);
        }
        for tone in ["ok", "info", "work", "bad", "calm"] {
            hold(tone, &format!("{tone}-ground"), 4.5);
            hold(tone, "paper", 4.5);
        }
        hold("brand-ink", "brand", 4.5);
        hold("brand-ink", "brand-deep", 4.5);
        hold("ink", "bad-ground", 4.5);
        hold("link", "bad-ground", 4.5);
        // Borders of controls and the focus ring are no text.
        hold("line-strong", "paper", 3.0);
        hold("focus", "ground", 3.0);
        hold("focus", "paper", 3.0);
        assert_eq!(too_weak, Vec::<String>::new());
    }
}
