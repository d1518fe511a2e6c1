#include "crc32.h"

#include "crc32_table.h"

uint32_t crc32_update(uint32_t crc, const void *data, size_t size)
{
    const unsigned char *byte = data;

    crc = ~crc;
    for (size_t i = 0; i < size; i++)
        crc = CRC32_TABLE[(crc ^ byte[i]) & 0xff] ^ (crc >> 8);
    return ~crc;
}
