/* Pictures made smaller and blurred: pure, and from the decoder on. */
#include "../media.h"

#include "test.h"

static struct media shrunk(const uint8_t *at, uint32_t width, uint32_t height, uint32_t channels, uint32_t side, bool grey)
{
    struct media m = { 0 };

    media_shrink((struct pixels){ at, width, height, channels }, side, grey, &m);
    return m;
}

TEST(a_box_is_the_mean_of_its_pixels)
{
    const uint8_t at[] = { 0, 10, 100, 200, 20, 30, 100, 200 };
    struct media m = shrunk(at, 4, 2, 1, 2, false);

    CHECK(m.width == 2 && m.height == 1 && m.channels == 1);
    CHECK(m.pixels[0] == 15 && m.pixels[1] == 150);
    media_free(&m);
}

TEST(a_picture_that_is_small_enough_stays_as_it_is)
{
    const uint8_t at[] = { 1, 2, 3, 4, 5, 6 };
    struct media m = shrunk(at, 2, 1, 3, 100, false);

    CHECK(m.width == 2 && m.height == 1 && m.channels == 3 && memcmp(m.pixels, at, sizeof at) == 0);
    media_free(&m);
}

TEST(colours_become_grey_by_their_weights)
{
    const uint8_t at[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255 };
    struct media m = shrunk(at, 4, 1, 3, 4, true);

    CHECK(m.channels == 1);
    CHECK(m.pixels[0] == 76 && m.pixels[1] == 149 && m.pixels[2] == 29 && m.pixels[3] == 255);
    media_free(&m);
}

/* Sides that do not divide evenly: every cell has a pixel, so none is divided by nothing. */
TEST(every_shape_fills_every_cell)
{
    for (uint32_t w = 1; w < 70; w++)
        for (uint32_t h = 1; h < 70; h += 3) {
            uint8_t *at = memory_new((size_t)w * h * 3);
            struct media m;

            memset(at, 200, (size_t)w * h * 3);
            m = shrunk(at, w, h, 3, BLURRED_SIDE, true);
            CHECK(m.width >= 1 && m.height >= 1 && m.width <= BLURRED_SIDE && m.height <= BLURRED_SIDE);
            for (size_t i = 0; i < (size_t)m.width * m.height; i++)
                CHECK(m.pixels[i] == 200);
            media_free(&m);
            memory_free(at);
        }
}

TEST(a_line_of_65535_pixels_has_one_row)
{
    uint8_t *at = memory_new(65535);
    struct media m = shrunk(at, 65535, 1, 1, CLEAR_SIDE, false);

    CHECK(m.width == CLEAR_SIDE && m.height == 1);
    media_free(&m);
    memory_free(at);
}

TEST(blurring_spreads_a_point_over_its_neighbours)
{
    const uint8_t at[] = { 0, 0, 0, 0, 90, 0, 0, 0, 0 };
    struct media m = shrunk(at, 3, 3, 1, 3, true);

    media_blur(&m);
    CHECK(m.pixels[4] == 10 && m.pixels[1] == 15 && m.pixels[0] == 22);
    media_free(&m);
}

TEST_MAIN
