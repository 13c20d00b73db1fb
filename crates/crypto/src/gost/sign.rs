//! Signing, GOST R 34.10-2012 §6.1: what is done does not depend on the secrets.

use zeroize::{Zeroize, Zeroizing};

use super::domain::Domain;
use super::point::Affine;
use super::scalar::Modulus;

/// r and s for a nonce k of 1 … q − 1, or nothing where one of them would be zero and another nonce must be taken.
pub(crate) fn sign<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    d: &[u64; N],
    e: &[u64; N],
    k: &[u64; N],
) -> Option<([u64; N], [u64; N])> {
    let order = &domain.order;
    // Steps 2–5: C = k·P, r = x modulo q. What could tell the nonce, the scale of C too, is wiped.
    let mut c = domain.comb.multiply(k, order);
    let x = c.affine().x.canonical();
    c.zeroize();
    let r = order.reduce(&x);
    // Step 6.
    let s = equation(order, &r, d, k, &domain.digest_number(e));
    (order.holds(&r) && order.holds(&s)).then_some((r, s))
}

/// s = r·d + k·e modulo q.
pub(crate) fn equation<const N: usize>(
    order: &Modulus<N>,
    r: &[u64; N],
    d: &[u64; N],
    k: &[u64; N],
    e: &[u64; N],
) -> [u64; N] {
    let rd = Zeroizing::new(order.multiply(r, d));
    let ke = Zeroizing::new(order.multiply(k, e));
    order.add(&rd, &ke)
}

/// The public key d·P of a private key of 1 … q − 1.
pub(crate) fn public<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    d: &[u64; N],
) -> Affine<N, C> {
    let mut point = domain.comb.multiply(d, &domain.order);
    let public = point.affine();
    point.zeroize();
    public
}

/// A number of 1 … q − 1 by rejection; the operating system gives the randomness.
pub(crate) fn random<const N: usize>(
    order: &Modulus<N>,
) -> Result<Zeroizing<[u64; N]>, getrandom::Error> {
    loop {
        let mut bytes = Zeroizing::new([[0; 8]; N]);
        getrandom::fill(bytes.as_flattened_mut())?;
        let candidate = Zeroizing::new(bytes.map(u64::from_le_bytes));
        if order.holds(&candidate) {
            return Ok(candidate);
        }
    }
}
