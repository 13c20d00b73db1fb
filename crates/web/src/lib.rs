//! Sessions, CSRF, CSP, layout, languages and roles for all pages.
