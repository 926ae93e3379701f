// libhdf5 as Swift can see it. Most of its constants are macros over globals that are filled when the library
// is first used; Swift imports neither kind, so each one needed is a small inline function here.
#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>
#include <string.h>

#define CHDF5_CONSTANT(name, macro) \
  static inline hid_t name(void) { return macro; }

// Types in the file are little-endian everywhere; types in memory are the processor's own.
CHDF5_CONSTANT(chdf5_file_float32, H5T_IEEE_F32LE)
CHDF5_CONSTANT(chdf5_file_float64, H5T_IEEE_F64LE)
CHDF5_CONSTANT(chdf5_file_int32, H5T_STD_I32LE)
CHDF5_CONSTANT(chdf5_file_int64, H5T_STD_I64LE)
CHDF5_CONSTANT(chdf5_file_uint8, H5T_STD_U8LE)
CHDF5_CONSTANT(chdf5_memory_float32, H5T_NATIVE_FLOAT)
CHDF5_CONSTANT(chdf5_memory_float64, H5T_NATIVE_DOUBLE)
CHDF5_CONSTANT(chdf5_memory_int32, H5T_NATIVE_INT32)
CHDF5_CONSTANT(chdf5_memory_int64, H5T_NATIVE_INT64)
CHDF5_CONSTANT(chdf5_memory_uint8, H5T_NATIVE_UINT8)
CHDF5_CONSTANT(chdf5_c_string, H5T_C_S1)

CHDF5_CONSTANT(chdf5_file_access, H5P_FILE_ACCESS)
CHDF5_CONSTANT(chdf5_dataset_transfer, H5P_DATASET_XFER)
CHDF5_CONSTANT(chdf5_file_creation, H5P_FILE_CREATE)
CHDF5_CONSTANT(chdf5_group_creation, H5P_GROUP_CREATE)
CHDF5_CONSTANT(chdf5_dataset_creation, H5P_DATASET_CREATE)

static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_replace(void) { return H5F_ACC_TRUNC; }
static inline size_t chdf5_variable_length(void) { return H5T_VARIABLE; }
static inline hsize_t chdf5_unlimited(void) { return H5S_UNLIMITED; }
static inline unsigned chdf5_tracked_and_indexed(void) { return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED; }

// Frees the strings that a read of variable-length strings allocated (renamed in HDF5 1.12).
static inline herr_t chdf5_reclaim(hid_t type, hid_t space, void *buffer) {
#if H5_VERSION_GE(1, 12, 0)
  return H5Treclaim(type, space, H5P_DEFAULT, buffer);
#else
  return H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer);
#endif
}

static herr_t chdf5_copy_innermost(unsigned depth, const H5E_error2_t *error, void *message) {
  if (depth == 0 && error->desc) strncpy((char *)message, error->desc, 511);
  return 0;
}

// The message of the innermost call on this thread's error stack, into 512 zeroed bytes.
static inline void chdf5_innermost_message(char message[512]) {
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_copy_innermost, message);
}
