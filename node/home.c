#include "node/home.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_PATH_SIZE = HOME_PATH_MAX + 64, NETWORK_FILE_SIZE_MAX = HASH_TAG_SIZE + 2, FOLDER_MODE = 0700 };

static const char *const subfolders[] = {"store", "challenges"};

enum home_error home_error_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return HOME_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return HOME_PERMISSION;
    case ENOSPC:
    case EDQUOT:
        return HOME_NO_ROOM;
    case EEXIST:
        return HOME_EXISTS;
    case EMFILE:
    case ENFILE:
        return HOME_NO_DESCRIPTOR;
    default:
        return HOME_IO;
    }
}

/* Take one candidate for the folder, with suffix behind it. Returns: false when base is not set. */
static bool candidate(struct home *home, const char *base, const char *suffix, enum home_error *error)
{
    size_t base_size = 0, suffix_size = strlen(suffix);

    if (base == NULL || base[0] == '\0') {
        return false;
    }
    base_size = strlen(base);
    if (base_size + suffix_size > HOME_PATH_MAX) {
        *error = HOME_NO_FOLDER;
        return true;
    }
    memcpy(home->path, base, base_size);
    memcpy(home->path + base_size, suffix, suffix_size + 1);
    *error = HOME_OK;
    return true;
}

enum home_error home_find(struct home *home, const char *option)
{
    enum home_error error = HOME_NO_FOLDER;

    if (candidate(home, option, "", &error) || candidate(home, getenv("TRADEPROOF_HOME"), "", &error) ||
        candidate(home, getenv("XDG_DATA_HOME"), "/tradeproof", &error) ||
        candidate(home, getenv("HOME"), "/.local/share/tradeproof", &error)) {
        return error;
    }
    return HOME_NO_FOLDER;
}

void home_file(const struct home *home, const char *name, char *out)
{
    int size = snprintf(out, FILE_PATH_SIZE, "%s/%s", home->path, name);

    assert(size > 0 && size < FILE_PATH_SIZE);
}

static enum home_error read_network(struct home *home)
{
    char text[NETWORK_FILE_SIZE_MAX + 1];
    size_t size = 0;
    enum home_error error = home_read(home, "network", text, NETWORK_FILE_SIZE_MAX, &size);

    if (error == HOME_NOT_FOUND) {
        return HOME_NOT_INITIALISED;
    }
    if (error == HOME_TOO_LARGE) {
        return HOME_BAD_NETWORK;
    }
    if (error != HOME_OK) {
        return error;
    }
    if (size > 0 && text[size - 1] == '\n') {
        size--;
    }
    text[size] = '\0';
    return strlen(text) == size && network_init(&home->network, text) ? HOME_OK : HOME_BAD_NETWORK;
}

enum home_error home_open(struct home *home, const char *option)
{
    enum home_error error = home_find(home, option);

    return error == HOME_OK ? read_network(home) : error;
}

/* Make path and the folders above it that are not there. */
static enum home_error make_folders(const char *path)
{
    char part[FILE_PATH_SIZE];
    size_t size = strlen(path);

    assert(size < sizeof part);
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (part[i] != '/' && part[i] != '\0') {
            continue;
        }
        part[i] = '\0';
        if (mkdir(part, FOLDER_MODE) != 0 && errno != EEXIST) {
            return home_error_of(errno);
        }
        part[i] = path[i];
    }
    return HOME_OK;
}

enum home_error home_create(struct home *home, const char *option, const char *network_tag)
{
    char path[FILE_PATH_SIZE], line[NETWORK_FILE_SIZE_MAX + 1];
    enum home_error error = home_find(home, option);
    int size = 0;

    if (error != HOME_OK) {
        return error;
    }
    if (!network_init(&home->network, network_tag)) {
        return HOME_BAD_NETWORK;
    }
    home_file(home, "network", path);
    if (access(path, F_OK) == 0) {
        return HOME_EXISTS;
    }
    error = make_folders(home->path);
    for (size_t i = 0; error == HOME_OK && i < sizeof subfolders / sizeof *subfolders; i++) {
        home_file(home, subfolders[i], path);
        error = make_folders(path);
    }
    if (error != HOME_OK) {
        return error;
    }
    size = snprintf(line, sizeof line, "%s\n", network_tag);
    return home_write(home, "network", line, (size_t)size, 0644);
}

/* Read until capacity bytes or the end. Returns: the count, or -1 with errno. */
static ssize_t read_all(int fd, uint8_t *out, size_t capacity)
{
    size_t size = 0;

    while (size < capacity) {
        ssize_t count = read(fd, out + size, capacity - size);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return -1;
        }
        if (count == 0) {
            break;
        }
        size += (size_t)count;
    }
    return (ssize_t)size;
}

enum home_error home_read(const struct home *home, const char *name, void *out, size_t capacity, size_t *size)
{
    char path[FILE_PATH_SIZE];
    struct stat status;
    enum home_error error = HOME_OK;
    ssize_t count = 0;
    int fd = -1;

