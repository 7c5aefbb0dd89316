#pragma once

#include "desk_views.h"
