//! The block ciphers that key files are encrypted with, all in CBC with the padding of PKCS#7.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit,
    KeyInit, KeyIvInit,
};
use cbc::{Decryptor, Encryptor};
use des::{Des, TdesEde3};
use rc2::Rc2;
use zeroize::Zeroizing;

use super::KeyError;
use crate::primitives::secret::Secret;

/// A cipher, with its key length where it takes several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    Des,
    /// RC2 with a key, and an effective key, of so many bytes.
    Rc2(usize),
}

impl Cipher {
    pub(super) fn key_length(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Des => 8,
            Self::Rc2(length) => length,
        }
    }

    pub(super) fn iv_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::TripleDes | Self::Des | Self::Rc2(_) => 8,
        }
    }

    /// Decrypts, and takes the padding off.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Secret, KeyError> {
        match self {
            Self::Aes128 => cbc::<Aes128>(key, iv, data),
            Self::Aes192 => cbc::<Aes192>(key, iv, data),
            Self::Aes256 => cbc::<Aes256>(key, iv, data),
            Self::TripleDes => cbc::<TdesEde3>(key, iv, data),
            Self::Des => cbc::<Des>(key, iv, data),
            Self::Rc2(length) => {
                let cipher = Rc2::new_with_eff_key_len(key, length * 8);
                let decryptor = Decryptor::inner_iv_slice_init(cipher, iv);
                unpadded(decryptor.map_err(|_| LENGTHS)?, data)
            }
        }
    }
}

/// Encrypts by AES-256, the only cipher that privca writes keys with.
pub(super) fn encrypt_aes256(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
    padded::<Aes256>(key, iv, data)
}

/// Encrypts by 3DES, for .p12 files that old devices are to open.
pub(super) fn encrypt_3des(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
    padded::<TdesEde3>(key, iv, data)
}

fn padded<C: BlockCipherEncrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    data: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let encryptor = Encryptor::<C>::new_from_slices(key, iv).map_err(|_| LENGTHS)?;
    // The buffer is as long as the result from the start, and is overwritten in place.
    let mut buffer = Zeroizing::new(vec![0; data.len() + 16]);
    buffer
        .iter_mut()
        .zip(data)
        .for_each(|(to, from)| *to = *from);
    let encrypted = encryptor.encrypt_padded::<Pkcs7>(&mut buffer, data.len());
    Ok(encrypted.map_err(|_| LENGTHS)?.to_vec())
}

const LENGTHS: KeyError = KeyError::Internal {
    what: "a cipher key or initialization vector",
};

fn cbc<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    data: &[u8],
) -> Result<Secret, KeyError> {
    unpadded(
        Decryptor::<C>::new_from_slices(key, iv).map_err(|_| LENGTHS)?,
        data,
    )
}

fn unpadded(decryptor: impl BlockModeDecrypt, data: &[u8]) -> Result<Secret, KeyError> {
    let mut buffer = Zeroizing::new(data.to_vec());
    let length = decryptor
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| KeyError::WrongPassphrase)?
        .len();
    buffer.truncate(length);
    Ok(Secret::new(std::mem::take(&mut *buffer)))
}