    home_file(home, name, path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return home_error_of(errno);
    }
    if (fstat(fd, &status) != 0) {
        error = home_error_of(errno);
    } else if (!S_ISREG(status.st_mode)) {
        error = HOME_IO;
    } else if (status.st_size > 0 && (uint64_t)status.st_size > capacity) {
        error = HOME_TOO_LARGE;
    } else if ((count = read_all(fd, out, capacity)) < 0) {
        error = home_error_of(errno);
    }
    (void)close(fd);
    if (error == HOME_OK) {
        *size = (size_t)count;
    }
    return error;
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, data, size);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        data += count;
        size -= (size_t)count;
    }
    return true;
}

/* A rename is durable once its folder is. */
static enum home_error sync_folder_of(const char *path)
{
    char folder[FILE_PATH_SIZE];
    const char *slash = strrchr(path, '/');
    enum home_error error = HOME_OK;
    int fd = -1;

    assert(slash != NULL);
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    fd = open(slash == path ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return home_error_of(errno);
    }
    if (fsync(fd) != 0) {
        error = home_error_of(errno);
    }
    (void)close(fd);
    return error;
}

enum home_error home_write(const struct home *home, const char *name, const void *data, size_t size,
                           unsigned int mode)
{
    char path[FILE_PATH_SIZE], temporary[FILE_PATH_SIZE + 16];
    enum home_error error = HOME_OK;
    int fd = -1;

    home_file(home, name, path);
    (void)snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        return home_error_of(errno);
    }
    if (fchmod(fd, (mode_t)mode) != 0 || !write_all(fd, data, size) || fsync(fd) != 0) {
        error = home_error_of(errno);
    }
    if (close(fd) != 0 && error == HOME_OK) {
        error = home_error_of(errno);
    }
    if (error == HOME_OK && rename(temporary, path) != 0) {
        error = home_error_of(errno);
    }
    if (error != HOME_OK) {
        (void)unlink(temporary);
        return error;
    }
    return sync_folder_of(path);
}

enum home_error home_lock(const struct home *home, const char *name, bool wait, int *fd)
{
    char path[FILE_PATH_SIZE];
    int locked = -1, file = -1;

    home_file(home, name, path);
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return home_error_of(errno);
    }
    do {
        locked = flock(file, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    if (locked != 0) {
        enum home_error error = errno == EWOULDBLOCK ? HOME_LOCKED : home_error_of(errno);

        (void)close(file);
        return error;
    }
    *fd = file;
    return HOME_OK;
}

enum home_error home_trust(const struct home *home, struct trust *trust, enum trust_result *result,
                           size_t *line, enum id_result *id)
{
    uint8_t *text = malloc(TRUST_FILE_SIZE_MAX);
    size_t size = 0;
    enum home_error error = HOME_IO;

    if (text == NULL) {
        return HOME_IO;
    }
    error = home_read(home, "trust", text, TRUST_FILE_SIZE_MAX, &size);
    *result = TRUST_OK;
    if (error == HOME_NOT_FOUND) {
        memset(trust, 0, sizeof *trust);
        error = HOME_OK;
    } else if (error == HOME_TOO_LARGE) {
        *result = TRUST_TOO_LARGE;
        *line = 0;
        error = HOME_OK;
    } else if (error == HOME_OK) {
        *result = trust_parse(trust, line, id, &home->network, bytes_of(text, size));
    }
    free(text);
    return error;
}

const char *home_error_sentence(enum home_error error)
{
    switch (error) {
    case HOME_OK:
        return "Done.";
    case HOME_NO_FOLDER:
        return "No data folder is known: set TRADEPROOF_HOME or HOME, or give --home with a shorter path.";
    case HOME_NOT_INITIALISED:
        return "This data folder is not set up yet: run `tradeproof init`.";
    case HOME_BAD_NETWORK:
        return "The network is not 1 to 16 characters of a-z, 0-9 and '-': correct the file `network` in the "
               "data "
               "folder, or the option.";
    case HOME_PERMISSION:
        return "The data folder may not be read or written: check its owner and permissions.";
    case HOME_NO_ROOM:
        return "The disk is full: make room and try again.";
    case HOME_TOO_LARGE:
        return "A file in the data folder is larger than it may be: restore it from a backup.";
    case HOME_NOT_FOUND:
        return "A file of the data folder is not there: run `tradeproof init`, or restore it from a backup.";
    case HOME_EXISTS:
        return "This data folder is set up already: choose another one with --home.";
    case HOME_LOCKED:
        return "Another tradeproof daemon or command is using this folder: wait for it to end, or choose "
               "another "
               "one with --home.";
    case HOME_NO_DESCRIPTOR:
        return "Too many files are open: raise the limit of open files (`ulimit -n`), or the system's, and "
               "try "
               "again.";
    case HOME_IO:
        return "The data folder could not be read or written: check the disk.";
    }
    return "";
}
