/* dsm_version.c - what a binding asks first. */
#include "dsm.h"
#include "dsm_error.h"

uint32_t dsm_abi_version(void)
{
    return DSM_ABI_VERSION;
}

const char *dsm_last_error(void)
{
    return dsm_error_text();
}
