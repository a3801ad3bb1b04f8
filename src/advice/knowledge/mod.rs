//! What is known of the world, as tables: no image, no rule. What lower rooms need as well stands there:
//! [`crate::layer::records`], [`crate::analysis::package_managers`], [`crate::analysis::system`].

pub(super) mod archives;
pub(super) mod base_images;
pub(super) mod building;
pub(super) mod languages;
pub(super) mod package_managers;
pub(super) mod shared_files;
