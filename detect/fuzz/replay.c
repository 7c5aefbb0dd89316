/* Runs a fuzz target over kept inputs, where no fuzzer is linked in: `replay PATH...`, files or folders of files. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { INPUT_MAX = 4 << 20 };

static int run_file(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *file = fopen(path, "re");
	size_t n = data && file ? fread(data, 1, INPUT_MAX, file) : 0;

	if (file) {
		fclose(file);
		LLVMFuzzerTestOneInput(data, n);
	}
	free(data);
	return file ? 1 : 0;
}

static int run_folder(const char *path)
{
	char name[4096];
	int count = 0;
	DIR *folder = opendir(path);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
			count += run_file(name);
	if (folder)
		closedir(folder);
	return count;
}

/* A path without input is a mistake in the build, and fails. */
int main(int argc, char **argv)
{
	int failed = argc < 2;
	for (int i = 1; i < argc; i++) {
		struct stat is;
		int count = stat(argv[i], &is) != 0 ? 0 : S_ISDIR(is.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
		fprintf(stderr, "%s: %d inputs\n", argv[i], count);
		failed |= count == 0;
	}
	return failed;
}
