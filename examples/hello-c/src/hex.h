#ifndef HELLO_HEX_H
#define HELLO_HEX_H

#include <stdint.h>

/* Writes value as eight lower-case hex digits and a NUL. */
void hex32(uint32_t value, char out[9]);

#endif
