#include "dsm_jar.h"

#include "dsm_inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_BYTES       22u
#define END_SIGNATURE   0x06054b50u
#define ENTRY_BYTES     46u
#define ENTRY_SIGNATURE 0x02014b50u
#define LOCAL_BYTES     30u
#define LOCAL_SIGNATURE 0x04034b50u
#define COMMENT_MAX     65535u
#define DIRECTORY_MAX   0x10000000u
#define ENCRYPTED       1u
#define STORED          0u
#define DEFLATED        8u
#define EXTRA_GUESS     256u /* local heads mostly have no longer extra fields */
#define VERSIONS        "META-INF/versions/"
#define SUFFIX          ".class"
#define SUFFIX_BYTES    6u

typedef struct entry {
    uint32_t at; /* in the directory, + 1; 0: none */
    uint32_t next;
} entry;

struct dsm_jar {
    int file;
    uint64_t file_bytes;
    uint8_t *directory;
    uint32_t directory_bytes;
    uint32_t count;
    uint32_t *buckets; /* index of an entry + 1 */
    uint32_t bucket_count;
    entry *entries;
    dsm_inflate inflate;
};

static uint32_t le2(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t le4(const uint8_t *at)
{
    return le2(at) | le2(at + 2) << 16;
}

static bool read_at(int file, void *to, size_t bytes, uint64_t at)
{
    for (uint8_t *into = to; bytes > 0;) {
        ssize_t got = pread(file, into, bytes, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        into += got;
        at += (uint64_t)got;
        bytes -= (size_t)got;
    }
    return true;
}

static uint32_t hash_of(const uint8_t *bytes, uint32_t length)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The name of an entry without what says for which release of Java it is; empty bytes if it is for all. */
static dsm_text of_release(dsm_text name)
{
    uint32_t prefix = (uint32_t)strlen(VERSIONS);
    if (!dsm_text_starts(name, VERSIONS))
        return (dsm_text){name.bytes, 0};
    const uint8_t *slash = memchr(name.bytes + prefix, '/', name.length - prefix);
    if (slash == NULL)
        return (dsm_text){name.bytes, 0};
    uint32_t skipped = (uint32_t)(slash + 1 - name.bytes);
    return (dsm_text){slash + 1, name.length - skipped};
}

/* The name of an entry of the directory. */
static dsm_text name_at(const dsm_jar *jar, uint32_t at)
{
    return (dsm_text){jar->directory + at + ENTRY_BYTES, le2(jar->directory + at + 28)};
}

/* Finds the directory by the record at the end of the file, and reads it. */
static bool read_directory(dsm_jar *jar)
{
    uint32_t tail = jar->file_bytes < END_BYTES + COMMENT_MAX ? (uint32_t)jar->file_bytes : END_BYTES + COMMENT_MAX;
    uint8_t *bytes = tail < END_BYTES ? NULL : malloc(tail);
    bool found = false;
    if (bytes == NULL || !read_at(jar->file, bytes, tail, jar->file_bytes - tail))
        goto out;
    for (uint32_t at = tail - END_BYTES + 1; at-- > 0 && !found;) {
        const uint8_t *end = bytes + at;
        if (le4(end) != END_SIGNATURE || le2(end + 20) != tail - END_BYTES - at)
            continue;
        jar->count = le2(end + 10);
        jar->directory_bytes = le4(end + 12);
        uint64_t from = le4(end + 16), end_at = jar->file_bytes - tail + at;
        /* Another start of the zip than that of the file, or numbers of 64 bits: not for us. */
        if (jar->count == 0xffff || jar->directory_bytes > DIRECTORY_MAX || from + jar->directory_bytes != end_at)
            goto out;
        jar->directory = malloc(jar->directory_bytes + 1u);
        found = jar->directory != NULL && read_at(jar->file, jar->directory, jar->directory_bytes, from);
        if (!found)
            goto out;
    }
out:
    free(bytes);
    return found;
}

static bool index_directory(dsm_jar *jar)
{
    jar->bucket_count = 16;
    while (jar->bucket_count < jar->count)
        jar->bucket_count *= 2;
    jar->buckets = calloc(jar->bucket_count, sizeof jar->buckets[0]);
    jar->entries = calloc(jar->count + 1u, sizeof jar->entries[0]);
    if (jar->buckets == NULL || jar->entries == NULL)
        return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < jar->count; i++) {
        uint32_t left = jar->directory_bytes - at;
        if (left < ENTRY_BYTES || le4(jar->directory + at) != ENTRY_SIGNATURE)
            return false;
        const uint8_t *head = jar->directory + at;
        uint32_t bytes = ENTRY_BYTES + le2(head + 28) + le2(head + 30) + le2(head + 32);
        if (bytes > left)
            return false;
        dsm_text name = name_at(jar, at);
        dsm_text versioned = of_release(name);
        if (versioned.length != 0)
            name = versioned; /* is found in place of the other one, and is not for us */
        uint32_t bucket = hash_of(name.bytes, name.length) & (jar->bucket_count - 1);
        jar->entries[i] = (entry){at + 1, jar->buckets[bucket]};
        jar->buckets[bucket] = i + 1;
        at += bytes;
    }
    return at == jar->directory_bytes;
}

dsm_jar *dsm_jar_open(const char *path)
{
    dsm_jar *jar = calloc(1, sizeof *jar);
    struct stat status;
    if (jar == NULL) {
        errno = 0;
        return NULL;
    }
    jar->file = open(path, O_RDONLY | O_CLOEXEC);
    if (jar->file < 0) {
        free(jar);
        return NULL;
    }
    if (fstat(jar->file, &status) == 0 && S_ISREG(status.st_mode)) {
        jar->file_bytes = (uint64_t)status.st_size;
        if (read_directory(jar) && index_directory(jar))
            return jar;
    }
    dsm_jar_close(jar);
    errno = 0;
    return NULL;
}

void dsm_jar_close(dsm_jar *jar)
{
    if (jar == NULL)
        return;
    close(jar->file);
    dsm_inflate_end(&jar->inflate);
    free(jar->directory);
    free(jar->buckets);
    free(jar->entries);
    free(jar);
}

/* The bytes of an entry as they are in the file, in `*packed`, which the caller frees; where they begin, NULL if that fails. */
static const uint8_t *read_packed(dsm_jar *jar, uint64_t from, uint32_t bytes, uint8_t **packed)
{
    if (from > jar->file_bytes || jar->file_bytes - from < LOCAL_BYTES + (uint64_t)bytes)
        return NULL;
    uint64_t left = jar->file_bytes - from;
    uint64_t want = LOCAL_BYTES + (uint64_t)EXTRA_GUESS + bytes;
    if (want > left)
        want = left;
    *packed = malloc(want);
    if (*packed == NULL || !read_at(jar->file, *packed, want, from) || le4(*packed) != LOCAL_SIGNATURE)
        return NULL;
    uint64_t head = LOCAL_BYTES + le2(*packed + 26) + le2(*packed + 28);
    if (head + bytes <= want)
        return *packed + head;
    if (head + bytes > left || !read_at(jar->file, *packed, bytes, from + head))
        return NULL;
    return *packed;
}

static enum dsm_jar_answer unpack(dsm_jar *jar, const uint8_t *head, uint8_t **bytes, uint32_t *length)
{
    uint32_t flags = le2(head + 8), method = le2(head + 10);
    uint32_t packed_bytes = le4(head + 20), whole = le4(head + 24), from = le4(head + 42);
    if ((flags & ENCRYPTED) != 0 || whole > DSM_CLASS_BYTES_MAX || packed_bytes > 2 * DSM_CLASS_BYTES_MAX ||
        (method != STORED && method != DEFLATED) || (method == STORED && packed_bytes != whole))
        return DSM_JAR_ASK;
    uint8_t *packed = NULL;
    enum dsm_jar_answer answer = DSM_JAR_ASK;
    const uint8_t *data = read_packed(jar, from, packed_bytes, &packed);
    uint8_t *unpacked = data == NULL ? NULL : malloc(whole + 1u);
    if (unpacked == NULL)
        goto out;
    if (method == STORED)
        memcpy(unpacked, data, whole);
    else if (!dsm_inflate_all(&jar->inflate, data, packed_bytes, unpacked, whole))
        goto out;
    *bytes = unpacked;
    *length = whole;
    unpacked = NULL;
    answer = DSM_JAR_FOUND;
out:
    free(unpacked);
    free(packed);
    return answer;
}

enum dsm_jar_answer dsm_jar_read(dsm_jar *jar, dsm_text name, uint8_t **bytes, uint32_t *length)
{
    uint8_t path[0x10000 + SUFFIX_BYTES];
    if (name.length > 0xffff - SUFFIX_BYTES)
        return DSM_JAR_NONE;
    memcpy(path, name.bytes, name.length);
    memcpy(path + name.length, SUFFIX, SUFFIX_BYTES);
    dsm_text wanted = {path, name.length + SUFFIX_BYTES};
    uint32_t bucket = hash_of(wanted.bytes, wanted.length) & (jar->bucket_count - 1), found = 0;
    for (uint32_t i = jar->buckets[bucket]; i != 0; i = jar->entries[i - 1].next) {
        uint32_t at = jar->entries[i - 1].at - 1;
        dsm_text own = name_at(jar, at);
        if (dsm_text_same(own, wanted))
            found = at + 1;
        else if (dsm_text_same(of_release(own), wanted))
            return DSM_JAR_ASK;
    }
    return found == 0 ? DSM_JAR_NONE : unpack(jar, jar->directory + found - 1, bytes, length);
}
